//! The picture of univ-xor: for each setting three matrices, and the network's distances against the theory's.

use super::matrices::{INPUTS, KINDS, Matrices, PAIRS, is_between, parts};
use crate::Marker;
use crate::chart::{Axis, Chart, Guide, Heat, Line, Numbers, Panel, Places, Series, palette};
use crate::text::plural;
use crate::universality::PairData;

pub(super) fn chart(matrices: &Matrices, data: &PairData) -> Chart {
    let panels = matrices.settings.iter().flat_map(|setting| {
        let mut panels: Vec<Panel> = KINDS
            .iter()
            .map(|kind| matrix(matrices, setting, kind))
            .collect();
        panels.push(scatter(matrices, setting));
        panels
    });
    let subtitle = format!(
        "F6 of arXiv 2402.09142  ·  {}  ·  preset {}",
        plural(data.seeds().len(), "seed"),
        data.preset
    );
    Chart::new("Distances between the inputs of XOR in a hidden layer", subtitle)
        .key("pair")
        .note("Entries: distances (not squared), mean over seeds. Network and theory share one colour scale; the initial network has its own.")
        .note("Theory: closed form for each pair, with the ratio of rates fitted to two points of the default network. Targets: 0, 1, 1, 0.")
        .row_height(244.0)
        .tiles(4, panels.collect())
}

/// The setting in words: with the activation that it stands for.
fn words(setting: &str) -> String {
    match parts(setting) {
        (base, Some(reading)) => format!("{base}, {}", reading.replace('_', " ")),
        (base, None) => base.to_owned(),
    }
}

/// The mean distances of a kind, with a zero diagonal.
fn entries(matrices: &Matrices, setting: &str, kind: &str) -> Vec<Vec<Option<f64>>> {
    let mut rows = vec![vec![None; INPUTS.len()]; INPUTS.len()];
    for (k, (i, j)) in PAIRS.into_iter().enumerate() {
        let mean = matrices.distance(setting, kind, k).map(|mean| mean.value);
        (rows[i][j], rows[j][i]) = (mean, mean);
    }
    for (k, row) in rows.iter_mut().enumerate() {
        row[k] = Some(0.0);
    }
    rows
}

fn largest(rows: &[Vec<Option<f64>>]) -> f64 {
    rows.iter()
        .flatten()
        .flatten()
        .fold(0.0, |a: f64, &b| a.max(b))
}

fn matrix(matrices: &Matrices, setting: &str, kind: &str) -> Panel {
    let rows = entries(matrices, setting, kind);
    let end = match kind {
        "initial" => largest(&rows),
        _ => ["final", "theory"]
            .map(|kind| largest(&entries(matrices, setting, kind)))
            .into_iter()
            .fold(0.0, f64::max),
    };
    let name = match kind {
        "initial" => "initial",
        "final" => "trained",
        _ => "theory",
    };
    let names = || -> Places {
        let names = (0..).map(f64::from).zip(INPUTS);
        names.map(|(k, name)| (k, name.to_owned())).collect()
    };
    let heat = Heat::new(rows, (0.0, end)).numbers(Numbers::Shown);
    let title = format!("{}: {name}", words(setting));
    Panel::heat(title, heat, ("", names()), ("", names()))
}

fn scatter(matrices: &Matrices, setting: &str) -> Panel {
    let points = matrices.points(setting);
    let of = |name: &str, k: usize, between: bool| {
        let points = points.iter().filter(|point| is_between(point.0) == between);
        let points = points.map(|&(_, theory, network)| (theory, network));
        let marker = [Marker::Circle, Marker::Square][k];
        Series::scatter(name, palette::qualitative(k), points)
            .marker(marker)
            .line(Line::Apart)
    };
    let series = [
        of("different targets (a point each pair and seed)", 0, true),
        of("same target", 1, false),
    ];
    let end = points.iter().map(|point| point.1.max(point.2));
    let end = end.fold(0.0, f64::max);
    // One length for both axes: distance from the diagonal is error.
    let axis = |label: &str| match end > 0.0 {
        true => Axis::linear(label).within(-0.05 * end, 1.08 * end),
        false => Axis::linear(label),
    };
    let title = format!("{}: network", words(setting));
    Panel::new(title, axis("theory"), axis(""))
        .series(series)
        .guides([Guide::diagonal("network = theory")])
}

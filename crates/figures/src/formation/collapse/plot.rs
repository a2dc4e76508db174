//! The picture of nc-equivalence: a column of panels for each task, all over training.

use super::readout::{COLLAPSE, RELATIONS, Readout, step};
use crate::chart::{Axis, Chart, Guide, Panel, Place, Series, palette};
use crate::table::{Select, null_points};
use crate::{Estimate, Marker, Range};

/// Heights of the five rows of panels, in rows of the grid.
const HEIGHTS: [usize; 5] = [3, 2, 3, 2, 3];

pub(super) fn chart(readouts: &[Readout<'_>], subtitle: String) -> Chart {
    let mut panels = Vec::new();
    for (column, readout) in readouts.iter().enumerate() {
        let rows = [
            alphas(readout, "normalized"),
            alphas(readout, "raw"),
            collapse(readout),
            conditions(readout),
            together(readout),
        ];
        let mut top = 0;
        for (panel, rows) in rows.into_iter().zip(HEIGHTS) {
            let place = Place {
                column,
                row: top,
                columns: 1,
                rows,
            };
            top += rows;
            panels.push((panel, place));
        }
    }
    Chart::new(
        "The readout: six relations beside neural collapse, over training",
        subtitle,
    )
    .note("NC1 to NC4 are 0 at collapse. Conditions: quasi-interpolation 0, isotropy 1.")
    .row_height(104.0)
    .placed(readouts.len(), panels)
}

fn steps() -> Axis {
    Axis::log("step")
}

fn line(label: &str, k: usize, select: &Select<'_>) -> Series {
    Series::new(label, palette::qualitative(k), select.by_x(step)).marker(palette::marker(k))
}

fn alphas(readout: &Readout<'_>, variant: &'static str) -> Panel {
    let selections: Vec<Select<'_>> = RELATIONS
        .iter()
        .map(|relation| readout.alpha(relation, variant))
        .collect();
    // The raw twin stands right below, in the same colours.
    let (title, named) = match variant {
        "raw" => (
            "α of the readout, raw second moments (colours as above)".to_owned(),
            false,
        ),
        _ => (
            format!("{}: α of the readout, normalized", readout.task),
            true,
        ),
    };
    let series = RELATIONS.iter().zip(&selections).enumerate();
    let series = series
        .map(|(k, (relation, select))| line(if named { relation.name } else { "" }, k, select));
    let panel = Panel::new(title, steps(), Axis::correlation())
        .series(series)
        .null(null_points(&selections, step));
    if named { panel.with_legend() } else { panel }
}

fn collapse(readout: &Readout<'_>) -> Panel {
    let series = COLLAPSE.iter().enumerate().map(|(k, part)| {
        let select = readout.select(part.statistic).range(Range::NonNegative);
        let color = palette::layer(k, COLLAPSE.len());
        Series::new(part.name, color, select.by_x(step)).marker(palette::marker(k))
    });
    Panel::new("neural collapse", steps(), Axis::log(""))
        .series(series)
        .with_legend()
}

fn conditions(readout: &Readout<'_>) -> Panel {
    let quasi = readout
        .select("quasi_interpolation")
        .range(Range::NonNegative);
    let isotropy = readout.select("isotropy");
    let series = [
        Series::new("quasi-interpolation", "#000000", quasi.by_x(step)).marker(palette::marker(3)),
        Series::new(
            "isotropy of the loss gradient",
            "#8a8a8a",
            isotropy.by_x(step),
        )
        .marker(palette::marker(4)),
    ];
    let y = Axis::correlation();
    Panel::new("both conditions", steps(), y)
        .series(series)
        .with_legend()
}

/// NC1 against the mean of the six alphas: one line a seed, steps in order.
fn together(readout: &Readout<'_>) -> Panel {
    let nc1 = readout.select("nc1").seed_lines(step);
    let alpha = readout.mean_alpha("normalized");
    let mut series = Vec::new();
    for (k, (seed, line)) in alpha.iter().enumerate() {
        let Some(nc1) = nc1.get(seed) else { continue };
        let at = |step: f64| {
            nc1.iter()
                .find(|point| point.0 == step)
                .map(|point| point.1)
        };
        let line = line
            .iter()
            .filter_map(|(step, alpha)| Some((at(*step)?, *alpha)));
        let line: Vec<(f64, f64)> = line.collect();
        let color = palette::sequential(k, alpha.len());
        series.extend(trajectory(format!("seed {seed}"), &color, &line));
    }
    // What the shapes mean, for all seeds.
    let ends = [
        ("start of training", Marker::Triangle),
        ("its end", Marker::Square),
    ];
    series.extend(ends.map(|(name, marker)| Series::scatter(name, "#444444", []).marker(marker)));
    Panel::new(
        "mean of the six α, normalized, against NC1: one line a network",
        Axis::log("NC1").reaching([COLLAPSE[0].reached]),
        Axis::correlation(),
    )
    .series(series)
    .guides([Guide::vertical(
        "NC1 that counts as collapsed",
        COLLAPSE[0].reached,
    )])
    .with_legend()
}

/// The measurements of one network in order, the first and the last of them marked.
fn trajectory(name: String, color: &str, line: &[(f64, f64)]) -> Vec<Series> {
    let points = line
        .iter()
        .map(|&(x, y)| (x, Estimate::without_interval(y, 1)));
    let whole = Series::new(name, color, points).marker(Marker::Dot);
    let end = |point: Option<&(f64, f64)>, marker| {
        Series::scatter("", color, point.copied()).marker(marker)
    };
    vec![
        whole,
        end(line.first(), Marker::Triangle),
        end(line.last(), Marker::Square),
    ]
}

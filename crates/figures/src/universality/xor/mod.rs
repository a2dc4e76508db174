//! Distances between the four inputs of XOR, before and after training, beside the theory's (F6).
//!
//! Entries are distances, not squared, in the order (0,0), (0,1), (1,0), (1,1). The theory's matrix is the closed form for
//! each pair, with the ratio of rates that was fitted to two points of the default network (FOUND). A setting such as
//! `rich/leaky_relu` is `rich` with another reading of the activation: the authors' code trains ReLU, their settings file
//! says leaky ReLU.

mod claims;
mod matrices;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::{Axis, Chart, Heat, Numbers, Panel, Places};
use crate::claims::{number, shown};
use crate::text::{crossed, decimals, plural};
use crate::universality::distance_matrices::{
    Kind, Matrices, Pair, Pairs, against_theory, largest, symmetric,
};
use crate::universality::{CheckedTables, Coverage, TableKind, Tables, TablesFigure, only};
use crate::{Claim, Range, Section};
use matrices::{INPUTS, Networks, PAIRS};

/// The figure `univ-xor`. It uses distances.
#[derive(Debug, Clone, Copy)]
pub struct Xor;

impl TablesFigure for Xor {
    fn id(&self) -> &'static str {
        "univ-xor"
    }

    fn main_table(&self) -> TableKind {
        TableKind::Distances
    }

    fn select(&self, tables: &Tables) -> Tables {
        let distances = only(&tables.distances, |row| {
            Kind::named(&row.kind).is_some() && PAIRS.contains(&(row.i as usize, row.j as usize))
        });
        Tables {
            distances,
            ..Tables::default()
        }
    }

    fn coverage(&self, data: &CheckedTables) -> Vec<Coverage> {
        let networks = Networks::new(data);
        let coverage = Kind::ALL.map(|kind| Coverage {
            name: format!("{} matrices", kind.name()),
            measured: networks.count(kind),
            of: data.runs.len(),
        });
        coverage.into()
    }

    fn claims(&self, data: &CheckedTables) -> Vec<Claim> {
        claims::claims(&Networks::new(data))
    }

    fn chart(&self, data: &CheckedTables) -> Chart {
        let networks = Networks::new(data);
        let panels = networks.settings.iter().flat_map(|setting| {
            let maps = Kind::ALL.map(|kind| map(&networks, setting, kind));
            maps.into_iter().chain([scatter(&networks, setting)])
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

    fn sections(&self, data: &CheckedTables) -> Vec<Section> {
        let networks = Networks::new(data);
        vec![
            summary(&networks),
            Section::new("Every distance", distances(&networks)),
        ]
    }
}

/// The setting in words: with the activation that it stands for.
fn words(setting: &str) -> String {
    match matrices::parts(setting) {
        (base, Some(reading)) => format!("{base}, {}", reading.replace('_', " ")),
        (base, None) => base.to_owned(),
    }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Trained => "trained",
        other => other.name(),
    }
}

fn map(networks: &Networks<'_>, setting: &str, kind: Kind) -> Panel {
    let one_scale: &[Kind] = match kind {
        Kind::Initial => &[Kind::Initial],
        _ => &[Kind::Trained, Kind::Theory],
    };
    let ends = one_scale
        .iter()
        .map(|&kind| largest(networks.means(setting, kind).values()));
    let rows = symmetric(INPUTS.len(), &networks.means(setting, kind));
    let end = ends.fold(0.0, f64::max);
    let heat = Heat::new(rows, (0.0, end)).numbers(Numbers::Shown);
    let names = || -> Places {
        let names = (0..).map(f64::from).zip(INPUTS);
        names.map(|(k, name)| (k, name.to_owned())).collect()
    };
    let name = format!("{}: {}", words(setting), title(kind));
    Panel::heat(name, heat, ("", names()), ("", names()))
}

fn scatter(networks: &Networks<'_>, setting: &str) -> Panel {
    let kinds = [
        (
            "different targets (a point each pair and seed)",
            matrices::between as fn(Pair) -> bool,
        ),
        ("same target", matrices::within),
    ];
    let kinds = kinds.map(|(name, which)| (name, networks.points(setting, which)));
    let points = kinds.iter().flat_map(|(_, points)| points);
    let end = largest(points.flat_map(|(theory, network)| [theory, network]));
    // One length for both axes: distance from the diagonal is error.
    let axis = |label: &str| match end > 0.0 {
        true => Axis::linear(label).within(-0.05 * end, 1.08 * end),
        false => Axis::linear(label),
    };
    let name = format!("{}: network", words(setting));
    against_theory(name, (axis("theory"), axis("")), kinds)
}

fn summary(networks: &Networks<'_>) -> Section {
    let rows = networks.settings.iter().map(|&setting| {
        let n = networks.seed_count(setting);
        let r = |number: fn(&Matrices) -> Option<f64>| {
            let r = networks.estimate(setting, Range::Correlation, number);
            shown(n, r, decimals(4))
        };
        let error = networks.estimate(setting, Range::NonNegative, matrices::theory_error);
        let trained = |number: fn(&Pairs) -> Option<f64>, digits| {
            shown(n, networks.trained(setting, number), decimals(digits))
        };
        vec![
            setting.to_owned(),
            r(matrices::follows_theory),
            r(matrices::kept),
            shown(n, error, decimals(3)),
            trained(matrices::within_over_between, 3),
            trained(matrices::spread, 4),
            trained(matrices::apart, 2),
        ]
    });
    Section::table(
        "Numbers made of the matrices",
        "Mean over seeds [its 95 % interval]. Spread: largest less smallest of the four distances between classes, over \
         their mean. Apart: mean distance of (0,0) to the others over the mean of the other three. A setting with a slash \
         is the same with another activation.",
        [
            "setting",
            "r(network, theory)",
            "r(network, initial)",
            "theory's relative error",
            "within / between",
            "spread between",
            "(0,0) apart",
        ],
        rows,
    )
}

fn distances(networks: &Networks<'_>) -> String {
    let tables = networks.settings.iter().map(|setting| {
        let n = networks.seed_count(setting);
        let pairs = PAIRS.map(|(i, j)| (format!("{} and {}", INPUTS[i], INPUTS[j]), (i, j)));
        let kinds = Kind::ALL.map(|kind| (title(kind).to_owned(), kind));
        let table = crossed("pair", pairs, &kinds, |&pair, &kind| {
            shown(n, networks.distance(setting, kind, pair), number)
        });
        format!("{setting}:\n\n{table}")
    });
    tables.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;

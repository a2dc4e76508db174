//! Comparisons as tables: of each measure a matrix, layers of one network down and of the other across.

use comfy_table::{Cell, CellAlignment, Table};
use formant_alignment::{
    CompareOptions, Kind, PairComparison, RepresentationMeasure, UniversalNetwork,
};
use formant_moments::printable;

use super::network::Network;
use super::{Pair, Universal};
use crate::output::{Text, table};

/// Longest name of a layer.
const NAME: usize = 40;
/// Level of stars.
const LEVEL: f64 = 0.05;

pub(super) fn all(
    networks: &[Network],
    pairs: &[Pair<'_>],
    options: &CompareOptions,
    universal: Option<&Universal>,
    out: &mut Text,
) {
    for network in networks {
        for line in network.refused.iter().chain(&network.warnings) {
            out.line(format!("{}: {line}", network.name));
        }
    }
    for pair in pairs {
        out.line(format!("{} (down) and {} (across)", pair.x, pair.y));
        if let Some(warning) = pair.warning {
            out.line(format!("warning: {warning}"));
        }
        for measure in &options.measures {
            matrix(pair, *measure, out);
        }
        reasons(pair, out);
        out.line("");
    }
    if let Some(universal) = universal {
        self::universal(universal, out);
    }
    out.line(legend(options));
}

fn matrix(pair: &Pair<'_>, measure: RepresentationMeasure, out: &mut Text) {
    let kind = match measure.description().kind {
        Kind::Distance => "distance",
        _ => "similarity",
    };
    let of = pair.compared.comparisons.iter();
    let of: Vec<&PairComparison> = of
        .filter(|found| found.compared.measure == measure)
        .collect();
    let [left, right] = pair.layers;
    let mut header = vec![format!("{} ({kind})", measure.name())];
    header.extend(right.iter().map(|(name, _)| printable(name, NAME)));
    let mut table = table(header);
    for ((name, _), row) in left.iter().zip(of.chunks(right.len().max(1))) {
        let mut cells = vec![Cell::new(printable(name, NAME))];
        cells.extend(row.iter().map(|found| entry(found)));
        table.add_row(cells);
    }
    out.line(table);
    let ceiling = pair
        .compared
        .ceilings
        .iter()
        .find(|found| found.measure == measure);
    if let Some(found) = ceiling {
        let (mean, low, high) = (found.ceiling.mean, found.ceiling.low, found.ceiling.high);
        out.line(format!(
            "noise ceiling of this matrix {mean:.3} [{low:.3}, {high:.3}], from {} splits into halves of {} samples",
            found.splits, found.half
        ));
    }
}

/// A value, with a star where few permutations are as alike.
fn entry(found: &PairComparison) -> Cell {
    let star = match found.chance {
        Some(test) if test.p_value <= LEVEL => "*",
        _ => " ",
    };
    let text = match found.compared.value {
        Some(value) => format!("{value:.3}{star}"),
        None => "undefined".to_owned(),
    };
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// Why entries have no value, each reason once.
fn reasons(pair: &Pair<'_>, out: &mut Text) {
    let mut said: Vec<&str> = Vec::new();
    for found in &pair.compared.comparisons {
        let compared = &found.compared;
        let Some(reason) = compared
            .reason
            .as_deref()
            .filter(|reason| !said.contains(reason))
        else {
            continue;
        };
        let (x, y) = (printable(&compared.x, NAME), printable(&compared.y, NAME));
        out.line(format!(
            "no {} of {x} and {y}: {reason}",
            compared.measure.name()
        ));
        said.push(reason);
    }
}

fn universal(universal: &Universal, out: &mut Text) {
    for layer in &universal.layers {
        for (network, name) in layer.networks.iter().zip(&layer.names) {
            out.line(format!(
                "{}, {}: principal dimensions predicted from the other networks",
                network.name,
                printable(name, NAME)
            ));
            out.line(dimensions(network));
            let above = network
                .dimensions
                .iter()
                .filter(|found| found.p_value <= LEVEL)
                .count();
            let of = network.dimensions.len();
            out.line(format!(
                "{above} of {of} dimensions above their null (p <= {LEVEL}; by chance {:.1})",
                LEVEL * of as f64
            ));
            out.line("");
        }
    }
}

fn dimensions(network: &UniversalNetwork) -> Table {
    let mut header = ["dimension", "variance", "R2", "null mean", "null 95 %", "p"]
        .map(String::from)
        .to_vec();
    header.extend(network.from.iter().map(|from| format!("R2 from {from}")));
    let mut table = table(header);
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    for found in &network.dimensions {
        let star = if found.p_value <= LEVEL { "*" } else { " " };
        let mut row = vec![
            right(found.dimension.to_string()),
            right(format!("{:.2} %", 100.0 * found.variance)),
            right(format!("{:.3}{star}", found.r2)),
            right(format!("{:.3}", found.null_mean)),
            right(format!("{:.3}", found.null_q95)),
            right(format!("{:.3}", found.p_value)),
        ];
        row.extend(found.r2_from.iter().map(|r2| right(format!("{r2:.3}"))));
        table.add_row(row);
    }
    table
}

fn legend(options: &CompareOptions) -> String {
    let (permutations, splits, seed) = (options.permutations, options.splits, options.seed);
    format!(
        "*: at most 5 % of {permutations} permutations of the samples are as alike (each entry for itself). Noise ceiling: how \
         far the\nmatrix of {splits} random halves is that of the other halves, stepped up to all samples (Spearman-Brown), with \
         its 2.5 and\n97.5 % quantiles. Seed {seed}. --json and --csv have p-values, nulls and the spread over halves of every entry."
    )
}

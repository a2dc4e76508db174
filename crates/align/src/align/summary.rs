//! The report in one line a layer.

use clap::ValueEnum;
use comfy_table::Cell;
use formant_alignment::{Kind, LayerComparison, LayerSummary, RepresentationMeasure, SideRelation};
use formant_moments::dump::UNFIT;
use formant_moments::printable;

use super::layer::Report;
use super::tables::{number, right, zero_norms};
use crate::output::{Text, table};

pub(super) const LEGEND: &str = "alpha of normalized samples; * above the 95 % quantile of its null, where that is known. G_a and Z_a, H_b and Z_b share W:\n\
     their null is a random moment carried through W. misfit: how far h_b is from W h_a + constant.\n\
     --all prints every table, --json every number.";

/// Longest name of a layer in a table.
pub(super) const NAME: usize = 60;

/// A table with a line a layer, and a line for each remark.
pub(super) fn layers(layers: &[Report], rank: Rank, out: &mut Text) {
    if layers.is_empty() {
        return;
    }
    let mut header = ["layer", "d_a -> d_b", "samples"]
        .map(String::from)
        .to_vec();
    header.extend(SideRelation::ALL.map(SideRelation::matrices));
    header.extend([rank.heading(), "misfit", "zero samples"].map(String::from));
    let mut table = table(header);
    for Report {
        summary: layer,
        linear_fit,
        ..
    } in layers
    {
        let mut row = vec![
            Cell::new(printable(&layer.name, NAME)),
            Cell::new(format!("{} -> {}", layer.d_a, layer.d_b)),
            right(layer.samples),
        ];
        row.extend(SideRelation::ALL.map(|SideRelation { side, relation }| {
            let alpha = *layer.alpha.get(side, relation);
            let null = layer.null.get(side, relation);
            let above = alpha
                .zip(null.q95)
                .is_some_and(|(alpha, level)| alpha > level);
            match alpha {
                Some(alpha) => right(format!("{alpha:.3}{}", if above { "*" } else { " " })),
                None => right("undefined"),
            }
        }));
        row.push(number(rank.of(layer), Kind::Number));
        row.push(match linear_fit {
            Some(fit) if fit.residual > UNFIT => right(format!("{:.2}", fit.residual)),
            Some(fit) => right(format!("{:.0e}", fit.residual)),
            None => Cell::new(""),
        });
        row.push(Cell::new(zero_norms(layer)));
        table.add_row(row);
    }
    out.line(table);
    for report in layers {
        for line in remarks(report) {
            out.line(format!("{}: {line}", printable(&report.summary.name, NAME)));
        }
    }
}

/// What is wrong with a layer or what its numbers cannot tell, and what it refuses though it was requested.
pub(super) fn remarks(report: &Report) -> Vec<String> {
    let layer = &report.summary;
    let refused = [
        ("balance", &layer.balance_refused),
        ("neural collapse", &layer.neural_collapse_refused),
    ];
    let refused = refused.into_iter().filter_map(|(what, reason)| {
        let reason = reason.as_ref()?;
        Some(format!("no {what}: {reason}"))
    });
    let warnings = layer.warnings.iter().cloned();
    misfit(report)
        .into_iter()
        .chain(warnings)
        .chain(refused)
        .collect()
}

/// Which rank of the weight's Gram matrix a line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Rank {
    /// Exponential of the entropy of its eigenvalues (Roy and Vetterli)
    #[default]
    Entropy,
    /// Exponential of the entropy of the weight's singular values (RankMe)
    Rankme,
}

impl Rank {
    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::Entropy => "effective\nrank of Z",
            Self::Rankme => "RankMe\nof Z",
        }
    }

    pub(super) fn of(self, layer: &LayerSummary) -> Option<f64> {
        match self {
            Self::Entropy => layer.effective_rank,
            Self::Rankme => layer.rank_me,
        }
    }
}

/// That weight and samples do not belong together, and why.
pub(super) fn misfit(report: &Report) -> Option<String> {
    let fit = report.linear_fit?;
    let cause = fit.cause?;
    Some(format!(
        "weight and samples do not belong together: h_b is not W h_a + constant (misfit {:.2}); {}",
        fit.residual,
        cause.sentence()
    ))
}

/// How neighbours compare, in a line.
pub(super) fn similarity(pairs: &[LayerComparison], out: &mut Text) {
    let cka = RepresentationMeasure::LinearCka;
    let of = pairs.iter().filter(|pair| pair.measure == cka);
    let (mut least, mut most, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0);
    for value in of.filter_map(|pair| pair.value) {
        (least, most, count) = (least.min(value), most.max(value), count + 1);
    }
    if count > 0 {
        let pairs = if count == 1 { "pair" } else { "pairs" };
        let range = if count == 1 {
            format!("{least:.3}")
        } else {
            format!("{least:.3} to {most:.3}")
        };
        out.line(format!(
            "linear CKA of h_a of {count} {pairs} of layers: {range}"
        ));
    }
    undefined(pairs, out);
}

/// Why pairs have no value, each reason once.
pub(super) fn undefined(pairs: &[LayerComparison], out: &mut Text) {
    let mut reasons: Vec<(&str, Vec<&LayerComparison>)> = Vec::new();
    for pair in pairs {
        let Some(reason) = pair.reason.as_deref() else {
            continue;
        };
        match reasons.iter_mut().find(|(there, _)| *there == reason) {
            Some((_, of)) => of.push(pair),
            None => reasons.push((reason, vec![pair])),
        }
    }
    for (reason, of) in reasons {
        let (x, y) = (printable(&of[0].x, NAME), printable(&of[0].y, NAME));
        let measures: Vec<&str> = RepresentationMeasure::ALL
            .into_iter()
            .filter(|measure| of.iter().any(|pair| pair.measure == *measure))
            .map(RepresentationMeasure::name)
            .collect();
        let pairs = of
            .iter()
            .filter(|pair| pair.measure == of[0].measure)
            .count();
        let more = if pairs > 1 {
            format!(" and {} more pairs", pairs - 1)
        } else {
            String::new()
        };
        out.line(format!(
            "no {} of {x} and {y}{more}: {reason}",
            measures.join(", ")
        ));
    }
}

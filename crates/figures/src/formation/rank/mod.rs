//! F-rank: rank deficiency against 1 - alpha of five layers at six weight decays, the weight decay as colour.
//!
//! Whose rank and which alpha the paper means is UNKNOWN. Ours are fixed by a rule and not by a fit: alpha is that of the
//! other figures, between cov(g, g) and cov(h, h) of hidden layer i; the rank is that of the weight matrix which makes the
//! layer, of map i, out of the width. Map i + 1 is not taken because the readout is among these maps: its rank can never
//! exceed the number of outputs, and the paper has no layer at that rank where weight decay is small. Both that choice and
//! the rank of h itself are drawn beside it. From which singular value on a direction counts is UNKNOWN too, and that is
//! fitted: the threshold is the one with which the calibration came nearest; the others are drawn and tabled.

pub(super) mod claims;
mod digitised;
mod plot;
mod sections;
mod synthetic;

pub use digitised::{PAPER_GAMMAS, PAPER_POINTS, PAPER_RHO, paper_deficiencies, paper_rho_within};

use crate::Range;
use crate::figure::{Along, Lines, SweepFigure, View, measured_everywhere};
use crate::table::{Select, Table};

/// Outputs of the tasks of this figure: the rank at which layers saturate.
const OUTPUTS: f64 = 10.0;

const DECAY: Along = Along::WEIGHT_DECAY;
const ALPHA: View = View::of_layers("alpha_rga", DECAY);

/// The least singular values that count, relative to the largest, and the rank of weights that is counted so.
const THRESHOLDS: [(f64, View); 5] = [
    (0.003, View::of_weights("numerical_rank_w_at_0.003", DECAY)),
    (0.01, View::of_weights("numerical_rank_w_at_0.01", DECAY)),
    (0.03, View::of_weights("numerical_rank_w_at_0.03", DECAY)),
    (0.1, View::of_weights("numerical_rank_w_at_0.1", DECAY)),
    (0.3, View::of_weights("numerical_rank_w_at_0.3", DECAY)),
];

/// That of the picture: with it mean deficiencies came nearest to the paper's in the calibration (MEASURED).
pub(super) const THRESHOLD: f64 = THRESHOLDS[3].0;

/// The rank of the weight matrix that makes a hidden layer: map i.
pub(super) const OWN_MAP: View = THRESHOLDS[3].1;
/// The rank of the weight matrix that reads it: map i + 1.
const NEXT_MAP: View = OWN_MAP.lines(Lines::HIDDEN_LAYERS);
/// The rank of the second moment of its post-activations.
const REPRESENTATION: View = ALPHA.statistic("numerical_rank_h_at_0.1").variant("raw");

/// The figure `crh-rank`: the last step of networks of different weight decays, on a task of ten outputs.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-rank",
    uses: |row| {
        let of_layer = row.side == "a" && row.layer >= 2;
        ALPHA.uses(row)
            || row.statistic.starts_with("numerical_rank_w_at_")
            || (of_layer && row.statistic.starts_with("numerical_rank_h_at_"))
    },
    soundness: |data| {
        let layers = ALPHA.each(&data.table).zip(OWN_MAP.each(&data.table));
        let headline = layers.flat_map(|((layer, alpha), (_, rank))| {
            [
                (format!("alpha of layer {layer}"), alpha),
                (format!("rank of W of layer {layer}"), rank),
            ]
        });
        measured_everywhere(data, headline.collect(), Vec::new())
    },
    claims: |data| claims::claims(&data.table),
    chart: plot::chart,
    sections: |data| {
        let mut sections = sections::sections(&data.table);
        sections.extend(ALPHA.alpha_sections(&data.table));
        sections
    },
    made_up: || synthetic::rows().into(),
};

/// The share of the width that is missing in a rank.
fn deficiency(rank: Select<'_>) -> Select<'_> {
    rank.range(Range::Real)
        .quantity(|row| Some(1.0 - row.value? / f64::from(row.width)))
}

/// What geometric means of 1 - alpha are made of; below 1e-6 it counts as that much.
fn log(misalignment: f64) -> f64 {
    misalignment.max(1e-6).ln()
}

/// The logarithms of 1 - alpha.
fn log_misalignment<'t>(table: &'t Table<'t>) -> Select<'t> {
    let alpha = ALPHA.all(table);
    alpha.quantity(|row| Some(log(1.0 - row.value?)))
}

#[cfg(test)]
mod tests;

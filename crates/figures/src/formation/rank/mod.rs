//! F-rank: rank deficiency against 1 - alpha of five layers at six weight decays, the weight decay as colour.
//!
//! Whose rank and which alpha the paper means is UNKNOWN. Ours are fixed by a rule and not by a fit: alpha is that of the
//! other figures, between cov(g, g) and cov(h, h) of hidden layer i; the rank is that of the weight matrix which makes the
//! layer, of map i, out of the width. Map i + 1 is not taken because the readout is among these maps: its rank can never
//! exceed the number of outputs, and the paper has no layer at that rank where weight decay is small. Both that choice and
//! the rank of h itself are drawn beside it. From which singular value on a direction counts is UNKNOWN too, and that is
//! fitted: the threshold is the one with which the calibration came nearest; the others are drawn and tabled.

mod claims;
mod digitised;
mod plot;
#[doc(hidden)]
pub mod synthetic;

pub use digitised::{PAPER_GAMMAS, PAPER_POINTS, PAPER_RHO, paper_deficiencies};

use formant_alignment::RANK_THRESHOLDS;

use crate::chart::Chart;
use crate::claims::measures::mean;
use crate::figure::{Data, SweepFigure};
use crate::table::{Grid, Row, Select, Table, alpha_sections, layer_columns};
use crate::{Claim, Range, Section};

/// Outputs of the tasks of this figure: the rank at which layers saturate.
const OUTPUTS: f64 = 10.0;

/// The least singular value that counts in the picture, relative to the largest: with it mean deficiencies came nearest to
/// the paper's in the calibration (MEASURED), of [`RANK_THRESHOLDS`].
const THRESHOLD: f64 = 0.1;

/// The figure `crh-rank`. It uses `numerical_rank_w_at_…`, `numerical_rank_h_at_…` of side a, and `alpha_rga`,
/// `offdiagonal_rga` and `calibrated_rga` of side a, at the last step of networks of different weight decays, on a task of
/// ten outputs.
#[derive(Debug, Clone, Copy)]
pub struct Rank;

/// Whose rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The weight matrix that makes hidden layer i: map i.
    OwnMap,
    /// The weight matrix that reads hidden layer i: map i + 1.
    NextMap,
    /// The second moment of the hidden layer's post-activations.
    Representation,
}

fn gamma(row: &Row) -> f64 {
    row.gamma
}

fn layers(table: &Table<'_>) -> std::ops::RangeInclusive<u32> {
    1..=table.depth()
}

/// Alpha of hidden layer `layer` at the end of training.
fn alpha<'t>(table: &'t Table<'t>, layer: u32, variant: &'t str) -> Select<'t> {
    let alpha = table.select().statistic("alpha_rga").variant(variant);
    alpha.hidden(layer).at_last_step()
}

/// A rank that belongs to hidden layer `layer`.
fn rank<'t>(table: &'t Table<'t>, layer: u32, of: Of, threshold: f64) -> Select<'t> {
    let select = table.select().at_last_step();
    match of {
        Of::OwnMap => select.statistic(weight_rank(threshold)).layer(layer),
        Of::NextMap => select.statistic(weight_rank(threshold)).layer(layer + 1),
        Of::Representation => select
            .statistic(representation_rank(threshold))
            .hidden(layer),
    }
}

fn weight_rank(threshold: f64) -> String {
    format!("numerical_rank_w_at_{threshold}")
}

fn representation_rank(threshold: f64) -> String {
    format!("numerical_rank_h_at_{threshold}")
}

/// The share of the width that is missing in a rank.
fn deficiency<'t>(table: &'t Table<'t>, layer: u32, of: Of, threshold: f64) -> Select<'t> {
    rank(table, layer, of, threshold)
        .range(Range::Real)
        .quantity(|row| Some(1.0 - row.value? / f64::from(row.width)))
}

/// The geometric mean of misalignments 1 - alpha; those below 1e-6 count as that much.
fn geometric_mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let logs = values.into_iter().map(|value| value.max(1e-6).ln());
    mean(logs).map(f64::exp)
}

impl SweepFigure for Rank {
    fn id(&self) -> &'static str {
        "crh-rank"
    }

    fn uses(&self, row: &Row) -> bool {
        const ALPHAS: [&str; 3] = ["alpha_rga", "offdiagonal_rga", "calibrated_rga"];
        let statistic = row.statistic.as_str();
        let of_h = ALPHAS.contains(&statistic) || statistic.starts_with("numerical_rank_h_at_");
        statistic.starts_with("numerical_rank_w_at_") || (row.side == "a" && row.layer >= 2 && of_h)
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let table = &data.table;
        let of_layer = |layer: u32| {
            let name = |what: &str| format!("{what} of layer {layer}");
            [
                (name("alpha"), alpha(table, layer, "normalized")),
                (name("rank of W"), rank(table, layer, Of::OwnMap, THRESHOLD)),
            ]
        };
        layers(table).flat_map(of_layer).collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let table = &data.table;
        let grid = Grid {
            x_name: "gamma",
            x: gamma,
            x_text: |gamma| format!("{gamma:.3e}"),
            decimals: 3,
        };
        let ranks = [
            (
                Of::OwnMap,
                "of the weight matrix that makes the layer (map i): the rank of the picture",
            ),
            (
                Of::NextMap,
                "of the weight matrix that reads the layer (map i + 1)",
            ),
            (
                Of::Representation,
                "of the second moment of the layer's post-activations",
            ),
        ]
        .map(|(of, text)| {
            let ranks = layer_columns(layers(table), |layer| rank(table, layer, of, THRESHOLD));
            let ranks = grid.to_markdown(table, &ranks);
            format!("Singular values above {THRESHOLD} of the largest, {text}:\n\n{ranks}")
        });
        let mut sections = vec![
            Section::new("Ranks", ranks.join("\n")),
            Section::new(
                "Beside the paper's, by weight decay",
                claims::summary(table),
            ),
            Section::new("How much is the threshold?", claims::by_threshold(table)),
        ];
        sections.extend(alpha_sections(table, &grid, |of| {
            layer_columns(layers(table), |layer| {
                of("rga").hidden(layer).at_last_step()
            })
        }));
        sections
    }
}

#[cfg(test)]
mod tests;

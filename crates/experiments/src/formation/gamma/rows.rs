//! From the reports of a network's layers to the rows of the figure's table.

use formant_alignment::{LayerReport, Matrix, Relation};
use formant_figures::formation::gamma::{LAYERS, LayerRow, Outcome, Position, Variant as Column};
use formant_moments::{Side, Variant};

use crate::formation::spec::CellSpec;

/// Three variants of the post- and pre-activation of each hidden layer of the figure: the first five. The post-activation
/// of layer *i* and its gradient are side *a* of the linear map that follows; its pre-activation is side *b* of its own map.
pub fn rows(spec: &CellSpec, step: u64, reports: &[LayerReport], test_loss: f64) -> Vec<LayerRow> {
    let mut rows = Vec::new();
    for (index, pair) in reports.windows(2).enumerate().take(LAYERS.len()) {
        let [own, next] = pair else { continue };
        for (position, report, side) in [
            (Position::Post, next, Side::A),
            (Position::Pre, own, Side::B),
        ] {
            for variant in Variant::ALL {
                let relation = Relation::Rga;
                // The null is that of the normalized variant.
                let null = (variant == Variant::Normalized).then(|| report.null(side, relation));
                let width = if side == Side::A {
                    report.d_a
                } else {
                    report.d_b
                };
                rows.push(LayerRow {
                    alpha: report.alpha(side, relation, variant),
                    alpha_offdiagonal: report.alpha_offdiagonal(side, relation, variant),
                    cosine: report.cosine(side, relation, variant),
                    null_mean: null.and_then(|null| null.mean),
                    null_q95: null.and_then(|null| null.q95),
                    rank_w: own
                        .numerical_rank(Side::B, Matrix::Z)
                        .map_or(0, |r| r as u32),
                    effective_rank_h: report.effective_rank(side, Matrix::H),
                    effective_rank_g: report.effective_rank(side, Matrix::G),
                    width: width as u32,
                    test_loss,
                    ..empty(spec, index as u32 + 1, position, column(variant), step)
                });
            }
        }
    }
    rows
}

/// Rows without values, for a network that diverged before it was measured.
pub fn empty_rows(spec: &CellSpec, step: u64) -> Vec<LayerRow> {
    let mut rows = Vec::new();
    for layer in LAYERS.into_iter().take(spec.model.depth) {
        for position in [Position::Post, Position::Pre] {
            rows.extend(Variant::ALL.map(|v| empty(spec, layer, position, column(v), step)));
        }
    }
    rows
}

fn empty(spec: &CellSpec, layer: u32, position: Position, variant: Column, step: u64) -> LayerRow {
    LayerRow {
        gamma: spec.weight_decay,
        seed: spec.seed,
        layer,
        position,
        variant,
        alpha: None,
        alpha_offdiagonal: None,
        cosine: None,
        null_mean: None,
        null_q95: None,
        rank_w: 0,
        effective_rank_h: None,
        effective_rank_g: None,
        width: spec.model.width as u32,
        step,
        test_loss: f64::NAN,
        outcome: Outcome::Finished,
    }
}

fn column(variant: Variant) -> Column {
    match variant {
        Variant::Raw => Column::Raw,
        Variant::Centered => Column::Centered,
        Variant::Normalized => Column::Normalized,
    }
}

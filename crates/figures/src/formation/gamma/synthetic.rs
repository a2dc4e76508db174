//! A made-up table near the paper's values, for tests and for looking at the drawing code.

use super::{
    GammaInput, LayerRow, Outcome, PAPER_ALPHA, PAPER_GAMMAS, Position, Task, Variant, figure,
};
use crate::formation::relations::RELATIONS;
use crate::formation::synthetic::{alpha_rows, provenance, row as sweep_row, wobble};
use crate::table::Row;
use crate::{FigureBundle, FigureError, Preset, Setting, Tag};

/// Three seeds, five weight decays, five layers, every position and variant: the digitised values with a fixed wobble.
/// **Not data.**
pub fn rows() -> Vec<LayerRow> {
    let mut rows = Vec::new();
    for seed in 0..3 {
        for (k, gamma) in PAPER_GAMMAS.into_iter().enumerate() {
            for layer in 1..=5 {
                for position in [Position::Post, Position::Pre] {
                    for variant in [Variant::Raw, Variant::Centered, Variant::Normalized] {
                        rows.push(row(seed, k, gamma, layer, position, variant));
                    }
                }
            }
        }
    }
    rows
}

/// [`rows`] as a run leaves them that diverged before its first measurement.
pub fn all_diverged() -> Vec<LayerRow> {
    let mut rows = rows();
    rows.iter_mut().for_each(diverge);
    rows
}

/// Takes a row's values away, as divergence before the first measurement does.
pub fn diverge(row: &mut LayerRow) {
    *row = LayerRow {
        alpha: None,
        alpha_offdiagonal: None,
        cosine: None,
        null_mean: None,
        null_q95: None,
        rank_w: 0,
        effective_rank_h: None,
        effective_rank_g: None,
        test_loss: f64::NAN,
        outcome: Outcome::Diverged,
        ..row.clone()
    };
}

fn row(
    seed: u64,
    k: usize,
    gamma: f64,
    layer: u32,
    position: Position,
    variant: Variant,
) -> LayerRow {
    let paper = PAPER_ALPHA[k][layer as usize - 1];
    let shift = match (position, variant) {
        (Position::Post, Variant::Normalized) => 0.0,
        (Position::Post, _) => 0.05,
        (Position::Pre, _) => 0.08,
    };
    // Wobbles in the middle, is still at both ends: as correlations do.
    let phase = seed as f64 * 2.3 + f64::from(layer) * 1.7 + k as f64 * 0.9;
    let alpha = (paper - shift + 0.35 * paper * (1.0 - paper) * phase.sin()).clamp(-1.0, 1.0);
    let rank = 3.0 + 97.0 * (1.0 - alpha).powf(0.7) + seed as f64;
    let spread = 0.02 * f64::from(layer) + 0.01 * k as f64;
    LayerRow {
        gamma,
        seed,
        layer,
        position,
        variant,
        alpha: Some(alpha),
        alpha_offdiagonal: Some(alpha * (0.9 + 0.1 * alpha)),
        cosine: Some(alpha.max(0.2)),
        null_mean: Some(0.01 + 0.5 * spread),
        null_q95: Some(0.03 + spread),
        rank_w: rank.min(100.0) as u32,
        effective_rank_h: Some(0.8 * rank),
        effective_rank_g: Some(0.6 * rank),
        width: 100,
        step: 16_000,
        test_loss: 0.05 + 20.0 * gamma,
        outcome: Outcome::Finished,
    }
}

/// What else was measured of the same made-up networks: all six relations of six linear maps, a readout of one output,
/// exponents and phases.
pub fn relations() -> Vec<Row> {
    let mut rows = crate::formation::exponents::synthetic::rows();
    rows.extend(crate::formation::phases::synthetic::rows());
    for seed in 0..3 {
        for (k, gamma) in PAPER_GAMMAS.into_iter().enumerate() {
            for layer in 1..=6u32 {
                for (j, relation) in RELATIONS.into_iter().enumerate() {
                    if layer == 6 && relation.side == "b" {
                        continue;
                    }
                    let base = Row {
                        gamma,
                        seed,
                        layer,
                        side: relation.side.to_owned(),
                        ..sweep_row()
                    };
                    let alpha = PAPER_ALPHA[k][(layer.max(2) - 2) as usize];
                    let spread = 0.3 * alpha * (1.0 - alpha);
                    let alpha = 0.2 + 0.78 * alpha + spread * wobble(seed, layer, j + k);
                    rows.extend(alpha_rows(&base, relation.name(), alpha));
                }
            }
        }
    }
    rows
}

/// A whole figure made of `rows`, with settings and a provenance that say that they are made up.
///
/// # Errors
///
/// Those of [`figure`]; none for [`rows`].
pub fn bundle(task: Task, preset: Preset, rows: &[LayerRow]) -> Result<FigureBundle, FigureError> {
    bundle_with(task, preset, rows, &[])
}

/// [`bundle`] with what else was measured.
///
/// # Errors
///
/// Those of [`figure`]; none for [`rows`] and [`relations`].
pub fn bundle_with(
    task: Task,
    preset: Preset,
    rows: &[LayerRow],
    relations: &[Row],
) -> Result<FigureBundle, FigureError> {
    figure(GammaInput {
        task,
        preset,
        rows,
        relations,
        identities: Vec::new(),
        settings: vec![
            Setting::new(
                "weight decays",
                "first five of logspace(-5, 0, 10)",
                Tag::Inferred,
                "",
            ),
            Setting::new("task", "made up", Tag::Ours, "a | b"),
        ],
        provenance: provenance(task.id(), preset),
    })
}

//! Synthetic rows near the paper's values, for tests and for looking at the drawing code. **Not data.**

use super::{PAPER_ALPHA, PAPER_GAMMAS};
use crate::formation::relations::RELATIONS;
use crate::formation::synthetic::{alpha_rows, row as network, wobble};
use crate::formation::{exponents, phases};
use crate::table::Row;

/// Three seeds, five weight decays, five hidden layers: the digitised values with a fixed wobble, and all six relations of
/// six linear maps (a readout of one output), ranks, losses, exponents and phases.
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, _, _, _| alpha)
}

/// [`rows`] with alpha of the hidden layers made of the made-up one, the seed, the layer and the place of the weight decay.
/// The rank of W follows it.
pub fn rows_with(change: impl Fn(f64, u64, u32, usize) -> f64) -> Vec<Row> {
    let mut rows = exponents::synthetic::rows();
    rows.extend(phases::synthetic::rows());
    for seed in 0..3 {
        for (k, gamma) in PAPER_GAMMAS.into_iter().enumerate() {
            let base = Row {
                weight_decay: gamma,
                seed,
                side: String::new(),
                variant: String::new(),
                ..network()
            };
            rows.push(number(&base, 0, "test_loss", 0.05 + 20.0 * gamma));
            rows.push(number(&base, 0, "test_loss_constant", 0.2));
            rows.extend(relations(&base, k));
            for layer in 1..=5 {
                let paper = PAPER_ALPHA[k][layer as usize - 1];
                // Wobbles in the middle, is still at both ends: as correlations do.
                let spread = 0.35 * paper * (1.0 - paper) * wobble(seed, layer, k);
                let alpha = change(paper + spread, seed, layer, k).clamp(-1.0, 1.0);
                rows.extend(of_layer(&base, layer, alpha));
            }
        }
    }
    rows
}

fn number(base: &Row, layer: u32, statistic: &str, value: f64) -> Row {
    Row {
        layer,
        statistic: statistic.to_owned(),
        value: Some(value),
        ..base.clone()
    }
}

/// The headline alpha of a hidden layer, and the ranks around it.
fn of_layer(base: &Row, layer: u32, alpha: f64) -> Vec<Row> {
    let rank = 3.0 + 97.0 * (1.0 - alpha).powf(0.7) + base.seed as f64;
    let of_h = Row {
        layer: layer + 1,
        side: "a".to_owned(),
        ..base.clone()
    };
    let raw = Row {
        variant: "raw".to_owned(),
        ..of_h.clone()
    };
    let mut rows = alpha_rows(&of_h, "rga", alpha);
    rows.extend([
        number(base, layer, "numerical_rank_w", rank.min(100.0).floor()),
        number(&raw, layer + 1, "effective_rank_h", 0.8 * rank),
        number(&raw, layer + 1, "effective_rank_g", 0.6 * rank),
    ]);
    rows
}

/// The six relations of every linear map but the headline's of hidden layers.
fn relations(base: &Row, k: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for layer in 1..=6u32 {
        for (j, relation) in RELATIONS.into_iter().enumerate() {
            let no_output = layer == 6 && relation.side == "b";
            if no_output || (layer >= 2 && j == 0) {
                continue;
            }
            let alpha = PAPER_ALPHA[k][(layer.max(2) - 2) as usize];
            let spread = 0.3 * alpha * (1.0 - alpha);
            let alpha = 0.2 + 0.78 * alpha + spread * wobble(base.seed, layer, j + k);
            let base = Row {
                layer,
                side: relation.side.to_owned(),
                ..base.clone()
            };
            rows.extend(alpha_rows(&base, relation.name(), alpha));
        }
    }
    rows
}

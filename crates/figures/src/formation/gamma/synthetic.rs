//! Synthetic rows near the paper's values, for tests and for looking at the drawing code. **Not data.**

use super::{PAPER_ALPHA, PAPER_GAMMAS, RANK};
use crate::formation::relations::RELATIONS;
use crate::formation::synthetic::{
    alpha_rows, number, over_weight_decay, raw_number, wobble, wobbling,
};
use crate::formation::{exponents, phases};
use crate::table::Row;

/// Three seeds, five weight decays, five hidden layers: the digitised values with a fixed wobble, and all six relations of
/// six linear maps (a readout of one output), ranks, losses, exponents and phases.
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, _, _, _| alpha)
}

/// [`rows`] with alpha of the hidden layers made of the synthetic one, the seed, the layer and the place of the weight decay.
/// The rank of W follows it.
pub fn rows_with(change: impl Fn(f64, u64, u32, usize) -> f64) -> Vec<Row> {
    let alpha = wobbling(0.35);
    let mut rows = exponents::synthetic::rows();
    rows.extend(phases::synthetic::rows());
    for (k, network) in over_weight_decay(&PAPER_GAMMAS) {
        let (gamma, seed) = (network.weight_decay, network.seed);
        rows.push(number(&network, 0, "test_loss", 0.05 + 20.0 * gamma));
        rows.push(number(&network, 0, "test_loss_constant", 0.2));
        rows.extend(relations(&network, k));
        for (layer, paper) in (1..).zip(PAPER_ALPHA[k]) {
            let alpha = change(alpha(paper, seed, layer, k), seed, layer, k);
            rows.extend(of_layer(&network, layer, alpha.clamp(-1.0, 1.0)));
        }
    }
    rows
}

/// The headline alpha of a hidden layer, and the ranks around it.
fn of_layer(network: &Row, layer: u32, alpha: f64) -> Vec<Row> {
    let rank = 3.0 + 97.0 * (1.0 - alpha).powf(0.7) + network.seed as f64;
    let of_weights = rank.min(100.0).floor();
    let mut rows = alpha_rows(network, (layer + 1, "a"), "rga", alpha);
    rows.extend([
        number(network, layer, RANK.statistic, of_weights),
        raw_number(network, layer + 1, "effective_rank_h", 0.8 * rank),
        raw_number(network, layer + 1, "effective_rank_g", 0.6 * rank),
    ]);
    rows
}

/// The six relations of every linear map but the headline's of hidden layers.
fn relations(network: &Row, k: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for layer in 1..=6u32 {
        for (j, relation) in RELATIONS.into_iter().enumerate() {
            let no_output = layer == 6 && relation.side == "b";
            if no_output || (layer >= 2 && j == 0) {
                continue;
            }
            let alpha = PAPER_ALPHA[k][(layer.max(2) - 2) as usize];
            let spread = 0.3 * alpha * (1.0 - alpha);
            let alpha = 0.2 + 0.78 * alpha + spread * wobble(network.seed, layer, j + k);
            let side = (layer, relation.side);
            rows.extend(alpha_rows(network, side, relation.name(), alpha));
        }
    }
    rows
}

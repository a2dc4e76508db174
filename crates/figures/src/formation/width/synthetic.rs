//! Synthetic rows near the paper's values. **Not data.**

use super::{PAPER_ALPHA, PAPER_WIDTHS};
use crate::formation::synthetic::{alpha_rows, row, wobble};
use crate::table::Row;

/// Three seeds of the paper's widths: its digitised values with a fixed wobble.
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, seed, layer, k| alpha + 0.2 * alpha * (1.0 - alpha) * wobble(seed, layer, k))
}

/// Rows whose alpha is made of the paper's, the seed, the layer and the place of the width.
pub fn rows_with(alpha: impl Fn(f64, u64, u32, usize) -> f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for seed in 0..3 {
        for (k, width) in PAPER_WIDTHS.into_iter().enumerate() {
            for layer in 1..=5 {
                let base = Row {
                    width,
                    seed,
                    layer: layer + 1,
                    ..row()
                };
                let paper = PAPER_ALPHA[k][layer as usize - 1];
                rows.extend(alpha_rows(&base, "rga", alpha(paper, seed, layer, k)));
            }
        }
    }
    rows
}

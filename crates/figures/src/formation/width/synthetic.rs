//! Synthetic rows near the paper's values. **Not data.**

use super::{PAPER_ALPHA, PAPER_WIDTHS};
use crate::formation::synthetic::{near_paper, over, wobbling};
use crate::table::Row;

/// Three seeds of the paper's widths: its digitised values with a fixed wobble.
pub fn rows() -> Vec<Row> {
    rows_with(wobbling(0.2))
}

/// Rows whose alpha is made of the paper's, the seed, the layer and the place of the width.
pub fn rows_with(alpha: impl Fn(f64, u64, u32, usize) -> f64) -> Vec<Row> {
    let networks = over(&PAPER_WIDTHS, |network, width| network.width = width);
    near_paper(networks, &PAPER_ALPHA, alpha)
}

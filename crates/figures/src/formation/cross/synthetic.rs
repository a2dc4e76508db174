//! Synthetic rows of a network whose cross term aligns. **Not data.**

use crate::formation::synthetic::{alpha_rows, row, wobble};
use crate::table::Row;

/// Three seeds, six maps, eight measurements; no null for the cross term with cov(h, h) and cov(g, g).
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, _, _, _| alpha)
}

/// [`rows`] with alpha changed by relation, map and place of the measurement.
pub fn rows_with(change: impl Fn(f64, &str, u32, usize) -> f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for seed in 0..3 {
        for (j, step) in (0..8).map(|j| (j, 100 + 2000 * j as u64)) {
            for layer in 1..=6u32 {
                for (k, (side, relation)) in [
                    ("b", "cross"),
                    ("a", "cross"),
                    ("b", "cross_h"),
                    ("b", "cross_g"),
                ]
                .into_iter()
                .enumerate()
                {
                    let end = 1.0 - 0.6 / f64::from(layer) - 0.03 * k as f64;
                    let course = 1.0 - (-(j as f64 + 0.3) / 2.0).exp();
                    let alpha = end * course + 0.01 * wobble(seed, layer, j + k);
                    let base = Row {
                        weight_decay: 1.29e-4,
                        seed,
                        step,
                        layer,
                        side: side.to_owned(),
                        ..row()
                    };
                    rows.extend(alpha_rows(
                        &base,
                        relation,
                        change(alpha, relation, layer, j),
                    ));
                }
            }
        }
    }
    rows
}

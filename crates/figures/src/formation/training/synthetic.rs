//! Synthetic rows of a network whose relations form one after another. **Not data.**

use crate::formation::synthetic::{alpha_rows, row, wobble};
use crate::table::Row;

/// Three seeds, six maps, six relations, eight measurements.
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, _, _, _, _| alpha)
}

/// [`rows`] with alpha changed by side, relation, map and place of the measurement.
pub fn rows_with(change: impl Fn(f64, &str, &str, u32, usize) -> f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for seed in 0..3 {
        for (j, step) in (0..8).map(|j| (j, 100 + 2000 * j as u64)) {
            for layer in 1..=6u32 {
                for (k, (side, relation)) in crate::formation::relations::RELATIONS
                    .map(|r| (r.side, r.name()))
                    .into_iter()
                    .enumerate()
                {
                    let end = 0.35 + 0.09 * f64::from(layer) - 0.03 * k as f64;
                    let course = 1.0 - (-(j as f64 + 0.3) / 2.5).exp();
                    let alpha = end * course + 0.02 * wobble(seed, layer, j + k);
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
                        change(alpha, side, relation, layer, j),
                    ));
                }
            }
        }
    }
    rows
}

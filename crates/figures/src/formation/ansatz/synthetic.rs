//! Made-up transforms, for tests and for looking at the drawing code. **Not data.**

use super::maps::{ANSATZ, GWA, NONE};
use crate::formation::synthetic::{alpha_rows, row, wobble};
use crate::table::Row;

/// Three seeds without a transform and with two: G_a keeps its alpha, the AGOP loses more of it in later maps.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (transform, loss) in [(NONE, 0.0), ("diag", 0.08), ("random", 0.05)] {
        for seed in 0..3 {
            for layer in 1..=6u32 {
                let base = Row {
                    task: "teacher10".to_owned(),
                    transform: transform.to_owned(),
                    seed,
                    layer,
                    ..row()
                };
                let gwa = 0.55 + 0.06 * f64::from(layer) + 0.02 * wobble(seed, layer, 0);
                let nfa = gwa - 0.05 - loss * f64::from(layer);
                rows.extend(alpha_rows(&base, "gwa", gwa + 0.03));
                // In other coordinates of the output the same network has the same G_a, and another AGOP.
                let kinds = [
                    (GWA, gwa, 0.0),
                    (ANSATZ[0], nfa, 0.2),
                    (ANSATZ[1], nfa + 0.04, 0.1),
                ];
                let kinds = kinds.into_iter().flat_map(|(kind, value, less)| {
                    [
                        (kind.statistic.to_owned(), value),
                        (kind.untransformed(), value - less),
                    ]
                });
                rows.extend(kinds.map(|(statistic, value)| Row {
                    statistic,
                    variant: "raw".to_owned(),
                    value: Some(value),
                    null_mean: Some(0.02),
                    null_q95: Some(0.1),
                    ..base.clone()
                }));
            }
        }
    }
    rows
}

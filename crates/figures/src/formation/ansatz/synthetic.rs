//! Synthetic transforms, for tests and for looking at the drawing code. **Not data.**

use super::maps::{ANSATZ, GWA, NONE};
use crate::formation::synthetic::{alpha_rows, over, raw_number, wobble};
use crate::table::Row;

/// Three seeds without a transform and with two: G_a keeps its alpha, the AGOP loses more of it in later maps.
pub fn rows() -> Vec<Row> {
    let transforms = [(NONE, 0.0), ("diag", 0.08), ("random", 0.05)];
    let mut rows = Vec::new();
    for (transform, loss) in transforms {
        for (_, mut network) in over(&[transform], |row, name| row.transform = name.to_owned()) {
            network.task = "teacher10".to_owned();
            for layer in 1..=6 {
                rows.extend(of_map(&network, layer, loss));
            }
        }
    }
    rows
}

fn of_map(network: &Row, layer: u32, loss: f64) -> Vec<Row> {
    let gwa = 0.55 + 0.06 * f64::from(layer) + 0.02 * wobble(network.seed, layer, 0);
    let nfa = gwa - 0.05 - loss * f64::from(layer);
    let mut rows = alpha_rows(network, (layer, "a"), "gwa", gwa + 0.03);
    // In other coordinates of the output the same network has the same G_a, and another AGOP.
    let kinds = [
        (GWA, gwa, 0.0),
        (ANSATZ[0], nfa, 0.2),
        (ANSATZ[1], nfa + 0.04, 0.1),
    ];
    for (kind, value, less) in kinds {
        let coordinates = [
            (kind.statistic.to_owned(), value),
            (kind.untransformed(), value - less),
        ];
        rows.extend(coordinates.map(|(statistic, value)| Row {
            null_mean: Some(0.02),
            null_q95: Some(0.1),
            ..raw_number(network, layer, statistic, value)
        }));
    }
    rows
}

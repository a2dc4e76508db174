//! A synthetic collapse, for tests and for looking at the drawing code. **Not data.**

use super::readout::COLLAPSE;
use crate::formation::relations::RELATIONS;
use crate::formation::synthetic::{alpha_rows, number, row, wobble};
use crate::table::Row;

/// Three seeds of two tasks, eight measurements each: alphas rise, NC1 to NC4 fall, both conditions come true.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (task, slower) in [("digits", 1.0), ("mnist", 1.3)] {
        for seed in 0..3 {
            for measurement in 0..8u32 {
                let network = Row {
                    task: task.to_owned(),
                    seed,
                    step: 1 + 2000 * u64::from(measurement),
                    ..row()
                };
                let left = (-f64::from(measurement) / (1.5 * slower)).exp();
                rows.extend(readout(&network, left, measurement));
            }
        }
    }
    rows
}

/// The rows of one measurement; `left` falls from 1 to nearly 0.
fn readout(network: &Row, left: f64, measurement: u32) -> Vec<Row> {
    let wobble = |k| wobble(network.seed, measurement, k);
    let mut rows = Vec::new();
    for (k, relation) in RELATIONS.iter().enumerate() {
        let alpha = 0.96 - (0.5 + 0.04 * k as f64) * left + 0.005 * wobble(k);
        rows.extend(alpha_rows(
            network,
            (6, relation.side),
            relation.name(),
            alpha,
        ));
    }
    for (k, part) in COLLAPSE.iter().enumerate() {
        let value = part.reached * (0.3 + 9.0 * left) * (1.0 + 0.1 * wobble(k));
        rows.push(number(network, 6, part.statistic, value));
    }
    rows.push(number(network, 6, "quasi_interpolation", 0.02 + 0.9 * left));
    rows.push(number(network, 6, "isotropy", 0.97 - 0.4 * left));
    rows.push(number(network, 0, "test_accuracy", 0.95 - 0.5 * left));
    rows
}

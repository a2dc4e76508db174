//! A synthetic balance, for tests and for looking at the drawing code. **Not data.**

use super::networks::{MATRICES, RESIDUALS, SELF_AVERAGING};
use crate::formation::synthetic::{number, over, raw_number, wobble};
use crate::table::{CONSTANT_LOSS, Row, TEST_LOSS};

/// Weight decays and learning rates.
const NETWORKS: [(f64, f64); 7] = [
    (1e-4, 0.1),
    (3e-4, 0.1),
    (1e-3, 0.1),
    (3e-3, 0.1),
    (1e-2, 0.1),
    (1e-3, 0.03),
    (1e-3, 0.3),
];

/// Three seeds of five weight decays, and of two more learning rates at the middle one, measured four times: dominated by
/// noise, in balance at the largest weight decays.
pub fn rows() -> Vec<Row> {
    let networks = over(&NETWORKS, |network, (weight_decay, learning_rate)| {
        (network.weight_decay, network.learning_rate) = (weight_decay, learning_rate);
    });
    let measured = networks.flat_map(|(_, network)| {
        (1..=4).flat_map(move |measurement| {
            let step = 100_000 * measurement;
            network_rows(&Row {
                step,
                ..network.clone()
            })
        })
    });
    measured.collect()
}

fn network_rows(network: &Row) -> Vec<Row> {
    let times = network.learning_rate * network.weight_decay * network.step as f64;
    let loss = 0.02 + 0.03 / (1.0 + times);
    let mut rows = vec![
        number(network, 0, "steps_times_eta_gamma", times),
        number(network, 0, TEST_LOSS, loss),
        number(network, 0, CONSTANT_LOSS, 0.08),
    ];
    for layer in 1..=network.depth + 1 {
        let statistics = statistics(network, layer, times).into_iter();
        rows.extend(statistics.map(|(name, value)| number(network, layer, name, value)));
        rows.push(raw_number(network, layer, "effective_rank_z", 20.0));
    }
    rows
}

fn statistics(network: &Row, layer: u32, times: f64) -> Vec<(&'static str, Option<f64>)> {
    let wobble = |j: usize| 1.0 + 0.05 * wobble(network.seed, layer, j);
    let far = 1.0 / (1.0 + times / 20.0);
    let change = 0.02 + 0.4 * (-times / 40.0).exp();
    let families = [
        (0, MATRICES, (network.step > 100_000).then_some(change)),
        (4, RESIDUALS, Some(0.1 + 0.8 * far)),
        (8, SELF_AVERAGING, Some(0.15 + 0.2 * far)),
    ];
    let families = families.into_iter().flat_map(|(first, named, size)| {
        named.iter().enumerate().map(move |(j, (statistic, _))| {
            let apart = 0.7 + 0.15 * j as f64;
            let value = size.map(|size| size * apart * wobble(first + j));
            (*statistic, value)
        })
    });
    let ratio = 0.4 * f64::from(layer) * network.weight_decay / network.learning_rate;
    let others = [
        ("mean_stationarity", 0.2 + 0.5 * far),
        ("constant_h_b", (1.0 + 2.0 * far * far) * wobble(12)),
        ("constant_g_a", (1.0 - 0.5 * far * far) * wobble(13)),
        ("constant_h_b_residual", 0.1 + 0.5 * far),
        ("constant_g_a_residual", 0.1 + 0.6 * far),
        ("trace_ratio", ratio * wobble(14)),
    ];
    let others = others.map(|(statistic, value)| (statistic, Some(value)));
    families.chain(others).collect()
}

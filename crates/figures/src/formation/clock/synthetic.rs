//! Synthetic rows of networks whose deep layers know decay times only. **Not data.**

use crate::formation::gamma::PAPER_GAMMAS;
use crate::formation::synthetic::{alpha_rows, over, wobble};
use crate::table::Row;

/// A network at one of its measurements.
pub(crate) struct Aged {
    pub layer: u32,
    pub weight_decay: f64,
    pub times: f64,
}

/// Three seeds of five weight decays, one output and ten, measured at halves of three decay times.
pub fn rows() -> Vec<Row> {
    rows_with(alpha)
}

/// [`rows`] with alpha made of layer, weight decay and decay times.
pub(crate) fn rows_with(alpha: impl Fn(&Aged) -> f64) -> Vec<Row> {
    let tasks = ["teacher", "teacher10"];
    let networks = tasks.map(|task| PAPER_GAMMAS.map(|gamma| (task, gamma)));
    let networks = networks.concat();
    let set = |network: &mut Row, (task, gamma): (&str, f64)| {
        (network.task, network.weight_decay) = (task.to_owned(), gamma);
        (network.learning_rate, network.momentum) = (0.03, Some(0.9));
    };
    let mut rows = Vec::new();
    for (_, network) in over(&networks, set) {
        let each = 1.0 / (0.3 * network.weight_decay);
        let whole = (3.0 * each).ceil() as u64;
        for halvings in 0..=5 {
            let step = whole.next_multiple_of(32) >> halvings;
            let network = Row {
                step,
                ..network.clone()
            };
            for layer in 1..=5 {
                let alpha = alpha(&Aged {
                    layer,
                    weight_decay: network.weight_decay,
                    times: network.decay_times().unwrap_or_default(),
                });
                let alpha = alpha + 0.01 * wobble(network.seed, layer, halvings);
                rows.extend(alpha_rows(&network, (layer + 1, "a"), "rga", alpha));
            }
        }
    }
    rows
}

fn alpha(of: &Aged) -> f64 {
    let rise = 1.0 - (-2.0 * of.times).exp();
    match of.layer {
        1 | 2 => 0.35 + 0.1 * (of.weight_decay / 1e-5).log10() + 0.1 * rise,
        _ => 0.5 + 0.45 * rise,
    }
}

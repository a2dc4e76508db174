//! Synthetic sweeps, for tests and for looking at the drawing code. **Not data.**

use crate::formation::synthetic::{alpha_rows, over, row, wobble};
use crate::table::Row;

/// Three seeds of a base point and two more points in each of six directions. Alpha rises with depth in the network and a
/// little with the learning rate; everything else moves it by a few hundredths.
pub fn rows() -> Vec<Row> {
    let networks = networks();
    let networks: Vec<&Row> = networks.iter().collect();
    let set = |row: &mut Row, network: &Row| {
        let seed = row.seed;
        *row = Row {
            seed,
            ..network.clone()
        };
    };
    let mut rows = Vec::new();
    let ages = |network: Row| {
        [3, 0].map(|halvings| Row {
            step: network.step >> halvings,
            ..network.clone()
        })
    };
    let aged =
        over(&networks, set).flat_map(|(k, network)| ages(network).map(|network| (k, network)));
    for (k, network) in aged {
        let young = if network.step < row().step { 0.15 } else { 0.0 };
        for hidden in 1..=network.depth {
            for side in [(hidden + 1, "a"), (hidden, "b")] {
                for (lower, relation) in [(0.0, "rga"), (0.05, "rwa"), (0.1, "gwa")] {
                    let alpha = alpha(&network, hidden) - lower - young;
                    let alpha = alpha + 0.02 * wobble(network.seed, hidden, k);
                    rows.extend(alpha_rows(&network, side, relation, alpha));
                }
            }
        }
    }
    rows
}

fn alpha(network: &Row, hidden: u32) -> f64 {
    let by_layer = [0.25, 0.55, 0.78, 0.82, 0.8, 0.79, 0.8][hidden as usize - 1];
    let relu = if network.activation == "relu" {
        -0.04
    } else {
        0.0
    };
    by_layer + 0.05 * (network.learning_rate / 0.1).log10() - 0.1 * network.label_noise + relu
}

fn networks() -> Vec<Row> {
    let with = |change: &dyn Fn(&mut Row)| {
        let mut network = row();
        change(&mut network);
        network
    };
    let mut networks = vec![row()];
    networks.extend([3, 7].map(|depth| with(&|row| row.depth = depth)));
    networks.extend([0.03, 0.3].map(|rate| with(&|row| row.learning_rate = rate)));
    networks.extend([32, 320].map(|batch| with(&|row| row.batch = batch)));
    networks.extend(["relu", "identity"].map(|name| with(&|row| row.activation = name.to_owned())));
    networks.extend([0.5, 2.0].map(|scale| with(&|row| row.init_scale = scale)));
    networks.extend([0.1, 0.3].map(|noise| with(&|row| row.label_noise = noise)));
    networks
}

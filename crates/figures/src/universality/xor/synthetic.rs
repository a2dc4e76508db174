//! Synthetic matrices, roughly as the authors' code trains them. **Not data.**

use super::matrices::{INPUTS, PAIRS, SETTINGS};
use crate::formation::synthetic::wobble;
use crate::universality::distance_matrices::Kind;
use crate::universality::{Distance, Tables};

/// Initial, final and theoretical distances, in the order of the pairs.
fn typical(setting: &str) -> [[f64; 6]; 3] {
    match setting {
        "rich" => [
            [0.0072, 0.0062, 0.0089, 0.0026, 0.0032, 0.0035],
            [0.309, 0.309, 0.0128, 0.0059, 0.309, 0.308],
            [0.3735, 0.3735, 0.0089, 0.0026, 0.3735, 0.3735],
        ],
        "intermediate" => [
            [0.503, 0.434, 0.617, 0.178, 0.221, 0.243],
            [1.05, 0.994, 0.965, 0.271, 0.534, 0.519],
            [0.561, 0.512, 0.617, 0.178, 0.407, 0.415],
        ],
        "lazy" => [
            [88.5, 76.3, 108.6, 31.33, 38.87, 42.74],
            [88.65, 76.4, 108.5, 31.25, 38.7, 42.62],
            [88.5, 76.3, 108.6, 31.33, 38.87, 42.74],
        ],
        _ => [
            [0.0014, 0.0014, 0.0020, 0.0016, 0.0013, 0.0014],
            [0.839, 0.840, 0.120, 1.187, 0.840, 0.840],
            [0.3735, 0.3735, 0.0020, 0.0016, 0.3735, 0.3735],
        ],
    }
}

/// Three seeds of the four settings, with ReLU and with leaky ReLU.
pub fn tables() -> Tables {
    tables_with(|_, _, _, distance| distance)
}

/// [`tables`] with distances changed by setting, kind and place of the pair.
pub fn tables_with(change: impl Fn(&str, &str, usize, f64) -> f64) -> Tables {
    let mut tables = Tables::default();
    let activations =
        SETTINGS.map(|setting| ["", "/leaky_relu"].map(|activation| (setting, activation)));
    for (setting, activation) in activations.into_iter().flatten() {
        for seed in 0..3 {
            let scale = 1.0 + 0.02 * wobble(seed, 1, activation.len());
            for (kind, distances) in Kind::ALL.into_iter().zip(typical(setting)) {
                for (k, (i, j)) in PAIRS.into_iter().enumerate() {
                    let own = 1.0 + 0.002 * wobble(seed, 2, k);
                    tables.distances.push(Distance {
                        setting: format!("{setting}{activation}"),
                        seed,
                        kind: kind.name().to_owned(),
                        i: i as u32,
                        j: j as u32,
                        label_i: INPUTS[i].to_owned(),
                        label_j: INPUTS[j].to_owned(),
                        distance: change(setting, kind.name(), k, distances[k] * scale * own),
                    });
                }
            }
        }
    }
    tables
}

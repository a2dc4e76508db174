//! Synthetic embeddings and axis metrics, roughly as the authors' code gives them. **Not data.**

use super::{ACTIVATIONS, CONTEXT, COSINE, RELEVANT, SETTINGS};
use crate::formation::synthetic::wobble;
use crate::universality::{Embedded, Tables, Value};

/// Context's share, relevant over irrelevant axes, cosine, first and first three components.
const TRAINED: [[f64; 6]; 3] = [
    [0.916, 1.60, 1.33, -0.21, 0.918, 0.977],
    [0.081, 10.1, 11.4, 0.950, 0.888, 0.9959],
    [0.0018, 67.6, 76.3, 0.998, 0.9971, 0.9997],
];

const NAMES: [&str; 6] = [
    CONTEXT,
    RELEVANT[0],
    RELEVANT[1],
    COSINE,
    "pca1",
    "pca_top3",
];

/// Three seeds of three settings and two activations.
pub fn tables() -> Tables {
    tables_with(|_, _, _, value| value)
}

/// [`tables`] with values changed by setting, activation and metric.
pub fn tables_with(change: impl Fn(&str, &str, &str, f64) -> f64) -> Tables {
    let mut tables = Tables::default();
    for (k, setting) in SETTINGS.into_iter().enumerate() {
        for activation in ACTIVATIONS {
            for seed in 0..3 {
                for (m, metric) in NAMES.into_iter().enumerate() {
                    let initial = [0.94, 1.08, 1.05, -0.19, 0.94, 0.978][m];
                    for (epoch, value) in [(0, initial), (1500, TRAINED[k][m])] {
                        let own = value * (1.0 + 0.0005 * wobble(seed, m as u32, k));
                        let own = change(setting, activation, metric, own);
                        tables.values.push(Value {
                            activation: activation.to_owned(),
                            layer: 2,
                            ..Value::new(setting, metric, (seed, epoch), own)
                        });
                    }
                }
            }
            tables.embedded.extend(embedded(k, setting, activation));
        }
    }
    tables
}

fn embedded(k: usize, setting: &str, activation: &str) -> Vec<Embedded> {
    const SIDE: u32 = 16;
    let irrelevant = [0.7, 0.1, 0.012][k];
    let offset = [3.0, 0.3, 0.05][k];
    let place = |index: u32| -1.0 + 2.0 * f64::from(index) / f64::from(SIDE - 1);
    let items = (0..2 * SIDE * SIDE).map(|item| {
        let (context, cell) = (item / (SIDE * SIDE), item % (SIDE * SIDE));
        let (x, y) = (place(cell % SIDE), place(cell / SIDE));
        let side = if context == 0 { -0.5 } else { 0.5 };
        let (relevant, other) = if context == 0 { (x, y) } else { (y, x) };
        Embedded {
            setting: setting.to_owned(),
            activation: activation.to_owned(),
            seed: 0,
            item,
            context,
            x,
            y,
            axis1: relevant + offset * side,
            axis2: irrelevant * other + 0.2 * offset * side,
            axis3: 0.3 * irrelevant * (x * y),
        }
    });
    items.collect()
}

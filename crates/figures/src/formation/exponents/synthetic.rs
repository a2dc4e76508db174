//! Synthetic exponents, for tests and for looking at the drawing code. **Not data.**

use super::fits::PAIRS;
use crate::Sweep;
use crate::formation::gamma::PAPER_GAMMAS;
use crate::formation::synthetic::{number, over_weight_decay, row, wobble};
use crate::table::{Row, Spectrum};

/// The exponents of row 8 of the phase table, in the order of the pairs.
const EXPONENTS: [f64; 6] = [1.0, 2.0, 2.0, 2.0, 1.0, 0.5];

/// Three seeds, five weight decays, six maps, of which all but the first settle in row 8 as gamma grows.
pub fn rows() -> Vec<Row> {
    let networks = over_weight_decay(&PAPER_GAMMAS);
    let maps =
        networks.flat_map(|(j, network)| (1..=6).flat_map(move |layer| of_map(&network, layer, j)));
    maps.collect()
}

fn of_map(network: &Row, layer: u32, j: usize) -> Vec<Row> {
    let far = 0.15 * (1.0 - j as f64 / 4.0);
    // Map 1 shares no eigenbasis.
    let shares = layer > 1;
    let noise = if shares { 0.05 } else { 0.8 };
    let commutator = if shares { 0.02 + 0.1 * far } else { 0.4 };
    let pairs = PAIRS.iter().enumerate().flat_map(|(k, pair)| {
        let wobble = wobble(network.seed, layer, j + k);
        let exponent = EXPONENTS[k] * (1.0 - far) + noise * wobble;
        let r2 = 0.97 - 0.2 * far - 0.01 * k as f64;
        let numbers = [
            ("exponent", exponent, None),
            ("exponent_low", exponent - 0.02, None),
            ("exponent_high", exponent + 0.02, None),
            ("r2", if shares { r2 } else { 0.5 }, None),
            ("commutator", commutator, Some(0.3)),
            ("delta_aic", 25.0 - 10.0 * far, None),
        ];
        numbers.map(|(prefix, value, null_mean)| Row {
            null_mean,
            ..number(network, layer, pair.statistic(prefix), value)
        })
    });
    pairs.collect()
}

/// The same with eigenpairs of three maps of one network at the largest weight decay.
pub fn sweep() -> Sweep {
    let mut spectra = Vec::new();
    for layer in [2u32, 4, 6] {
        for (x, y, exponent) in [
            ("z_a", "g_a", 2.0),
            ("z_b", "h_b", 2.0),
            ("h_b", "g_b", 0.5),
        ] {
            for index in 0..40u32 {
                let x_value = 10f64.powf(-0.1 * f64::from(index)) * f64::from(layer);
                let noise = 10f64.powf(0.1 * wobble(3, layer, index as usize));
                spectra.push(Spectrum {
                    weight_decay: PAPER_GAMMAS[4],
                    layer,
                    x: x.to_owned(),
                    y: y.to_owned(),
                    index,
                    x_value,
                    y_value: x_value.powf(exponent) * noise,
                    used: index < 30,
                    ..Spectrum::of(&row())
                });
            }
        }
    }
    Sweep {
        rows: rows(),
        spectra,
    }
}

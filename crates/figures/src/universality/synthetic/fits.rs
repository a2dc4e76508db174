//! Synthetic fits without trajectories: over layers, over distances, of altered dynamics.

use super::Network;
use crate::formation::synthetic::wobble;
use crate::universality::authors::{ALTERED, DEPTH, LayerRun};
use crate::universality::settings::TWO_POINTS;
use crate::universality::{FitRow, Tables, TrajectoryPoint};

/// A fit of a setting at one seed.
fn fit(setting: &str, seed: u64) -> Option<FitRow> {
    let network = Network::of(setting);
    network.fit(&network.trajectory(seed))
}

/// Three seeds of the default network at each hidden layer.
pub fn depth_fits() -> Tables {
    let mut tables = Tables::default();
    for seed in 0..3 {
        for layer in 0..20 {
            let course = |number: fn(&LayerRun) -> f64| {
                Some(between(layer, number) * (1.0 + 0.03 * wobble(seed, layer, 4)))
            };
            tables.fits.extend(fit("default", seed).map(|fit| FitRow {
                layer,
                sse: course(|run| run.sse),
                eta_h: course(|run| run.eta_h),
                eta_y: course(|run| run.eta_y),
                ..fit
            }));
        }
    }
    tables
}

/// Between the layers of one run of the authors' code, on a logarithmic scale.
fn between(layer: u32, number: fn(&LayerRun) -> f64) -> f64 {
    let mut pairs = DEPTH.iter().zip(&DEPTH[1..]);
    let pair = pairs.find(|(a, b)| (a.layer..=b.layer).contains(&layer));
    pair.map_or(1.0, |(a, b)| {
        let share = f64::from(layer - a.layer) / f64::from(b.layer - a.layer);
        let (from, to) = (number(a).ln(), number(b).ln());
        (from + share * (to - from)).exp()
    })
}

/// The grid of distances of one setting, one seed: five distances of inputs by five of targets. `exponent` says how the
/// measured distance grows with that of the targets; the theory's says 1.
pub fn grid(setting: &str, exponent: f64) -> Tables {
    let mut tables = Tables::default();
    for (i, dx) in [0.5f64, 0.75, 1.0, 1.25, 1.5].into_iter().enumerate() {
        for (j, dy) in [0.0f64, 0.25, 0.5, 0.75, 1.0].into_iter().enumerate() {
            let seed = 100 + 5 * i as u64 + j as u64;
            let base = Network::of(setting);
            let network = Network {
                h0: base.h0 * dx * dx,
                dx2: dx * dx,
                dy2: dy * dy,
                ..base
            };
            let (high, low, theory) = network.closed_form(1e-9);
            // Where the theory has no fit the measured distance is what the network started from.
            let start = network.refused.map(|_| network.h0);
            let apart = dy > 0.0;
            let ratio = if apart {
                (dy / 0.75).powf(exponent - 1.0)
            } else {
                1.0
            };
            let measured = start.unwrap_or(theory * ratio) * (1.0 + 0.05 * wobble(seed, 1, 1));
            tables.fits.extend(fit(setting, 0).map(|fit| FitRow {
                seed,
                dx2: dx * dx,
                dy2: dy * dy,
                h0: network.h0,
                h_end: measured,
                y_end: dy * dy,
                loss_end: 1e-4,
                a_high: Some(high),
                a_low: Some(low),
                h_inf: Some(start.unwrap_or(theory)),
                ..fit
            }));
        }
    }
    tables
}

/// The grid of every setting, with the power that a balanced linear network has at its layer.
pub fn distances() -> Tables {
    let mut tables = Tables::default();
    for row in &TWO_POINTS {
        let balanced = 2.0 * f64::from(row.layer + 1) / f64::from(row.depth + 1);
        tables.extend(grid(row.name, balanced));
    }
    tables
}

/// Three seeds of the default network under each altered theory, with its curves.
pub fn altered() -> Tables {
    let mut tables = Network::of("default").tables();
    let (fits, points) = (tables.fits.clone(), tables.trajectories.clone());
    for (k, (dynamics, ratio, _)) in ALTERED.into_iter().enumerate() {
        for original in &fits {
            let error = ratio * (1.0 + 0.05 * wobble(original.seed, k as u32, 3));
            tables.fits.push(FitRow {
                dynamics: dynamics.to_owned(),
                sse: original.sse.map(|sse| error * sse),
                a_high: None,
                a_low: None,
                h_inf: None,
                ..original.clone()
            });
        }
        let altered = points.iter().map(|point| TrajectoryPoint {
            setting: format!("default/{dynamics}"),
            y2_theory: point.y2_theory.map(|y| y * (1.0 - 0.02 * ratio)),
            ..point.clone()
        });
        tables.trajectories.extend(altered);
    }
    tables
}

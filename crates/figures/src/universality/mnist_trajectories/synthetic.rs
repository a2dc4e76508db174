//! Synthetic runs: sigmoid curves, roughly as in the paper's picture. **Not data.**

use super::{ACCURACY, LOSS, SETTING};
use crate::formation::synthetic::wobble;
use crate::universality::synthetic::Network;
use crate::universality::{Tables, TrajectoryPoint, Value};

const EPOCHS: u64 = 200;

/// Three seeds of 200 epochs.
pub fn tables() -> Tables {
    tables_with(|_| {})
}

/// [`tables`] with trajectories changed.
pub fn tables_with(change: impl Fn(&mut TrajectoryPoint)) -> Tables {
    let mut tables = Tables::default();
    for seed in 0..3 {
        let points = (0..=EPOCHS).step_by(2).map(|epoch| point(seed, epoch));
        let mut points: Vec<TrajectoryPoint> = points.collect();
        points.iter_mut().for_each(&change);
        let network = Network {
            setting: SETTING.to_owned(),
            layer: 2,
            dx2: points[0].dx2,
            dy2: points[0].dy2,
            epochs: EPOCHS,
            ..Network::of("default")
        };
        tables.fits.extend(network.fit(&points));
        tables.trajectories.extend(points);
        for epoch in (0..=EPOCHS).step_by(10) {
            let t = epoch as f64;
            let accuracy = 0.1 + 0.775 * (1.0 - (-t / 30.0).exp());
            let loss = 0.0075 + 0.045 * (-t / 25.0).exp();
            let own = 1.0 + 0.01 * wobble(seed, 2, epoch as usize);
            let value = |metric, value| Value::new(SETTING, metric, (seed, epoch), value * own);
            tables
                .values
                .extend([value(ACCURACY, accuracy), value(LOSS, loss)]);
        }
    }
    tables
}

/// Difference of outputs over that of targets, rising to `end`.
fn rise(t: f64, middle: f64, end: f64) -> f64 {
    end / (1.0 + (-(t - middle) / 6.0).exp())
}

fn point(seed: u64, epoch: u64) -> TrajectoryPoint {
    let t = epoch as f64;
    let dy2: f64 = 2.0;
    let shift = wobble(seed, 1, 0);
    let (network, theory) = (rise(t, 26.0 + shift, 0.987), rise(t, 34.0, 1.0));
    let h = |share: f64, end: f64| 0.33 + (end - 0.33) * share * share;
    let bump = 0.8 * (-((t - 110.0) / 30.0).powi(2)).exp();
    // The network's outputs are not quite parallel to the targets' difference, which makes its dip less deep.
    let w = dy2 * (network * network - network) * 0.85;
    TrajectoryPoint {
        setting: SETTING.to_owned(),
        mode: "table".to_owned(),
        seed,
        dx2: 105.0,
        dy2,
        layer: 2,
        epoch,
        h2: h(network, 22.8) + bump,
        y2: dy2 * network * network,
        w,
        loss: 0.1 * (1.0 - network).abs(),
        h2_theory: Some(h(theory, 22.2)),
        y2_theory: Some(dy2 * theory * theory),
        w_theory: Some(dy2 * (theory * theory - theory)),
        loss_theory: None,
    }
}

//! Synthetic runs at both learning rates: one curve, at two paces. **Not data.**

use crate::universality::Tables;
use crate::universality::synthetic::Network;

/// Three seeds of some settings at both rates.
pub fn tables() -> Tables {
    at_pace(0.5)
}

/// [`tables`] with this factor on the rates at half the learning rate.
pub(super) fn at_pace(pace: f64) -> Tables {
    let mut tables = Tables::default();
    for setting in ["default", "shallow", "relu"] {
        let table = Network::of(setting);
        let mut half = Network {
            eta_h: pace * table.eta_h,
            eta_y: pace * table.eta_y,
            eta_mean: pace * table.eta_mean,
            learning_rate: 0.5 * table.learning_rate,
            epochs: 2 * table.epochs,
            ..table.clone()
        }
        .tables();
        half.fits
            .iter_mut()
            .for_each(|fit| fit.mode = "notebook".to_owned());
        half.trajectories
            .iter_mut()
            .for_each(|row| row.mode = "notebook".to_owned());
        tables.extend(table.tables());
        tables.extend(half);
    }
    tables
}

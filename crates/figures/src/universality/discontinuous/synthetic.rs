//! Synthetic runs: ReLU's curves, and rough ones that fall at the first step. **Not data.**

use super::{JUMPS, TWIN};
use crate::formation::synthetic::wobble;
use crate::universality::Tables;
use crate::universality::synthetic::{Network, grid};

/// Three seeds of each activation, and a grid of pairs.
pub fn tables() -> Tables {
    rough_by(0.1)
}

/// [`tables`] with this roughness.
pub(super) fn rough_by(scatter: f64) -> Tables {
    let mut tables = Network {
        layer: 10,
        ..Network::of(TWIN)
    }
    .tables();
    let network = Network {
        layer: 10,
        h0: 0.5,
        eta_h: 0.02,
        eta_y: 0.012,
        ..Network::of(JUMPS)
    };
    for seed in 0..3 {
        let mut points = network.trajectory(seed);
        for (k, point) in points.iter_mut().enumerate() {
            point.h2 *= 1.0 + scatter * wobble(seed, 3, k);
        }
        points[0].h2 = 5.2;
        tables.fits.extend(network.fit(&points));
        tables.trajectories.extend(points);
    }
    tables.extend(grid(JUMPS, 1.0));
    tables
}

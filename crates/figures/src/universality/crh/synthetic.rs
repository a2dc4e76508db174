//! Made-up alignments that follow the separation of synthetic runs. **Not data.**

use crate::formation::synthetic::wobble;
use crate::table::RELATIONS;
use crate::universality::synthetic::Network;
use crate::universality::{Tables, Value};

/// Number of linear maps of the settings used.
pub const MAPS: u32 = 21;

/// Three seeds of `default` and `narrow`.
pub fn tables() -> Tables {
    tables_with(|_, _, alpha| alpha)
}

/// [`tables`] with alpha changed by relation (`RGA a`) and by how far the points are apart, from 0 to 1.
pub fn tables_with(change: impl Fn(&str, f64, f64) -> f64) -> Tables {
    let mut tables = Tables::default();
    for setting in ["default", "narrow"] {
        let mut points = Network::of(setting).tables().trajectories;
        let ends: Vec<f64> = (0..3)
            .map(|seed| {
                let mut of_seed = points.iter().filter(|m| m.seed == seed);
                of_seed.next_back().map_or(1.0, |m| m.h2)
            })
            .collect();
        for point in points.iter().filter(|m| m.epoch % 150 == 0) {
            let apart = point.h2 / ends[point.seed as usize];
            for layer in 1..=MAPS {
                for (k, relation) in RELATIONS.into_iter().enumerate() {
                    let end = 0.95 - 0.05 * k as f64 - 0.1 / f64::from(layer);
                    let own = 0.01 * wobble(point.seed, layer, k);
                    let alpha = 0.15 + (end - 0.15) * apart + own;
                    let alpha = change(&relation.short(), apart, alpha);
                    let at = (point.seed, point.epoch);
                    tables.values.push(Value {
                        layer,
                        side: relation.side.to_owned(),
                        null_q95: Some(0.02),
                        ..Value::new(setting, relation.statistic, at, alpha)
                    });
                }
            }
        }
        tables.trajectories.append(&mut points);
    }
    tables
}

//! Synthetic alignments that follow the separation of synthetic runs. **Not data.**

use crate::formation::synthetic::wobble;
use crate::table::RELATIONS;
use crate::universality::synthetic::Network;
use crate::universality::two_points::courses_of;
use crate::universality::{Tables, Value};

/// Number of linear maps of the settings used.
const MAPS: u32 = 21;

/// Three seeds of `default` and `narrow`.
pub fn tables() -> Tables {
    tables_with(|_, _, alpha| alpha)
}

/// [`tables`] with alpha changed by relation (`RGA a`) and by how far the points are apart, from 0 to 1.
pub fn tables_with(change: impl Fn(&str, f64, f64) -> f64) -> Tables {
    let mut tables = Tables::default();
    let maps =
        || (1..=MAPS).flat_map(|map| RELATIONS.into_iter().enumerate().map(move |r| (map, r)));
    for setting in ["default", "narrow"] {
        let points = Network::of(setting).tables().trajectories;
        for course in courses_of(&points, setting).into_values() {
            let end = course.last().map_or(1.0, |last| last.h2);
            for point in course.into_iter().filter(|m| m.epoch % 150 == 0) {
                let apart = point.h2 / end;
                tables.values.extend(maps().map(|(layer, (k, relation))| {
                    let end = 0.95 - 0.05 * k as f64 - 0.1 / f64::from(layer);
                    let own = 0.01 * wobble(point.seed, layer, k);
                    let alpha = 0.15 + (end - 0.15) * apart + own;
                    let alpha = change(&relation.short(), apart, alpha);
                    Value {
                        layer,
                        side: relation.side.to_owned(),
                        null_q95: Some(0.02),
                        ..Value::new(
                            setting,
                            relation.plain_statistic(),
                            (point.seed, point.epoch),
                            alpha,
                        )
                    }
                }));
            }
        }
        tables.trajectories.extend(points);
    }
    tables
}

//! Made-up phases, for tests and for looking at the drawing code. **Not data.**

use crate::formation::gamma::PAPER_GAMMAS;
use crate::formation::synthetic::{row, wobble};
use crate::table::Row;

/// Three seeds, five weight decays, six maps: no phase at small gamma, rows 8, 10 and 12 at large gamma.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for seed in 0..3 {
        for (k, gamma) in PAPER_GAMMAS.into_iter().enumerate() {
            for layer in 1..=6u32 {
                let distance =
                    1.2 - 0.22 * k as f64 - 0.05 * f64::from(layer) + 0.02 * wobble(seed, layer, k);
                let settled = match layer {
                    1 => 8.0,
                    2..=4 => 10.0,
                    _ => 12.0,
                };
                // One seed settles earlier than the others.
                let fits = distance < if seed == 0 { 0.62 } else { 0.5 };
                let numbers = [
                    ("phase_row", Some(settled).filter(|_| fits)),
                    ("phase_distance", Some(distance)),
                    ("phase_runner_up", Some(if fits { 2.0 } else { settled })),
                    (
                        "phase_runner_up_distance",
                        Some(distance + if fits { 0.3 } else { 0.0 }),
                    ),
                ];
                rows.extend(numbers.map(|(statistic, value)| Row {
                    weight_decay: gamma,
                    seed,
                    layer,
                    side: String::new(),
                    variant: String::new(),
                    statistic: statistic.to_owned(),
                    value,
                    ..row()
                }));
            }
        }
    }
    rows
}

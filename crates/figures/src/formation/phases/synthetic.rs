//! Synthetic phases, for tests and for looking at the drawing code. **Not data.**

use crate::formation::gamma::PAPER_GAMMAS;
use crate::formation::synthetic::{number, over_weight_decay, raw_number, wobble};
use crate::table::Row;

/// Three seeds, five weight decays, six maps: no phase at small gamma, rows 8, 10 and 12 at large gamma.
pub fn rows() -> Vec<Row> {
    let networks = over_weight_decay(&PAPER_GAMMAS);
    let maps =
        networks.flat_map(|(k, network)| (1..=6).flat_map(move |layer| of_map(&network, layer, k)));
    maps.collect()
}

fn of_map(network: &Row, layer: u32, k: usize) -> [Row; 3] {
    let wobble = 0.02 * wobble(network.seed, layer, k);
    let distance = 1.2 - 0.22 * k as f64 - 0.05 * f64::from(layer) + wobble;
    let settled = match layer {
        1 => 8.0,
        2..=4 => 10.0,
        _ => 12.0,
    };
    // One seed settles earlier than the others.
    let fits = distance < if network.seed == 0 { 0.62 } else { 0.5 };
    [
        raw_number(network, layer, "effective_rank_z", 12.0),
        number(network, layer, "phase_row", fits.then_some(settled)),
        number(network, layer, "phase_distance", distance),
    ]
}

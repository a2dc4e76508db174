//! The nearest row of the phase table.

use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::MeasuredLayer;

/// See [the module of phases](crate::phases). A map from or to a single neuron is in no row, and has no readings.
pub(super) struct Phase;

impl Statistic for Phase {
    fn describe(&self) -> Vec<Description> {
        let row = |name, sentence| Description::new(name, Kind::Label, Range::OneOrMore, sentence);
        let distance =
            |name, sentence| Description::new(name, Kind::Distance, Range::NonNegative, sentence);
        [
            row(
                "phase_row",
                "Row of the phase table that the layer is in.",
            ),
            distance(
                "phase_distance",
                "Root mean square misfit of that row's relations, or of the nearest row's, in nats.",
            ),
            row(
                "phase_runner_up",
                "The nearest of the other rows of the phase table.",
            ),
            distance(
                "phase_runner_up_distance",
                "The distance of the nearest of the other rows, in nats.",
            ),
        ]
        .map(|description| {
            description.invariant_to(Invariance::BASIS_FREE)
        })
        .into()
    }

    fn read_layer(&self, layer: &MeasuredLayer<'_>, out: &mut Readings) {
        if layer.has_single_neuron() {
            return;
        }
        let fit = layer.phase();
        let next = fit.map(|fit| fit.runner_up);
        let row = fit.and_then(|fit| fit.row);
        for (name, value) in [
            ("phase_row", row.map(|row| row as f64)),
            ("phase_distance", fit.map(|fit| fit.distance)),
            ("phase_runner_up", next.map(|next| next.row as f64)),
            ("phase_runner_up_distance", next.map(|next| next.distance)),
        ] {
            out.push(name, None, None, value);
        }
    }
}

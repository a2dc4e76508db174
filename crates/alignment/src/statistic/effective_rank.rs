//! The effective rank of the six raw matrices.

use formant_moments::Side;

use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::{MeasuredLayer, effective_rank};

/// See [`effective_rank`].
pub(super) struct EffectiveRank;

impl Statistic for EffectiveRank {
    fn describe(&self) -> Vec<Description> {
        Description::new(
            "effective_rank_{matrix}",
            Kind::Count,
            Range::OneOrMore,
            "Exponential of the entropy of the spectrum (Roy and Vetterli 2007).",
        )
        .invariant_to(Invariance::BASIS_FREE)
        .of_matrices()
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        out.push_of_spectra("effective_rank", layer, side, effective_rank);
    }
}

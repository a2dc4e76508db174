//! RankMe of the six raw matrices.

use formant_moments::Side;

use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::{MeasuredLayer, rank_me};

/// See [`rank_me`].
pub(super) struct RankMe;

impl Statistic for RankMe {
    fn describe(&self) -> Vec<Description> {
        Description::new(
            "rank_me_{matrix}",
            Kind::Count,
            Range::OneOrMore,
            "Exponential of the entropy of the singular values (RankMe; Garrido et al. 2023).",
        )
        .invariant_to(Invariance::BASIS_FREE)
        .of_matrices()
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        out.push_of_spectra("rank_me", layer, side, rank_me);
    }
}

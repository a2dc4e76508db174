//! The neural feature ansatz, where the Jacobian of the outputs is known.

use formant_moments::{Side, Variant};

use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::MeasuredLayer;

/// See [`FeatureAnsatz`](crate::FeatureAnsatz).
pub(super) struct Ansatz;

impl Statistic for Ansatz {
    fn describe(&self) -> Vec<Description> {
        [
            (
                "alpha_agop",
                "alpha of the weight's Gram matrix and the average gradient outer product of the outputs.",
            ),
            (
                "alpha_agop_sqrt",
                "alpha of the weight's Gram matrix and the root of the average gradient outer product of the outputs.",
            ),
            (
                "alpha_gwa_raw",
                "alpha of the weight's Gram matrix and the raw second moment of gradients.",
            ),
            (
                "alpha_agop_untransformed",
                "`alpha_agop` with the outputs that the loss sees.",
            ),
            (
                "alpha_agop_sqrt_untransformed",
                "`alpha_agop_sqrt` with the outputs that the loss sees.",
            ),
        ]
        .map(|(name, sentence)| {
            Description::new(name, Kind::Similarity, Range::Correlation, sentence)
                .invariant_to(Invariance::ENTRIES)
        })
        .into()
    }

    fn read_layer(&self, layer: &MeasuredLayer<'_>, out: &mut Readings) {
        let (side, variant) = (Side::A, Variant::Raw);
        if let Some(found) = &layer.beyond().ansatz {
            out.push("alpha_agop", side, variant, found.agop);
            out.push("alpha_agop_sqrt", side, variant, found.agop_root);
            out.push("alpha_gwa_raw", side, variant, found.gwa);
        }
        if let Some(found) = &layer.beyond().ansatz_untransformed {
            out.push("alpha_agop_untransformed", side, variant, found.agop);
            out.push(
                "alpha_agop_sqrt_untransformed",
                side,
                variant,
                found.agop_root,
            );
        }
    }
}

//! The cross moment of gradients and representations against the other matrices of its side.

use formant_moments::{Side, Variant};

use super::{Description, Invariance, Kind, Range, Readings, Statistic, Subject};
use crate::MeasuredLayer;

/// See [`CrossAlignment`](crate::CrossAlignment).
pub(super) struct CrossMoment;

impl Statistic for CrossMoment {
    fn describe(&self) -> Vec<Description> {
        let of = |name, range, invariances, sentence| {
            Description::new(name, Kind::Similarity, range, sentence)
                .invariant_to(invariances)
                .of(Subject::CrossMoment)
        };
        vec![
            of(
                "alpha_cross",
                Range::Correlation,
                Invariance::ENTRIES,
                "alpha of the symmetric part of the cross moment of g and h, and Z; null: with the eigenvectors of Z rotated \
                 at random.",
            ),
            of(
                "alpha_cross_h",
                Range::Correlation,
                Invariance::ENTRIES,
                "alpha of the symmetric part of the cross moment of g and h, and H.",
            ),
            of(
                "alpha_cross_g",
                Range::Correlation,
                Invariance::ENTRIES,
                "alpha of the symmetric part of the cross moment of g and h, and G.",
            ),
            of(
                "calibrated_cross",
                Range::OneOrLess,
                // Permuted neurons meet other draws of the null.
                &[Invariance::Scale],
                "`alpha_cross` on the scale of its null: 1 for perfect alignment, 0 at the mean of the null.",
            ),
        ]
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        let nulls = layer.nulls().cross;
        for variant in Variant::ALL {
            let found = layer.cross().get(side, variant);
            let null = *nulls.get(side).get(variant);
            out.push_with_null("alpha_cross", side, variant, found.z, null);
            out.push("alpha_cross_h", side, variant, found.h);
            out.push("alpha_cross_g", side, variant, found.g);
            out.push("calibrated_cross", side, variant, null.calibrate(found.z));
        }
    }
}

//! The six relations, by several comparisons, with their nulls.

use formant_moments::{Side, Variant};

use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::relation::Compared;
use crate::{AlignmentError, MeasuredLayer, Relation};

/// The relations of a side in every variant.
pub(super) struct Relations;

fn reason(value: &Result<f64, AlignmentError>) -> Option<String> {
    value.as_ref().err().map(ToString::to_string)
}

impl Statistic for Relations {
    fn describe(&self) -> Vec<Description> {
        let similarity =
            |family, range, sentence| Description::new(family, Kind::Similarity, range, sentence);
        [
            similarity(
                "alpha_{relation}",
                Range::Correlation,
                "Pearson correlation of the entries of two matrices; null: with the eigenvectors rotated at random.",
            )
            .invariant_to(Invariance::ENTRIES),
            similarity(
                "calibrated_{relation}",
                Range::OneOrLess,
                "alpha on the scale of its null: 1 for perfect alignment, 0 at the mean of the null.",
            )
            // Permuted neurons meet other draws of the null.
            .invariant_to(&[Invariance::Scale]),
            similarity(
                "offdiagonal_{relation}",
                Range::Correlation,
                "Pearson correlation of the off-diagonal entries of two matrices.",
            )
            .invariant_to(Invariance::ENTRIES),
            similarity(
                "cosine_{relation}",
                Range::Correlation,
                "Cosine of the angle between two matrices.",
            )
            .invariant_to(Invariance::BASIS_FREE),
            similarity(
                "alpha_{relation}_permutation",
                Range::Correlation,
                "alpha with another null: neurons paired at random.",
            )
            .invariant_to(Invariance::ENTRIES),
        ]
        .iter()
        .flat_map(Description::of_relations)
        .collect()
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        let [alpha, offdiagonal, cosine] = layer.compared();
        let nulls = layer.nulls().relations;
        for relation in Relation::ALL {
            let name = relation.name();
            for variant in Variant::ALL {
                let at = |found: &Compared| found.get(side, relation).get(variant).clone();
                let null = *nulls.get(side, relation).get(variant);
                let value = at(alpha);
                let known = value.as_ref().ok().copied();
                out.push_with_null(format!("alpha_{name}"), side, variant, known, null);
                out.explain(|| reason(&value));
                out.push(
                    format!("calibrated_{name}"),
                    side,
                    variant,
                    null.calibrate(known),
                );
                out.explain(|| reason(&value).or_else(|| null.no_calibration()));
                for (family, value) in [("offdiagonal", at(offdiagonal)), ("cosine", at(cosine))] {
                    let known = value.as_ref().ok().copied();
                    out.push(format!("{family}_{name}"), side, variant, known);
                    out.explain(|| reason(&value));
                }
            }
            let variant = Variant::Normalized;
            let value = &alpha.get(side, relation).normalized;
            out.push_with_null(
                format!("alpha_{name}_permutation"),
                side,
                variant,
                value.as_ref().ok().copied(),
                *layer.permutation_nulls().get(side, relation),
            );
            out.explain(|| reason(value));
        }
    }
}

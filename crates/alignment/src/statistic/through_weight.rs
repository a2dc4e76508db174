//! The two relations whose matrices share the weight, with the null that fits them.

use formant_moments::{Side, Variant};

use super::relations::reason;
use super::{Description, Invariance, Kind, Range, Readings, Statistic, Subject};
use crate::{MeasuredLayer, NullLevel, Relation, SideRelation, ThroughWeight};

/// Nearer to 1 the mean of a null is no scale: it is itself known to about a hundredth, because the norms of outputs have no
/// part in it. Ours.
const LEAST_ROOM: f64 = 0.05;

/// RWA of side b and GWA of side a, in every variant.
pub(super) struct RelationsThroughWeight;

impl Statistic for RelationsThroughWeight {
    fn describe(&self) -> Vec<Description> {
        let families = [
            Description::new(
                "alpha_{relation}_through_weight",
                Kind::Similarity,
                Range::Correlation,
                "alpha of RWA b and GWA a, whose matrices share the weight; null: the moment on the other side of the map rotated at random and carried through the weight.",
            )
            .invariant_to(Invariance::ENTRIES),
            Description::new(
                "calibrated_{relation}_through_weight",
                Kind::Similarity,
                Range::OneOrLess,
                "alpha of RWA b and GWA a on the scale of that null: 1 for perfect alignment, 0 where training changed nothing.",
            )
            // Permuted neurons meet other draws of the null.
            .invariant_to(&[Invariance::Scale]),
        ];
        let relations = [Relation::Rwa, Relation::Gwa].map(Subject::Relation);
        let each = |family: &Description| relations.map(|relation| family.of(relation));
        families.iter().flat_map(each).collect()
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        let [alpha, ..] = layer.compared();
        let nulls = layer.nulls_through_weight();
        for SideRelation { relation, .. } in ThroughWeight::<()>::RELATIONS {
            let Some(levels) = nulls.levels.get(side, relation) else {
                continue;
            };
            let name = relation.name();
            for variant in Variant::ALL {
                let found = alpha.get(side, relation).get(variant);
                let (value, null) = (found.as_ref().ok().copied(), *levels.get(variant));
                let statistic = format!("alpha_{name}_through_weight");
                out.push_with_null(statistic, side, variant, value, null);
                out.explain(|| reason(found));
                let statistic = format!("calibrated_{name}_through_weight");
                out.push(
                    statistic,
                    side,
                    variant,
                    calibrated_through_weight(value, null),
                );
                out.explain(|| reason(found).or_else(|| without_room(null).map(no_room)));
            }
        }
    }
}

fn no_room(mean: f64) -> String {
    format!(
        "the null is {mean:.3}: nearly every moment is aligned once it is carried through a weight of so few directions"
    )
}

/// alpha on the scale of its null through the weight; `None` where that leaves no room.
pub(crate) fn calibrated_through_weight(value: Option<f64>, null: NullLevel) -> Option<f64> {
    null.calibrate(value)
        .filter(|_| without_room(null).is_none())
}

/// The mean of a null that leaves too little room.
fn without_room(null: NullLevel) -> Option<f64> {
    null.mean.filter(|mean| 1.0 - mean < LEAST_ROOM)
}

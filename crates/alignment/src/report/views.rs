//! Readings by relation and by matrix, the shapes of a report.

use formant_moments::{Side, Variant};

use crate::{
    ByMatrix, ByVariant, Matrix, RANK_THRESHOLDS, RankAt, Readings, RelationTable, ThroughWeight,
};

pub(super) fn calibrated_relations(readings: &Readings) -> RelationTable {
    RelationTable::from_fn(|side, relation| {
        let name = format!("calibrated_{}", relation.name());
        ByVariant::from_fn(|variant| readings.value(&name, side, variant))
    })
}

pub(super) fn calibrated_through_weight(
    readings: &Readings,
) -> ThroughWeight<ByVariant<Option<f64>>> {
    let of = |name: &str, side| ByVariant::from_fn(|variant| readings.value(name, side, variant));
    ThroughWeight {
        a_gwa: of("calibrated_gwa_through_weight", Side::A),
        b_rwa: of("calibrated_rwa_through_weight", Side::B),
    }
}

pub(super) fn effective_ranks(readings: &Readings) -> ByMatrix<Option<f64>> {
    ByMatrix::from_fn(|side, matrix| {
        let name = format!("effective_rank_{}", matrix.name());
        readings.value(&name, side, Variant::Raw)
    })
}

/// `threshold`: how the name ends. Both Gram matrices have the rank of the weight.
pub(super) fn numerical_rank(
    readings: &Readings,
    side: Side,
    matrix: Matrix,
    threshold: &str,
) -> Option<usize> {
    let rank = match matrix {
        Matrix::Z => readings.value(&format!("numerical_rank_w{threshold}"), None, None),
        Matrix::H | Matrix::G => {
            let name = format!("numerical_rank_{}{threshold}", matrix.name());
            readings.value(&name, side, Variant::Raw)
        }
    };
    rank.map(|rank| rank as usize)
}

pub(super) fn ranks(readings: &Readings) -> ByMatrix<Option<Vec<RankAt>>> {
    ByMatrix::from_fn(|side, matrix| {
        let at = |threshold: f64| {
            let rank = numerical_rank(readings, side, matrix, &format!("_at_{threshold}"))?;
            Some(RankAt { threshold, rank })
        };
        RANK_THRESHOLDS.into_iter().map(at).collect()
    })
}

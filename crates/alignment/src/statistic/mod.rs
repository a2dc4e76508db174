//! Statistics: what can be read off any layer, in one list.
//!
//! Reports, tables of `formant align`, rows of cells and the ranges of axes all come from [`STATISTICS`]. A statistic is a
//! file of this module, with a line in that list; [`MeasuredLayer`] has the matrices and decompositions that statistics
//! share.

mod ansatz;
mod balance;
mod collapse;
mod cross;
mod description;
mod effective_rank;
mod numerical_rank;
mod participation_ratio;
mod phases;
mod power_laws;
mod rank_me;
mod reading;
mod relations;
mod stable_rank;
mod through_weight;

use std::collections::HashMap;
use std::sync::LazyLock;

use formant_moments::Side;

use crate::MeasuredLayer;
pub use description::{Description, Invariance, Kind, Range, Subject};
pub use reading::{Reading, Readings};
pub(crate) use through_weight::calibrated_through_weight;

/// Something that can be read off any layer.
pub trait Statistic: Sync {
    /// Every name of its readings, with what it means.
    fn describe(&self) -> Vec<Description>;

    /// Its readings of one side.
    fn read_side(&self, _layer: &MeasuredLayer<'_>, _side: Side, _out: &mut Readings) {}

    /// Its readings of the layer as a whole. What is not defined is `None`; what was not measured is left out.
    fn read_layer(&self, _layer: &MeasuredLayer<'_>, _out: &mut Readings) {}
}

/// All statistics, in the order of readings: those of side a, of side b, and of the layer.
pub static STATISTICS: &[&dyn Statistic] = &[
    &relations::Relations,
    &through_weight::RelationsThroughWeight,
    &cross::CrossMoment,
    &numerical_rank::NumericalRank,
    &effective_rank::EffectiveRank,
    &rank_me::RankMe,
    &participation_ratio::ParticipationRatio,
    &stable_rank::StableRank,
    &phases::Phase,
    &power_laws::Exponents,
    &collapse::Collapse,
    &ansatz::Ansatz,
    &balance::BalanceOfNoise,
];

impl Readings {
    /// What all of [`STATISTICS`] read off a layer.
    #[must_use]
    pub fn of(layer: &MeasuredLayer<'_>) -> Self {
        let mut out = Self::default();
        for side in Side::ALL {
            for statistic in STATISTICS {
                statistic.read_side(layer, side, &mut out);
            }
        }
        for statistic in STATISTICS {
            statistic.read_layer(layer, &mut out);
        }
        out.keep_finite();
        out
    }
}

/// The descriptions of all readings of all statistics.
pub fn descriptions() -> &'static [Description] {
    static ALL: LazyLock<Vec<Description>> = LazyLock::new(|| {
        let each = STATISTICS.iter().map(|statistic| statistic.describe());
        each.flatten().collect()
    });
    &ALL
}

/// The description of the statistic of this name.
#[must_use]
pub fn describe(name: &str) -> Option<&'static Description> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Description>> = LazyLock::new(|| {
        let named = descriptions().iter();
        named
            .map(|description| (description.name.as_str(), description))
            .collect()
    });
    BY_NAME.get(name).copied()
}

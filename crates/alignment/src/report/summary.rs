//! What is read first of a layer.

use formant_moments::ZeroNorm;

use super::value_or_reason;
use super::warnings::warnings;
use crate::statistic::calibrated_through_weight;
use crate::{AlignmentError, ByRelation, MeasuredLayer, NullLevel, effective_rank, rank_me};

/// A layer in one line of numbers, with what to know about them. The numbers are those of its
/// [`LayerReport`](super::LayerReport), and take a fraction of its time: without power laws, phases, permutations and the
/// spectra of the moments.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSummary {
    /// Name of the layer.
    pub name: String,
    /// Number of samples.
    pub samples: usize,
    /// Width of the input.
    pub d_a: usize,
    /// Width of the output.
    pub d_b: usize,
    /// Samples of norm zero.
    pub zero_norm: ZeroNorm,
    /// [`pearson`](crate::pearson) of the **normalized** variant; `None` where it is not defined.
    pub alpha: ByRelation<Option<f64>>,
    /// The null that it has to exceed, see [`fitting_null`](super::LayerReport::fitting_null).
    pub null: ByRelation<NullLevel>,
    /// `alpha` on the scale of that null, see [`calibrated`](crate::calibrated()); `None` where it leaves no room.
    pub calibrated: ByRelation<Option<f64>>,
    /// [`effective_rank`](crate::effective_rank()) of \\(Z\\), the same on both sides.
    pub effective_rank: Option<f64>,
    /// [`rank_me`] of \\(Z\\), the same on both sides.
    pub rank_me: Option<f64>,
    /// What to know before the numbers mean anything, a sentence each.
    pub warnings: Vec<String>,
    /// Why the layer has no balance though the settings are known.
    pub balance_refused: Option<String>,
    /// Why the layer has no NC1 to NC4 though there are labels.
    pub neural_collapse_refused: Option<String>,
}

impl LayerSummary {
    /// The summary of a layer.
    ///
    /// # Errors
    ///
    /// If fewer than 2 null draws are requested, or a decomposition does not converge.
    pub fn of(measured: &MeasuredLayer<'_>) -> Result<Self, AlignmentError> {
        measured.prepare_summary()?;
        let (layer, beyond) = (measured.moments(), measured.beyond());
        let [alpha, ..] = measured.comparisons();
        let (rotated, through) = (measured.nulls(), measured.nulls_through_weight());
        let spectrum = measured.weight_spectrum();
        let rank = spectrum.and_then(|values| effective_rank(values).ok());
        let alpha = ByRelation::from_fn(|s, r| alpha.get(s, r).normalized);
        // The null that a relation has to exceed, and its alpha on the scale of that.
        let fitting = ByRelation::from_fn(|side, relation| {
            let alpha = *alpha.get(side, relation);
            match through.levels.get(side, relation) {
                Some(levels) => {
                    let null = levels.normalized;
                    (null, calibrated_through_weight(alpha, null))
                }
                None => {
                    let null = rotated.relations.get(side, relation).normalized;
                    (null, null.calibrate(alpha))
                }
            }
        });
        Ok(Self {
            name: layer.name().to_owned(),
            samples: layer.samples(),
            d_a: layer.d_a(),
            d_b: layer.d_b(),
            zero_norm: layer.zero_norm(),
            alpha,
            null: ByRelation::from_fn(|s, r| fitting.get(s, r).0),
            calibrated: ByRelation::from_fn(|s, r| fitting.get(s, r).1),
            effective_rank: rank,
            rank_me: spectrum.and_then(|values| rank_me(values).ok()),
            warnings: warnings(layer, rank),
            balance_refused: value_or_reason(beyond.balance.as_ref()).1,
            neural_collapse_refused: value_or_reason(beyond.neural_collapse.as_ref()).1,
        })
    }
}

//! Everything about a layer in one serialisable record: what `formant align --json` prints.

mod dump;
mod phases;
mod summary;
mod views;
mod warnings;

use formant_moments::{LayerMoments, SampleAxis, Side, Variant, ZeroNorm};
use serde::{Deserialize, Serialize};

use crate::{
    AlignmentError, Balance, BeyondMoments, ByMatrix, ByRelation, BySide, ByVariant,
    CrossAlignments, Matrix, MeasuredLayer, NeuralCollapse, NullLevel, NullOptions, PhaseFit,
    PowerLaw, RankAt, Readings, RefusedPowerLaw, Relation, RelationTable, Threads, ThroughWeight,
};
pub use dump::DumpReport;
pub use summary::LayerSummary;
pub use warnings::NEARLY_RANK_ONE;

/// Version of the shape of [`DumpReport`]. Fields may be added within a version; none is removed or changes meaning.
pub const REPORT_SCHEMA_VERSION: u32 = 1;

/// How a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportOptions {
    /// Rotations of the null, at least 2; `None` chooses by width, see [`NullOptions::draws`].
    pub null_draws: Option<usize>,
    /// Seed of the rotations.
    pub null_seed: u64,
}

impl ReportOptions {
    /// The nulls that it asks for.
    #[must_use]
    pub fn null(&self) -> NullOptions {
        NullOptions {
            draws: self.null_draws,
            seed: self.null_seed,
        }
    }
}

/// All statistics of one layer: the [`Readings`] of the [list of statistics](crate::STATISTICS), the same numbers by
/// relation and by matrix, and what numbers alone do not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerReport {
    /// Name of the layer.
    pub name: String,
    /// Number of samples.
    pub samples: usize,
    /// What a sample is.
    pub sample_axis: SampleAxis,
    /// Width of the input.
    pub d_a: usize,
    /// Width of the output.
    pub d_b: usize,
    /// Samples of norm zero.
    pub zero_norm: ZeroNorm,
    /// Pearson correlation over all entries, see [`pearson`](crate::pearson).
    pub alpha: RelationTable,
    /// Pearson correlation over off-diagonal entries, see [`pearson_offdiagonal`](crate::pearson_offdiagonal).
    pub alpha_offdiagonal: RelationTable,
    /// Cosine, see [`cosine`](crate::cosine).
    pub cosine: RelationTable,
    /// Level of `alpha` for unrelated eigenvectors, for the **normalized** variant, the paper's choice; see
    /// [`layer_nulls`](crate::layer_nulls).
    pub null: ByRelation<NullLevel>,
    /// Level of `alpha` for neurons paired at random, for the **normalized** variant; see
    /// [`relation_permutation_nulls`](crate::relation_permutation_nulls).
    #[serde(default)]
    pub null_permutation: ByRelation<NullLevel>,
    /// `alpha` of the **normalized** variant on the scale of `null`, the rotation null: 1 for perfect alignment, 0 at
    /// the mean of the null; see [`calibrated`](crate::calibrated).
    #[serde(default)]
    pub alpha_calibrated: ByRelation<Option<f64>>,
    /// The rotation null of `alpha` in every variant; see [`layer_nulls`](crate::layer_nulls), which says how those of
    /// wide layers are found. Read it by [`null_of`](Self::null_of), which knows records of earlier versions, without
    /// this field.
    #[serde(default)]
    pub null_by_variant: ByRelation<ByVariant<NullLevel>>,
    /// `alpha` in every variant on the scale of its null.
    #[serde(default)]
    pub calibrated_by_variant: RelationTable,
    /// Monte Carlo error of the means in `null_by_variant`, one standard deviation; `None` where nothing was drawn.
    #[serde(default)]
    pub null_error: ByRelation<ByVariant<Option<f64>>>,
    /// The null that fits the two relations whose matrices share the weight, RWA b and GWA a: the moment on the other side
    /// of the map turned at random and carried through the weight. By it they are calibrated; `null` is the level of two
    /// matrices that have nothing in common, which these have by construction.
    #[serde(default)]
    pub null_through_weight: ThroughWeight<ByVariant<NullLevel>>,
    /// Monte Carlo error of its means, one standard deviation; `None` where nothing was drawn.
    #[serde(default)]
    pub null_through_weight_error: ThroughWeight<ByVariant<Option<f64>>>,
    /// `alpha` of the two on the scale of that null; `None` where the null is 1.
    #[serde(default)]
    pub calibrated_through_weight: ThroughWeight<ByVariant<Option<f64>>>,
    /// What to know before the numbers mean anything, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// [`effective_rank`](crate::effective_rank()) of the **raw** second moments and of \\(Z\\).
    pub effective_rank: ByMatrix<Option<f64>>,
    /// Singular values above 1e-2 of the largest: of the matrix of **raw** samples, and of \\(W\\) for `z_a` and `z_b`;
    /// see [`numerical_rank`](crate::numerical_rank).
    pub numerical_rank: ByMatrix<Option<usize>>,
    /// The same at each of [`RANK_THRESHOLDS`](crate::RANK_THRESHOLDS).
    #[serde(default)]
    pub ranks: ByMatrix<Option<Vec<RankAt>>>,
    /// The cross moment of gradients and representations against the other matrices of its side.
    #[serde(default)]
    pub alpha_cross: CrossAlignments,
    /// The rotation null of the cross moment's `z` in `alpha_cross`.
    #[serde(default)]
    pub null_cross: BySide<ByVariant<NullLevel>>,
    /// The cross moment's `z` in `alpha_cross` on the scale of its null.
    #[serde(default)]
    pub alpha_cross_calibrated: BySide<ByVariant<Option<f64>>>,
    /// Power laws between the **raw** matrices, with the default
    /// [`PowerLawOptions`](crate::PowerLawOptions); see
    /// [`power_laws`](crate::power_laws()).
    #[serde(default)]
    pub power_laws: Vec<PowerLaw>,
    /// The pairs without a power law, and why.
    #[serde(default)]
    pub power_laws_refused: Vec<RefusedPowerLaw>,
    /// The nearest row of the phase table, for **raw** second moments; `None` where [`phase`](crate::phases::phase)
    /// refuses the layer, in JSON an object whose fields are then null.
    #[serde(default, with = "phases")]
    pub phases: Option<PhaseFit>,
    /// Why `phases` has no row: refused, too few samples, or no row near enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases_reason: Option<String>,
    /// The balance of noise and weight decay, where it was [measured](BeyondMoments::balance).
    #[serde(default)]
    pub balance: Option<Balance>,
    /// Why the layer has no balance though the settings are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_refused: Option<String>,
    /// NC1 to NC4, where they were [measured](BeyondMoments::neural_collapse).
    #[serde(default)]
    pub neural_collapse: Option<NeuralCollapse>,
    /// Why the layer has no NC1 to NC4 though there are labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neural_collapse_refused: Option<String>,
    /// Every number of the layer, in the order of the list of statistics; empty in records of earlier versions.
    #[serde(default)]
    pub readings: Readings,
}

impl LayerReport {
    /// Measures everything that moments determine, on the calling thread.
    ///
    /// # Errors
    ///
    /// If fewer than 2 null draws are requested, or a decomposition does not converge. A statistic that is merely not
    /// defined for this layer is `None` instead.
    pub fn new(layer: &LayerMoments, options: &ReportOptions) -> Result<Self, AlignmentError> {
        Self::new_on(layer, options, Threads::One)
    }

    /// [`new`](Self::new), on one thread or several; the report is the same, bit for bit.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn new_on(
        layer: &LayerMoments,
        options: &ReportOptions,
        threads: Threads,
    ) -> Result<Self, AlignmentError> {
        Self::of(&MeasuredLayer::new(layer, options.null(), threads))
    }

    /// The reports of several layers, those of a network for example, in their order: what [`new`](Self::new) makes of
    /// each, bit for bit, in less memory than all at once.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn all(
        layers: &[LayerMoments],
        options: &ReportOptions,
    ) -> Result<Vec<Self>, AlignmentError> {
        let beyond = vec![BeyondMoments::default(); layers.len()];
        Self::all_with(layers, beyond, options)
    }

    /// [`all`](Self::all), with what the moments of each layer do not determine.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn all_with(
        layers: &[LayerMoments],
        beyond: Vec<BeyondMoments>,
        options: &ReportOptions,
    ) -> Result<Vec<Self>, AlignmentError> {
        let measured =
            |(layer, beyond)| MeasuredLayer::new(layer, options.null(), Threads::One).with(beyond);
        let mut measured: Vec<_> = layers.iter().zip(beyond).map(measured).collect();
        MeasuredLayer::prepare_all(&mut measured)?;
        measured.iter().map(Self::of).collect()
    }

    /// The report of a layer, with what was measured beyond its moments.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of(measured: &MeasuredLayer<'_>) -> Result<Self, AlignmentError> {
        measured.prepare()?;
        let raw = measured.raw().as_ref().map_err(Clone::clone)?;
        let (layer, beyond) = (measured.moments(), measured.beyond());
        let [alpha, alpha_offdiagonal, cosine] = *measured.comparisons();
        let (nulls, readings) = (measured.nulls(), Readings::of(measured));
        let calibrated = views::calibrated_relations(&readings);
        let through = measured.nulls_through_weight();
        let effective_rank = views::effective_ranks(&readings);
        let warnings = warnings::warnings(layer, *effective_rank.get(Side::A, Matrix::Z));
        let (balance, balance_refused) = value_or_reason(beyond.balance.as_ref());
        let (neural_collapse, neural_collapse_refused) =
            value_or_reason(beyond.neural_collapse.as_ref());
        Ok(Self {
            name: layer.name().to_owned(),
            samples: layer.samples(),
            sample_axis: layer.sample_axis(),
            d_a: layer.d_a(),
            d_b: layer.d_b(),
            zero_norm: layer.zero_norm(),
            alpha,
            alpha_offdiagonal,
            cosine,
            null: ByRelation::from_fn(|s, r| nulls.relations.get(s, r).normalized),
            null_permutation: measured.permutation_nulls(),
            alpha_calibrated: ByRelation::from_fn(|s, r| calibrated.get(s, r).normalized),
            null_by_variant: nulls.relations,
            calibrated_by_variant: calibrated,
            null_error: nulls.errors,
            null_through_weight: through.levels,
            null_through_weight_error: through.errors,
            calibrated_through_weight: views::calibrated_through_weight(&readings),
            warnings,
            effective_rank,
            numerical_rank: ByMatrix::from_fn(|s, m| views::numerical_rank(&readings, s, m, "")),
            ranks: views::ranks(&readings),
            alpha_cross: *measured.cross(),
            null_cross: nulls.cross,
            alpha_cross_calibrated: BySide::from_fn(|side| {
                ByVariant::from_fn(|variant| readings.value("calibrated_cross", side, variant))
            }),
            power_laws: raw.laws.laws.clone(),
            power_laws_refused: raw.laws.refused.clone(),
            phases: raw.phase.clone().ok(),
            phases_reason: phases::reason(&raw.phase, layer.samples(), raw.directions),
            balance,
            balance_refused,
            neural_collapse,
            neural_collapse_refused,
            readings,
        })
    }

    /// \\(\alpha\\) of one relation; `None` where it is not defined.
    #[must_use]
    pub fn alpha(&self, side: Side, relation: Relation, variant: Variant) -> Option<f64> {
        *self.alpha.get(side, relation).get(variant)
    }

    /// \\(\alpha\\) over off-diagonal entries.
    #[must_use]
    pub fn alpha_offdiagonal(
        &self,
        side: Side,
        relation: Relation,
        variant: Variant,
    ) -> Option<f64> {
        *self.alpha_offdiagonal.get(side, relation).get(variant)
    }

    /// The cosine of one relation.
    #[must_use]
    pub fn cosine(&self, side: Side, relation: Relation, variant: Variant) -> Option<f64> {
        *self.cosine.get(side, relation).get(variant)
    }

    /// The null of one relation, for the normalized variant.
    #[must_use]
    pub fn null(&self, side: Side, relation: Relation) -> NullLevel {
        *self.null.get(side, relation)
    }

    /// The rotation null of one relation in one variant. Records of earlier versions have it for the normalized one.
    #[must_use]
    pub fn null_of(&self, side: Side, relation: Relation, variant: Variant) -> NullLevel {
        match variant {
            Variant::Normalized => self.null(side, relation),
            _ => *self.null_by_variant.get(side, relation).get(variant),
        }
    }

    /// The null that a relation has to exceed to be more than chance: for the two whose matrices share the weight, RWA b
    /// and GWA a, [`null_through_weight`](Self::null_through_weight), which has no quantile where it is not drawn; for the
    /// others the rotation null.
    #[must_use]
    pub fn fitting_null(&self, side: Side, relation: Relation, variant: Variant) -> NullLevel {
        let through = self.null_through_weight.get(side, relation);
        through.map_or_else(
            || self.null_of(side, relation, variant),
            |levels| *levels.get(variant),
        )
    }

    /// \\(\alpha\\) of one relation in one variant on the scale of its rotation null: 1 for perfect alignment, 0 at its
    /// mean.
    #[must_use]
    pub fn calibrated_of(&self, side: Side, relation: Relation, variant: Variant) -> Option<f64> {
        match variant {
            Variant::Normalized => *self.alpha_calibrated.get(side, relation),
            _ => *self.calibrated_by_variant.get(side, relation).get(variant),
        }
    }

    /// The rotation null of a side's cross moment against \\(Z\\).
    #[must_use]
    pub fn null_cross(&self, side: Side, variant: Variant) -> NullLevel {
        *self.null_cross.get(side).get(variant)
    }

    /// The correlation of a side's cross moment with \\(Z\\) on the scale of that null.
    #[must_use]
    pub fn calibrated_cross(&self, side: Side, variant: Variant) -> Option<f64> {
        *self.alpha_cross_calibrated.get(side).get(variant)
    }

    /// The effective rank of one raw matrix.
    #[must_use]
    pub fn effective_rank(&self, side: Side, matrix: Matrix) -> Option<f64> {
        *self.effective_rank.get(side, matrix)
    }

    /// The numerical rank of one raw matrix.
    #[must_use]
    pub fn numerical_rank(&self, side: Side, matrix: Matrix) -> Option<usize> {
        *self.numerical_rank.get(side, matrix)
    }

    /// The numerical rank of one raw matrix at one of [`RANK_THRESHOLDS`](crate::RANK_THRESHOLDS).
    #[must_use]
    pub fn rank_at(&self, side: Side, matrix: Matrix, threshold: f64) -> Option<usize> {
        let ranks = self.ranks.get(side, matrix).as_ref()?;
        let found = ranks.iter().find(|at| at.threshold == threshold)?;
        Some(found.rank)
    }
}

fn value_or_reason<T: Clone>(
    result: Option<&Result<T, AlignmentError>>,
) -> (Option<T>, Option<String>) {
    match result {
        Some(Ok(value)) => (Some(value.clone()), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    }
}

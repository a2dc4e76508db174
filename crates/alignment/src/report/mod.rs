//! Everything about a layer in one serialisable record: what `formant align --json` prints.

mod dump;
mod measured;
mod phases;

use formant_moments::{LayerMoments, SampleAxis, Side, Variant, ZeroNorm};
use serde::{Deserialize, Serialize};

use crate::null::{LayerSpectra, nulls_of_spectra};
use crate::phases::nearest_row;
use crate::{
    AlignmentError, Balance, ByMatrix, ByRelation, BySide, ByVariant, CrossAlignments, LayerNulls,
    Matrix, NeuralCollapse, NullLevel, NullOptions, NumericalRank, PhaseFit, PowerLaw, RankAt,
    RefusedPowerLaw, Relation, Threads, calibrated, effective_rank, ranks_of_eigenvalues,
};
pub use dump::DumpReport;
use measured::{Measured, Raw};

/// Version of the shape of [`DumpReport`]. Fields may be added within a version; none is removed or changes meaning.
pub const REPORT_SCHEMA_VERSION: u32 = 1;

/// A value for each relation and variant; `None` (JSON `null`) where it is not defined.
pub type RelationTable = ByRelation<ByVariant<Option<f64>>>;

/// How a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportOptions {
    /// Rotations of the null, at least 2; `None` chooses by width, see [`NullOptions::draws`].
    pub null_draws: Option<usize>,
    /// Seed of the rotations.
    pub null_seed: u64,
}

impl ReportOptions {
    fn null(&self) -> NullOptions {
        NullOptions {
            draws: self.null_draws,
            seed: self.null_seed,
        }
    }
}

/// All statistics of one layer.
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
    /// the mean of the null; see [`calibrated`].
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
    /// [`effective_rank`] of the **raw** second moments and of \\(Z\\).
    pub effective_rank: ByMatrix<Option<f64>>,
    /// Singular values above 1e-2 of the largest: of the matrix of **raw** samples, and of \\(W\\) for `z_a` and `z_b`;
    /// see [`NumericalRank`].
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
    /// The balance of noise and weight decay, where the settings of the training are known; [`new`](Self::new) leaves it
    /// out, the caller sets it from a [`BalanceAccumulator`](crate::BalanceAccumulator).
    #[serde(default)]
    pub balance: Option<Balance>,
    /// Why the layer has no balance though the settings are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_refused: Option<String>,
    /// NC1 to NC4, for data with labels; [`new`](Self::new) leaves it out, the caller sets it from
    /// [`neural_collapse`](crate::neural_collapse()).
    #[serde(default)]
    pub neural_collapse: Option<NeuralCollapse>,
    /// Why the layer has no NC1 to NC4 though there are labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neural_collapse_refused: Option<String>,
}

impl LayerReport {
    /// Measures everything, on the calling thread.
    ///
    /// # Errors
    ///
    /// If fewer than 2 null draws are asked for, or a decomposition does not converge. A statistic that is merely not
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
        let (mut report, spectra) = Self::without_null(layer, options.null(), threads)?;
        for nulls in nulls_of_spectra(&[spectra], options.null(), threads)? {
            report.set_nulls(&nulls);
        }
        Ok(report)
    }

    /// The reports of several layers, those of a network for example, in their order: what [`new`](Self::new) makes of
    /// each, bit for bit, in less time, because layers of one width share the rotations of the null.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn all(
        layers: &[LayerMoments],
        options: &ReportOptions,
    ) -> Result<Vec<Self>, AlignmentError> {
        let (mut reports, mut spectra) = (Vec::new(), Vec::new());
        for layer in layers {
            let (report, of_layer) = Self::without_null(layer, options.null(), Threads::One)?;
            reports.push(report);
            spectra.push(of_layer);
        }
        let nulls = nulls_of_spectra(&spectra, options.null(), Threads::One)?;
        for (report, nulls) in reports.iter_mut().zip(nulls) {
            report.set_nulls(&nulls);
        }
        Ok(reports)
    }

    fn set_nulls(&mut self, nulls: &LayerNulls) {
        let levels = &nulls.relations;
        self.null_by_variant = *levels;
        self.calibrated_by_variant = ByRelation::from_fn(|side, relation| {
            let level = levels.get(side, relation);
            ByVariant::from_fn(|variant| {
                calibrated(
                    self.alpha(side, relation, variant)?,
                    level.get(variant).mean?,
                )
            })
        });
        self.null_cross = nulls.cross;
        self.alpha_cross_calibrated = BySide::from_fn(|side| {
            ByVariant::from_fn(|variant| {
                let level = nulls.cross.get(side).get(variant);
                calibrated(self.alpha_cross.get(side, variant).z?, level.mean?)
            })
        });
        self.null = ByRelation::from_fn(|side, relation| levels.get(side, relation).normalized);
        self.alpha_calibrated = ByRelation::from_fn(|side, relation| {
            self.calibrated_by_variant.get(side, relation).normalized
        });
    }

    /// Everything but the rotation null, and what that needs.
    fn without_null(
        layer: &LayerMoments,
        options: NullOptions,
        threads: Threads,
    ) -> Result<(Self, LayerSpectra), AlignmentError> {
        let measured = Measured::new(layer, options, threads)?;
        let [alpha, alpha_offdiagonal, cosine] = measured.tables;
        let Raw {
            laws,
            misfits,
            directions,
            spectra,
        } = measured.raw;
        let spectrum = |side, matrix| spectra.get(side, matrix).as_deref();
        let phases = misfits.map(|misfits| nearest_row(&misfits));
        let report = Self {
            name: layer.name().to_owned(),
            samples: layer.samples(),
            sample_axis: layer.sample_axis(),
            d_a: layer.d_a(),
            d_b: layer.d_b(),
            zero_norm: layer.zero_norm(),
            alpha,
            alpha_offdiagonal,
            cosine,
            null: ByRelation::default(),
            null_permutation: measured.permutation,
            alpha_calibrated: ByRelation::default(),
            null_by_variant: ByRelation::default(),
            calibrated_by_variant: RelationTable::default(),
            alpha_cross: measured.cross,
            null_cross: BySide::default(),
            alpha_cross_calibrated: BySide::default(),
            power_laws: laws.laws,
            power_laws_refused: laws.refused,
            effective_rank: ByMatrix::from_fn(|s, m| {
                spectrum(s, m).and_then(|values| effective_rank(values).ok())
            }),
            numerical_rank: ByMatrix::from_fn(|s, m| {
                spectrum(s, m).map(|v| NumericalRank::default().of_eigenvalues(v))
            }),
            ranks: ByMatrix::from_fn(|s, m| spectrum(s, m).map(ranks_of_eigenvalues)),
            phases_reason: phases::reason(&phases, layer.samples(), directions),
            phases: defined(phases)?,
            balance: None,
            balance_refused: None,
            neural_collapse: None,
            neural_collapse_refused: None,
        };
        Ok((report, measured.null_spectra))
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

    /// Sets `balance`, or why there is none.
    pub fn set_balance(&mut self, balance: Result<Balance, AlignmentError>) {
        (self.balance, self.balance_refused) = value_or_reason(balance);
    }

    /// Sets `neural_collapse`, or why there is none; nothing of both for data without labels.
    pub fn set_neural_collapse(
        &mut self,
        collapse: Result<Option<NeuralCollapse>, AlignmentError>,
    ) {
        let (collapse, reason) = value_or_reason(collapse);
        self.neural_collapse = collapse.flatten();
        self.neural_collapse_refused = reason;
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

fn value_or_reason<T>(result: Result<T, AlignmentError>) -> (Option<T>, Option<String>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(error) => (None, Some(error.to_string())),
    }
}

/// `None` where a statistic is merely not defined for the layer.
fn defined<T>(result: Result<T, AlignmentError>) -> Result<Option<T>, AlignmentError> {
    match result {
        Err(error @ AlignmentError::NoConvergence { .. }) => Err(error),
        other => Ok(other.ok()),
    }
}

//! A layer with the matrices, decompositions and nulls that statistics share, each made when it is first needed.

use std::sync::OnceLock;

use formant_moments::{LayerMoments, Side, Variant};
use ndarray::Array2;

use crate::cross::symmetric_crosses;
use crate::decompose::Eigen;
use crate::null::{
    LayerSpectra, SideMatricesOfNulls, nulls_of_spectra, nulls_through_weight, permutation_levels,
};
use crate::phases::{misfits_in_frame, nearest_row};
use crate::power_law::{LayerLaws, MOMENTS, WeightFrame, in_frame};
use crate::relation::{Compared, SideMatrices, compared};
use crate::spectrum::{smaller_side, weight_eigen_of};
use crate::{
    AlignmentError, Balance, ByMatrix, ByRelation, ByVariant, Comparison, CrossAlignments,
    FeatureAnsatz, LayerMatrix, LayerNulls, Matrix, NeuralCollapse, NullLevel, NullOptions,
    NullThroughWeight, PhaseFit, PowerLawOptions, PowerLaws, RelationTable, Stationarity, Threads,
    eigenvalues,
};

/// What the moments of a layer do not determine. `None` was not measured; an error says why there is nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BeyondMoments {
    /// From a [`BalanceAccumulator`](crate::BalanceAccumulator), where the settings of the training are known.
    pub balance: Option<Result<Balance, AlignmentError>>,
    /// From [`neural_collapse`](crate::neural_collapse()), for data with labels.
    pub neural_collapse: Option<Result<NeuralCollapse, AlignmentError>>,
    /// The weight against the average gradient outer product of the network's outputs.
    pub ansatz: Option<FeatureAnsatz>,
    /// The same with the outputs that the loss sees, where a transform follows them.
    pub ansatz_untransformed: Option<FeatureAnsatz>,
    /// How far moments have moved since an earlier measurement.
    pub stationarity: Option<Stationarity>,
}

/// A layer as statistics see it: its moments, what was measured [beyond them](BeyondMoments), and a cache of all that
/// several statistics need.
pub struct MeasuredLayer<'a> {
    moments: &'a LayerMoments,
    beyond: BeyondMoments,
    null: NullOptions,
    threads: Threads,
    matrices: OnceLock<[SideMatrices; 2]>,
    crosses: OnceLock<[ByVariant<Array2<f64>>; 2]>,
    weight: OnceLock<Result<Eigen, AlignmentError>>,
    raw: OnceLock<Result<Raw, AlignmentError>>,
    compared: OnceLock<[Compared; 3]>,
    comparisons: OnceLock<[RelationTable; 3]>,
    cross: OnceLock<CrossAlignments>,
    null_spectra: OnceLock<Result<LayerSpectra, AlignmentError>>,
    nulls: OnceLock<Result<LayerNulls, AlignmentError>>,
    through: OnceLock<Result<NullThroughWeight, AlignmentError>>,
    permutation: OnceLock<Result<ByRelation<NullLevel>, AlignmentError>>,
}

impl<'a> MeasuredLayer<'a> {
    /// A layer of which nothing is computed yet. `threads` says where its caches are filled.
    #[must_use]
    pub fn new(moments: &'a LayerMoments, null: NullOptions, threads: Threads) -> Self {
        Self {
            moments,
            beyond: BeyondMoments::default(),
            null: null.for_layer(moments.name()),
            threads,
            matrices: OnceLock::new(),
            crosses: OnceLock::new(),
            weight: OnceLock::new(),
            raw: OnceLock::new(),
            compared: OnceLock::new(),
            comparisons: OnceLock::new(),
            cross: OnceLock::new(),
            null_spectra: OnceLock::new(),
            nulls: OnceLock::new(),
            through: OnceLock::new(),
            permutation: OnceLock::new(),
        }
    }

    /// The layer with what its moments do not determine.
    #[must_use]
    pub fn with(self, beyond: BeyondMoments) -> Self {
        Self { beyond, ..self }
    }

    /// Its moments.
    #[must_use]
    pub fn moments(&self) -> &'a LayerMoments {
        self.moments
    }

    /// What was measured beyond them.
    #[must_use]
    pub fn beyond(&self) -> &BeyondMoments {
        &self.beyond
    }

    /// Whether one of its sides is a single neuron, where everything is proportional.
    #[must_use]
    pub fn has_single_neuron(&self) -> bool {
        self.moments.d_a() == 1 || self.moments.d_b() == 1
    }

    /// The six relations by Pearson's correlation, by that of off-diagonal entries, and by the cosine.
    pub fn comparisons(&self) -> &[RelationTable; 3] {
        self.comparisons
            .get_or_init(|| self.compared().each_ref().map(RelationTable::of_compared))
    }

    /// The same, with the reason where one is not defined.
    pub(crate) fn compared(&self) -> &[Compared; 3] {
        use Comparison::{Cosine, Pearson, PearsonOffdiagonal};
        self.compared.get_or_init(|| {
            [Pearson, PearsonOffdiagonal, Cosine].map(|c| compared(c, self.matrices()))
        })
    }

    /// The cross moment against the other matrices.
    pub fn cross(&self) -> &CrossAlignments {
        self.cross
            .get_or_init(|| CrossAlignments::of(self.matrices(), self.crosses()))
    }

    /// Eigenvalues of a raw matrix in descending order, those of \\(Z\\) without the zeros of the larger side; `None` if
    /// it has none.
    #[must_use]
    pub fn spectrum(&self, side: Side, matrix: Matrix) -> Option<&[f64]> {
        let raw = self.raw().as_ref().ok()?;
        raw.spectra.get(side, matrix).as_deref()
    }

    /// Eigenvalues of the weight's Gram matrix on the smaller side, in descending order.
    pub(crate) fn weight_spectrum(&self) -> Option<&[f64]> {
        Some(&self.weight().as_ref().ok()?.values)
    }

    /// The power laws between its raw matrices.
    #[must_use]
    pub fn power_laws(&self) -> Option<&PowerLaws> {
        Some(&self.raw().as_ref().ok()?.laws)
    }

    /// The nearest row of the phase table; `None` where [`phase`](crate::phases::phase) refuses the layer.
    #[must_use]
    pub fn phase(&self) -> Option<PhaseFit> {
        self.raw().as_ref().ok()?.phase.clone().ok()
    }

    /// The rotation nulls; none where there are fewer than 2 draws, or a decomposition did not converge.
    #[must_use]
    pub fn nulls(&self) -> LayerNulls {
        self.checked_nulls().as_ref().copied().unwrap_or_default()
    }

    /// The nulls of the relations that share the weight between their matrices.
    #[must_use]
    pub fn nulls_through_weight(&self) -> NullThroughWeight {
        let nulls = self.checked_through();
        nulls.as_ref().copied().unwrap_or_default()
    }

    fn checked_through(&self) -> &Result<NullThroughWeight, AlignmentError> {
        self.through.get_or_init(|| {
            let weight = self.weight().as_ref().map_err(Clone::clone)?;
            let (matrices, null) = (self.matrices(), self.null);
            nulls_through_weight(self.moments, weight, matrices, null, self.threads)
        })
    }

    /// The permutation nulls of the normalized relations.
    #[must_use]
    pub fn permutation_nulls(&self) -> ByRelation<NullLevel> {
        let nulls = self.checked_permutation_nulls();
        nulls.as_ref().copied().unwrap_or_default()
    }

    /// Fills the caches, in parallel where there are threads.
    ///
    /// # Errors
    ///
    /// If fewer than 2 null draws are requested, or a decomposition does not converge.
    pub fn prepare(&self) -> Result<(), AlignmentError> {
        self.prepare_all_but_nulls()?;
        self.checked_nulls().as_ref().map_err(Clone::clone)?;
        Ok(())
    }

    /// [`prepare`](Self::prepare) of the layers of a network, in their order: the same numbers, bit for bit, in less memory,
    /// because matrices are let go where they are no longer needed.
    ///
    /// # Errors
    ///
    /// As [`prepare`](Self::prepare).
    pub fn prepare_all(layers: &mut [Self]) -> Result<(), AlignmentError> {
        for layer in layers.iter_mut() {
            layer.prepare_all_but_nulls()?;
            // A network has many: they are formed again where a statistic still needs them.
            layer.matrices.take();
            layer.crosses.take();
        }
        layers.iter().try_for_each(|layer| {
            layer
                .checked_nulls()
                .as_ref()
                .map(|_| ())
                .map_err(Clone::clone)
        })
    }

    /// Fills the caches of a [`LayerSummary`](crate::LayerSummary).
    pub(crate) fn prepare_summary(&self) -> Result<(), AlignmentError> {
        self.crosses();
        self.weight().as_ref().map_err(Clone::clone)?;
        self.threads.join(
            || self.checked_nulls(),
            || {
                self.threads
                    .join(|| self.comparisons(), || self.checked_through())
            },
        );
        self.checked_nulls().as_ref().map_err(Clone::clone)?;
        self.checked_through().as_ref().map_err(Clone::clone)?;
        Ok(())
    }

    /// What tasks share is made before they part, so that none waits for another.
    fn prepare_all_but_nulls(&self) -> Result<(), AlignmentError> {
        self.crosses();
        let error = |result: Option<&AlignmentError>| result.map_or(Ok(()), |e| Err(e.clone()));
        error(self.weight().as_ref().err())?;
        self.threads.join(
            || self.raw(),
            || {
                let rest = || {
                    self.comparisons();
                    self.threads.join(
                        || self.checked_permutation_nulls(),
                        || self.checked_through(),
                    )
                };
                self.threads.join(|| self.null_spectra(), rest)
            },
        );
        self.cross();
        error(self.null_spectra().as_ref().err())?;
        error(self.checked_permutation_nulls().as_ref().err())?;
        error(self.checked_through().as_ref().err())?;
        match &self.raw().as_ref().map_err(Clone::clone)?.phase {
            Err(error @ AlignmentError::NoConvergence { .. }) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn matrices(&self) -> &[SideMatrices; 2] {
        self.matrices.get_or_init(|| {
            let of = |side| move || SideMatrices::new(self.moments, side);
            self.threads.join(of(Side::A), of(Side::B)).into()
        })
    }

    fn crosses(&self) -> &[ByVariant<Array2<f64>>; 2] {
        self.crosses.get_or_init(|| {
            let [a, b] = self.matrices();
            [(Side::A, a), (Side::B, b)]
                .map(|(side, matrices)| symmetric_crosses(self.moments, side, matrices))
        })
    }

    /// The weight's Gram matrix on the smaller side.
    fn weight(&self) -> &Result<Eigen, AlignmentError> {
        self.weight.get_or_init(|| {
            let [a, b] = self.matrices();
            let side = match smaller_side(self.moments) {
                Side::A => a,
                Side::B => b,
            };
            weight_eigen_of(side.get(Matrix::Z, Variant::Raw))
        })
    }

    pub(crate) fn raw(&self) -> &Result<Raw, AlignmentError> {
        self.raw.get_or_init(|| {
            let weight = self.weight().as_ref().map_err(Clone::clone)?;
            Ok(Raw::new(
                self.moments,
                self.matrices(),
                weight,
                self.threads,
            ))
        })
    }

    fn null_spectra(&self) -> &Result<LayerSpectra, AlignmentError> {
        self.null_spectra.get_or_init(|| {
            let weight = self.weight().as_ref().map_err(Clone::clone)?;
            let [a, b] = self.matrices();
            let [cross_a, cross_b] = self.crosses();
            let sides =
                [(a, cross_a), (b, cross_b)].map(|(matrices, crosses)| SideMatricesOfNulls {
                    matrices,
                    crosses: Some(crosses),
                });
            LayerSpectra::new(&sides, &weight.values, self.null, self.threads)
        })
    }

    fn checked_nulls(&self) -> &Result<LayerNulls, AlignmentError> {
        self.nulls.get_or_init(|| {
            let spectra = self.null_spectra().as_ref().map_err(Clone::clone)?;
            nulls_of_spectra(spectra, self.null, self.threads)
        })
    }

    fn checked_permutation_nulls(&self) -> &Result<ByRelation<NullLevel>, AlignmentError> {
        self.permutation
            .get_or_init(|| permutation_levels(self.matrices(), self.null, self.threads))
    }
}

/// What needs the raw matrices. One decomposition serves several statistics where it can.
pub(crate) struct Raw {
    pub(crate) laws: PowerLaws,
    pub(crate) phase: Result<PhaseFit, AlignmentError>,
    /// How many directions the weight's support has.
    pub(crate) directions: usize,
    /// For the ranks.
    pub(crate) spectra: ByMatrix<Option<Vec<f64>>>,
}

impl Raw {
    fn new(
        layer: &LayerMoments,
        [a, b]: &[SideMatrices; 2],
        weight: &Eigen,
        threads: Threads,
    ) -> Self {
        let of = |name: LayerMatrix| if name.side() == Side::A { a } else { b };
        let matrix = |name: LayerMatrix| of(name).get(name.matrix(), Variant::Raw);
        let refused = |name: LayerMatrix| of(name).refused(name.matrix(), Variant::Raw);
        let options = PowerLawOptions::default();
        let (laws, misfits, directions) = match WeightFrame::new(layer.weight(), weight) {
            Ok(frame) => {
                let mut coordinates = frame.moments(MOMENTS.map(matrix), threads);
                for (name, found) in MOMENTS.into_iter().zip(&mut coordinates) {
                    if let Some(error) = refused(name) {
                        *found = Err(error.clone());
                    }
                }
                let (laws, misfits) = threads.join(
                    || in_frame(&frame, &coordinates, layer.samples(), &options, threads),
                    || misfits_in_frame(&frame, &coordinates, threads),
                );
                (laws, misfits, frame.squares.len())
            }
            Err(error) => (LayerLaws::refused(&error), Err(error), 0),
        };
        let known = |name| laws.spectra.iter().find(|(known, _)| *known == name);
        let spectra = threads.map(&MOMENTS, |&name| match known(name) {
            Some((_, values)) => Some(values.clone()),
            None if refused(name).is_some() => None,
            None => eigenvalues(matrix(name)).ok(),
        });
        let spectra = ByMatrix::from_fn(|side, matrix| {
            let at = MOMENTS
                .iter()
                .position(|name| (name.side(), name.matrix()) == (side, matrix));
            at.map_or_else(|| Some(weight.values.clone()), |at| spectra[at].clone())
        });
        Self {
            laws: laws.laws,
            phase: misfits.map(|misfits| nearest_row(&misfits)),
            directions,
            spectra,
        }
    }
}

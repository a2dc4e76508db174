//! What a report is made of, with the decompositions that several statistics share.

use formant_moments::{LayerMoments, Side, Variant};

use super::RelationTable;
use crate::cross::symmetric_crosses;
use crate::decompose::Eigen;
use crate::matrices::SideMatrices;
use crate::null::{LayerSpectra, SideMatricesOfNulls, permutation_levels};
use crate::phases::misfits_in_frame;
use crate::power_law::{LayerLaws, MOMENTS, WeightFrame, in_frame};
use crate::spectrum::{smaller_side, weight_eigen_of};
use crate::{
    AlignmentError, ByMatrix, ByRelation, ByVariant, Comparison, CrossAlignments, Matrix,
    NullLevel, NullOptions, PowerLawOptions, PowerLaws, Threads, eigenvalues,
};

/// Everything that takes long but the rotation nulls.
pub(super) struct Measured {
    /// What the rotation nulls need.
    pub(super) null_spectra: LayerSpectra,
    pub(super) permutation: ByRelation<NullLevel>,
    pub(super) cross: CrossAlignments,
    pub(super) raw: Raw,
    /// Pearson, off-diagonal Pearson, cosine.
    pub(super) tables: [RelationTable; 3],
}

impl Measured {
    pub(super) fn new(
        layer: &LayerMoments,
        options: NullOptions,
        threads: Threads,
    ) -> Result<Self, AlignmentError> {
        let (a, b) = threads.join(
            || SideMatrices::new(layer, Side::A),
            || SideMatrices::new(layer, Side::B),
        );
        let sides = &[a, b];
        let crosses = &Side::ALL.map(|side| symmetric_crosses(layer, side));
        let weight = weight_eigen_of(of(sides, smaller_side(layer)).get(Matrix::Z, Variant::Raw))?;
        let with_nulls = [0, 1].map(|side| SideMatricesOfNulls {
            matrices: &sides[side],
            crosses: Some(&crosses[side]),
        });
        let (raw, (null_spectra, (permutation, tables))) = threads.join(
            || Raw::new(layer, sides, &weight, threads),
            || {
                let rest = || (permutation_levels(sides, options, threads), tables(sides));
                threads.join(
                    || LayerSpectra::new(&with_nulls, &weight.values, options, threads),
                    rest,
                )
            },
        );
        Ok(Self {
            null_spectra: null_spectra?,
            permutation: permutation?,
            cross: CrossAlignments::of(sides, crosses),
            raw,
            tables,
        })
    }
}

fn of(sides: &[SideMatrices; 2], side: Side) -> &SideMatrices {
    &sides[usize::from(side == Side::B)]
}

fn tables(sides: &[SideMatrices; 2]) -> [RelationTable; 3] {
    use Comparison::{Cosine, Pearson, PearsonOffdiagonal};
    [Pearson, PearsonOffdiagonal, Cosine].map(|comparison| {
        RelationTable::from_fn(|side, relation| {
            ByVariant::from_fn(|variant| {
                of(sides, side).compare(comparison, relation, variant).ok()
            })
        })
    })
}

/// What needs the raw matrices. One decomposition serves several statistics where it can.
pub(super) struct Raw {
    pub(super) laws: PowerLaws,
    pub(super) misfits: Result<ByRelation<f64>, AlignmentError>,
    /// How many directions the weight's support has.
    pub(super) directions: usize,
    /// For the ranks.
    pub(super) spectra: ByMatrix<Option<Vec<f64>>>,
}

impl Raw {
    fn new(
        layer: &LayerMoments,
        sides: &[SideMatrices; 2],
        weight: &Eigen,
        threads: Threads,
    ) -> Self {
        let matrix = |side, matrix| of(sides, side).get(matrix, Variant::Raw);
        let matrices = MOMENTS.map(|name| matrix(name.side(), name.matrix()));
        let options = PowerLawOptions::default();
        let (laws, misfits, directions) = match WeightFrame::new(layer.weight(), weight) {
            Ok(frame) => {
                let coordinates = frame.moments(matrices, threads);
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
            None => eigenvalues(matrix(name.side(), name.matrix())).ok(),
        });
        let spectra = ByMatrix::from_fn(|side, matrix| {
            let at = MOMENTS
                .iter()
                .position(|name| (name.side(), name.matrix()) == (side, matrix));
            at.map_or_else(|| Some(weight.values.clone()), |at| spectra[at].clone())
        });
        Self {
            laws: laws.laws,
            misfits,
            directions,
            spectra,
        }
    }
}

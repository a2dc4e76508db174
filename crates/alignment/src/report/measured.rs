//! What a report is made of, with the decompositions that several statistics share.

use formant_moments::{LayerMoments, Side, Variant};

use super::RelationTable;
use crate::matrices::SideMatrices;
use crate::null::{LayerSpectra, layer_measures, permutation_levels};
use crate::phases::misfits_in_frame;
use crate::power_law::{LayerLaws, MOMENTS, WeightFrame, in_frame};
use crate::spectrum::{smaller_side, weight_eigen_of};
use crate::{
    AlignmentError, ByMatrix, ByRelation, ByVariant, Comparison, Matrix, NullLevel, NullOptions,
    PowerLawOptions, PowerLaws, Threads, eigenvalues,
};

/// Everything that takes long but the rotation null.
pub(super) struct Measured {
    /// What the rotation null needs.
    pub(super) null_spectra: LayerSpectra,
    pub(super) permutation: ByRelation<NullLevel>,
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
        let normalized = |side| {
            [Matrix::H, Matrix::G].map(|matrix| of(sides, side).get(matrix, Variant::Normalized))
        };
        let (a, b) = (normalized(Side::A), normalized(Side::B));
        let (raw, (measures, (permutation, tables))) = threads.join(
            || Raw::new(layer, sides, threads),
            || {
                let rest = || (permutation_levels(sides, options, threads), tables(sides));
                threads.join(|| layer_measures(a, b, threads), rest)
            },
        );
        let raw = raw?;
        Ok(Self {
            null_spectra: LayerSpectra::new(&measures?, &raw.weight),
            permutation: permutation?,
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
    /// Eigenvalues of \\(Z\\).
    weight: Vec<f64>,
    pub(super) misfits: Result<ByRelation<f64>, AlignmentError>,
    /// For the ranks.
    pub(super) spectra: ByMatrix<Option<Vec<f64>>>,
}

impl Raw {
    fn new(
        layer: &LayerMoments,
        sides: &[SideMatrices; 2],
        threads: Threads,
    ) -> Result<Self, AlignmentError> {
        let matrix = |side, matrix| of(sides, side).get(matrix, Variant::Raw);
        let matrices = MOMENTS.map(|name| matrix(name.side(), name.matrix()));
        let options = PowerLawOptions::default();
        let weight = weight_eigen_of(matrix(smaller_side(layer), Matrix::Z))?;
        let (laws, misfits) = match WeightFrame::new(layer.weight(), &weight) {
            Ok(frame) => {
                let coordinates = frame.moments(matrices, threads);
                threads.join(
                    || in_frame(&frame, &coordinates, layer.samples(), &options, threads),
                    || misfits_in_frame(&frame, &coordinates, threads),
                )
            }
            Err(error) => (LayerLaws::refused(&error), Err(error)),
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
        Ok(Self {
            laws: laws.laws,
            weight: weight.values,
            misfits,
            spectra,
        })
    }
}

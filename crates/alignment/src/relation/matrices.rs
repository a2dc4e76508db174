//! The matrices of one side, formed once for all statistics that need them.

use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::{Array2, ArrayView2};

use super::{ByVariant, Matrix, Relation, checked_moments};
use crate::{AlignmentError, Comparison};

/// A covariance that holds nothing but rounding is zero here, with its reason.
pub(crate) struct SideMatrices {
    h: ByVariant<Array2<f64>>,
    g: ByVariant<Array2<f64>>,
    z: Array2<f64>,
    /// Of H and of G.
    refused: [ByVariant<Option<AlignmentError>>; 2],
}

impl SideMatrices {
    pub(crate) fn new(layer: &LayerMoments, side: Side) -> Self {
        let (h, refused_h) = checked_moments(layer, side, Moment::H);
        let (g, refused_g) = checked_moments(layer, side, Moment::G);
        Self {
            h,
            g,
            z: layer.weight_gram(side),
            refused: [refused_h, refused_g],
        }
    }

    pub(crate) fn get(&self, matrix: Matrix, variant: Variant) -> ArrayView2<'_, f64> {
        match matrix {
            Matrix::H => self.h.get(variant).view(),
            Matrix::G => self.g.get(variant).view(),
            Matrix::Z => self.z.view(),
        }
    }

    /// Why a matrix is zero here though its moment is not.
    pub(crate) fn refused(&self, matrix: Matrix, variant: Variant) -> Option<&AlignmentError> {
        let [h, g] = &self.refused;
        match matrix {
            Matrix::H => h.get(variant).as_ref(),
            Matrix::G => g.get(variant).as_ref(),
            Matrix::Z => None,
        }
    }

    pub(crate) fn compare(
        &self,
        comparison: Comparison,
        relation: Relation,
        variant: Variant,
    ) -> Result<f64, AlignmentError> {
        for matrix in relation.matrices() {
            if let Some(error) = self.refused(matrix, variant) {
                return Err(error.clone());
            }
        }
        let [a, b] = relation.matrices().map(|matrix| self.get(matrix, variant));
        comparison.of(a, b)
    }
}

//! The matrices of one side, formed once for all statistics that need them.

use formant_moments::{LayerMoments, Side, Variant};
use ndarray::{Array2, ArrayView2};

use super::{ByVariant, Matrix, Relation, matrix_of};
use crate::{AlignmentError, Comparison};

pub(crate) struct SideMatrices {
    h: ByVariant<Array2<f64>>,
    g: ByVariant<Array2<f64>>,
    z: Array2<f64>,
}

impl SideMatrices {
    pub(crate) fn new(layer: &LayerMoments, side: Side) -> Self {
        let variants =
            |matrix| ByVariant::from_fn(|variant| matrix_of(layer, side, matrix, variant));
        Self {
            h: variants(Matrix::H),
            g: variants(Matrix::G),
            z: layer.weight_gram(side),
        }
    }

    pub(crate) fn get(&self, matrix: Matrix, variant: Variant) -> ArrayView2<'_, f64> {
        match matrix {
            Matrix::H => self.h.get(variant).view(),
            Matrix::G => self.g.get(variant).view(),
            Matrix::Z => self.z.view(),
        }
    }

    pub(crate) fn compare(
        &self,
        comparison: Comparison,
        relation: Relation,
        variant: Variant,
    ) -> Result<f64, AlignmentError> {
        let [a, b] = relation.matrices().map(|matrix| self.get(matrix, variant));
        comparison.of(a, b)
    }
}

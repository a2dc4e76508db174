//! The singular vectors of a weight, as common coordinates of its two sides.

use faer::{Accum, Mat, MatRef, Par};
use formant_moments::Side;
use ndarray::ArrayView2;

use super::LayerMatrix;
use super::layer::MOMENTS;
use super::project::congruence;
use crate::decompose::Eigen;
use crate::spectrum::symmetric;
use crate::{AlignmentError, SINGULAR_VALUE_THRESHOLD, Threads};

/// \\(W = U S V^\top\\) on its support: the singular values above [`SINGULAR_VALUE_THRESHOLD`] of the largest.
pub(crate) struct WeightFrame {
    /// \\(s_i^2\\), in descending order.
    pub(crate) squares: Vec<f64>,
    /// \\(V\\), `[d_a, r]`.
    v: Mat<f64>,
    /// \\(U\\), `[d_b, r]`.
    u: Mat<f64>,
}

impl WeightFrame {
    /// From the eigenvectors of the smaller of \\(W^\top W\\) and \\(W W^\top\\). Those of the other follow by one
    /// product, to about 1e-12 because weak directions are left out.
    pub(crate) fn new(weight: ArrayView2<'_, f64>, gram: &Eigen) -> Result<Self, AlignmentError> {
        let largest = gram.values.first().copied().unwrap_or(0.0);
        if largest <= 0.0 {
            return Err(AlignmentError::Zero { what: "the weight" });
        }
        let floor = SINGULAR_VALUE_THRESHOLD.powi(2) * largest;
        let r = gram.values.iter().filter(|value| **value > floor).count();
        let (d_b, d_a) = weight.dim();
        let standard = weight.as_standard_layout();
        let weight =
            MatRef::from_row_major_slice(standard.as_slice().unwrap_or_default(), d_b, d_a);
        let known = gram.vectors.subcols(0, r).to_owned();
        Ok(if d_a <= d_b {
            Self {
                squares: gram.values[..r].to_vec(),
                u: images(weight, &known),
                v: known,
            }
        } else {
            Self {
                squares: gram.values[..r].to_vec(),
                v: images(weight.transpose(), &known),
                u: known,
            }
        })
    }

    /// A symmetric matrix of a side in these coordinates, `[r, r]`.
    pub(super) fn coordinates(
        &self,
        name: LayerMatrix,
        matrix: ArrayView2<'_, f64>,
    ) -> Result<Mat<f64>, AlignmentError> {
        Ok(congruence(
            self.basis(name.side()),
            symmetric(matrix)?.as_ref(),
        ))
    }

    /// [`MOMENTS`] in these coordinates, from the matrices in their order.
    pub(crate) fn moments(
        &self,
        matrices: [ArrayView2<'_, f64>; 4],
        threads: Threads,
    ) -> Vec<Result<Mat<f64>, AlignmentError>> {
        let named: Vec<_> = MOMENTS.into_iter().zip(matrices).collect();
        threads.map(&named, |(name, matrix)| self.coordinates(*name, *matrix))
    }

    /// Singular vectors of a side, `[d, r]`.
    pub(super) fn basis(&self, side: Side) -> MatRef<'_, f64> {
        match side {
            Side::A => self.v.as_ref(),
            Side::B => self.u.as_ref(),
        }
    }
}

/// Unit vectors along the images of some vectors.
fn images(map: MatRef<'_, f64>, vectors: &Mat<f64>) -> Mat<f64> {
    let mut out = Mat::zeros(map.nrows(), vectors.ncols());
    faer::linalg::matmul::matmul(out.as_mut(), Accum::Replace, map, vectors, 1.0, Par::Seq);
    for column in out.col_iter_mut() {
        let norm = column.norm_l2();
        column.iter_mut().for_each(|x| *x /= norm);
    }
    out
}

//! Square roots of positive semi-definite matrices.

use faer::Mat;
use ndarray::{Array2, ArrayView2};

use crate::AlignmentError;
use crate::decompose::self_adjoint;
use crate::rounding::INPUT;
use crate::sample_rows::gram;
use crate::spectrum::symmetric;

/// The positive semi-definite square root \\(A^{1/2}\\) of a positive semi-definite matrix.
///
/// Eigenvalues down to -1e-10 of the largest are rounding and count as zero.
///
/// # Errors
///
/// If the matrix is empty, not square, symmetric or finite, or has a negative eigenvalue, or the iteration does not
/// converge.
pub fn square_root(matrix: ArrayView2<'_, f64>) -> Result<Array2<f64>, AlignmentError> {
    let matrix = symmetric(matrix)?;
    let d = matrix.nrows();
    let mut vectors = Mat::zeros(d, d);
    let values = self_adjoint(matrix.as_ref(), Some(vectors.as_mut()))?;
    let largest = values.iter().copied().fold(0.0, f64::max);
    // In ascending order.
    if let Some(&value) = values.first().filter(|x| **x < -INPUT * largest) {
        return Err(AlignmentError::NegativeEigenvalue { value, largest });
    }
    // A^(1/2) = R^T R with R = Λ^(1/4) V^T.
    let fourth: Vec<f64> = values.iter().map(|x| x.max(0.0).powf(0.25)).collect();
    Ok(gram(&Array2::from_shape_fn((d, d), |(k, i)| {
        fourth[k] * vectors[(i, k)]
    })))
}

//! Eigenvalues, singular values, and the ranks that are read off them.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use formant_moments::{LayerMoments, Side};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::decompose::{Eigen, eigen, self_adjoint, singular};
use crate::haar::haar_columns;
use crate::rounding::INPUT;
use crate::tridiagonal::seen_from;
use crate::{AlignmentError, ROUNDING};

/// Default relative threshold on singular values: a direction counts if it carries more than 1e-2 of the largest
/// one. UNKNOWN in the paper; 1e-2 gives rank deficiencies of the size of its smallest values (MEASURED, in runs of our own).
/// Eigenvalues of a second moment are squares of singular values, so for those its square is used.
pub const SINGULAR_VALUE_THRESHOLD: f64 = 1e-2;

/// Thresholds on singular values at which ranks are reported side by side: where a spectrum has no gap, its rank is a
/// matter of the threshold. Ours; [`SINGULAR_VALUE_THRESHOLD`] is among them.
pub const RANK_THRESHOLDS: [f64; 5] = [3e-3, 1e-2, 3e-2, 1e-1, 3e-1];

/// A numerical rank and what it was counted with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankAt {
    /// The least singular value that counts, relative to the largest.
    pub threshold: f64,
    /// How many exceed it.
    pub rank: usize,
}

/// When a singular value or eigenvalue counts as zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RankThreshold {
    /// At or below this share of the largest value.
    RelativeToLargest(f64),
    /// At or below machine epsilon times the larger dimension of the matrix times the largest value: NumPy's and
    /// MATLAB's rule, which finds the rank of a matrix in exact arithmetic.
    MachineEpsilon {
        /// The larger dimension of the matrix.
        dimension: usize,
    },
}

impl RankThreshold {
    fn relative(self) -> f64 {
        match self {
            Self::RelativeToLargest(share) => share,
            Self::MachineEpsilon { dimension } => dimension as f64 * f64::EPSILON,
        }
    }
}

/// Eigenvalues of a symmetric matrix, in descending order.
///
/// # Errors
///
/// If the matrix is empty, not square, not finite, or not symmetric (to 1e-10 of its largest entry), or the
/// iteration does not converge.
pub fn eigenvalues(matrix: ArrayView2<'_, f64>) -> Result<Vec<f64>, AlignmentError> {
    let mut values = self_adjoint(symmetric(matrix)?.as_ref(), None)?;
    values.reverse();
    Ok(values)
}

/// About the `count` largest eigenvalues of a positive semi-definite matrix, in descending order, by four steps of subspace
/// iteration from a fixed start (Halko, Martinsson and Tropp 2011): good to a percent where they do not decay, and to
/// rounding where they do. All of them, exactly, if the matrix is not much wider than that.
pub(crate) fn leading_eigenvalues(
    matrix: ArrayView2<'_, f64>,
    count: usize,
) -> Result<Vec<f64>, AlignmentError> {
    let d = matrix.nrows();
    if d <= 3 * count {
        return eigenvalues(matrix);
    }
    let matrix = symmetric(matrix)?;
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut basis = haar_columns(&mut rng, d, count + count / 4);
    let times = |left: MatRef<'_, f64>, right: MatRef<'_, f64>| {
        let mut out = Mat::zeros(left.nrows(), right.ncols());
        matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
        out
    };
    let mut values = Vec::new();
    for _ in 0..4 {
        let image = times(matrix.as_ref(), basis.as_ref());
        // The image's singular values are those of the matrix on the subspace; its singular vectors the next basis.
        let found = eigen(times(image.transpose(), image.as_ref()).as_ref())?;
        values = found.values.iter().map(|x| x.max(0.0).sqrt()).collect();
        let floor = values.first().copied().unwrap_or(0.0) * ROUNDING.sqrt();
        let r = values.iter().take_while(|x| **x > floor).count();
        let turned = times(image.as_ref(), found.vectors.subcols(0, r));
        basis = Mat::from_fn(d, r, |i, j| turned[(i, j)] / values[j]);
        values.truncate(r);
    }
    values.truncate(count);
    Ok(values)
}

/// Singular values of any matrix, in descending order.
///
/// # Errors
///
/// If the matrix is empty or not finite, or the iteration does not converge.
pub fn singular_values(matrix: ArrayView2<'_, f64>) -> Result<Vec<f64>, AlignmentError> {
    singular(&to_faer(matrix)?)
}

/// How many values exceed the threshold; 0 for the zero matrix. For eigenvalues give
/// the square of the threshold that you would give for singular values.
#[must_use]
pub fn numerical_rank(values: &[f64], threshold: RankThreshold) -> usize {
    let largest = values.iter().copied().fold(0.0, f64::max);
    values
        .iter()
        .filter(|x| **x > largest * threshold.relative())
        .count()
}

/// [`numerical_rank`] at each of [`RANK_THRESHOLDS`], from the eigenvalues of a second moment: squares of singular
/// values, compared with the squares of the thresholds.
#[must_use]
pub fn ranks_of_eigenvalues(eigenvalues: &[f64]) -> Vec<RankAt> {
    let at = |threshold: f64| RankAt {
        threshold,
        rank: rank_of_eigenvalues(eigenvalues, threshold),
    };
    RANK_THRESHOLDS.map(at).into()
}

/// How many singular values exceed this share of the largest, from their squares.
pub(crate) fn rank_of_eigenvalues(eigenvalues: &[f64], threshold: f64) -> usize {
    numerical_rank(
        eigenvalues,
        RankThreshold::RelativeToLargest(threshold.powi(2)),
    )
}

/// [`numerical_rank`] of the singular values of a matrix.
///
/// # Errors
///
/// As [`singular_values`].
pub fn numerical_rank_of_matrix(
    matrix: ArrayView2<'_, f64>,
    threshold: RankThreshold,
) -> Result<usize, AlignmentError> {
    Ok(numerical_rank(&singular_values(matrix)?, threshold))
}

/// Effective rank: \\(\exp\left(-\sum_i p_i \ln p_i\right)\\) with \\(p_i = \lambda_i / \sum_j \lambda_j\\), between 1
/// and \\(d\\), and \\(r\\) for a flat spectrum of rank \\(r\\) (Roy & Vetterli 2007).
///
/// Negative eigenvalues down to -1e-10 of the largest are rounding and count as zero.
///
/// # Errors
///
/// If a value is not finite or negative beyond rounding, or all are zero.
pub fn effective_rank(eigenvalues: &[f64]) -> Result<f64, AlignmentError> {
    let relative = relative_to_largest(eigenvalues)?;
    let total: f64 = relative.iter().sum();
    let shares = relative.iter().map(|x| x / total).filter(|p| *p > 0.0);
    Ok(shares.map(|p| -p * p.ln()).sum::<f64>().exp())
}

/// RankMe: the effective rank of the *singular values* of the samples, \\(\exp\left(-\sum_i p_i \ln p_i\right)\\) with
/// \\(p_i = \sqrt{\lambda_i} / \sum_j \sqrt{\lambda_j}\\) (Garrido et al. 2023; without their \\(\epsilon\\), which keeps
/// logarithms finite). Never below [`effective_rank`], which is of eigenvalues: small directions count for more.
///
/// # Errors
///
/// As [`effective_rank`].
pub fn rank_me(eigenvalues: &[f64]) -> Result<f64, AlignmentError> {
    let relative = relative_to_largest(eigenvalues)?;
    let singular: Vec<f64> = relative.into_iter().map(f64::sqrt).collect();
    effective_rank(&singular)
}

/// The eigenvalues of a positive semi-definite matrix over the largest one, so that no sum can overflow; those that
/// rounding made negative are zero.
pub(crate) fn relative_to_largest(eigenvalues: &[f64]) -> Result<Vec<f64>, AlignmentError> {
    let what = "the spectrum";
    if eigenvalues.iter().any(|x| !x.is_finite()) {
        return Err(AlignmentError::NonFinite { what });
    }
    let largest = eigenvalues.iter().copied().fold(0.0, f64::max);
    let negative = eigenvalues.iter().filter(|x| **x < -INPUT * largest);
    if let Some(&value) = negative.min_by(|a, b| a.total_cmp(b)) {
        return Err(AlignmentError::NegativeEigenvalue { value, largest });
    }
    if largest == 0.0 {
        return Err(AlignmentError::Zero { what });
    }
    Ok(eigenvalues.iter().map(|x| x.max(0.0) / largest).collect())
}

/// Eigenvalues of \\(Z_a\\) and \\(Z_b\\), without the zeros that fill the larger side: those of the smaller of the
/// two, which takes a third of the time of the weight's singular values.
pub(crate) fn weight_spectrum(layer: &LayerMoments) -> Result<Vec<f64>, AlignmentError> {
    eigenvalues(layer.weight_gram(smaller_side(layer)).view())
}

/// [`weight_spectrum`] with the eigenvectors.
pub(crate) fn weight_eigen(layer: &LayerMoments) -> Result<Eigen, AlignmentError> {
    weight_eigen_of(layer.weight_gram(smaller_side(layer)).view())
}

/// The same, of the Gram matrix of the smaller side.
pub(crate) fn weight_eigen_of(gram: ArrayView2<'_, f64>) -> Result<Eigen, AlignmentError> {
    eigen(symmetric(gram)?.as_ref())
}

pub(crate) fn smaller_side(layer: &LayerMoments) -> Side {
    if layer.d_a() <= layer.d_b() {
        Side::A
    } else {
        Side::B
    }
}

/// A symmetric matrix as seen from the vector of ones.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OnesMeasure {
    /// Eigenvalues \\(\lambda_i\\), in descending order.
    pub(crate) values: Vec<f64>,
    /// \\(u_i = \langle u_i, 1\rangle\\) for the eigenvectors; each up to its sign.
    pub(crate) ones: Vec<f64>,
}

/// Eigenvalues of a symmetric matrix, with the projections of the vector of ones on the eigenvectors.
pub(crate) fn ones_measure(matrix: ArrayView2<'_, f64>) -> Result<OnesMeasure, AlignmentError> {
    let matrix = symmetric(matrix)?;
    let (values, ones) = seen_from(&vec![1.0; matrix.nrows()], matrix)?;
    Ok(OnesMeasure { values, ones })
}

pub(crate) fn to_faer(matrix: ArrayView2<'_, f64>) -> Result<Mat<f64>, AlignmentError> {
    if matrix.is_empty() {
        return Err(AlignmentError::TooFewEntries {
            found: 0,
            needed: 1,
        });
    }
    if !matrix.fold(true, |finite, x| finite & x.is_finite()) {
        return Err(AlignmentError::NonFinite { what: "the matrix" });
    }
    Ok(Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| {
        matrix[[i, j]]
    }))
}

pub(crate) fn symmetric(matrix: ArrayView2<'_, f64>) -> Result<Mat<f64>, AlignmentError> {
    let (rows, columns) = matrix.dim();
    if rows != columns {
        return Err(AlignmentError::NotSquare { rows, columns });
    }
    let out = to_faer(matrix)?;
    let tolerance = INPUT * out.norm_max();
    let difference = |row, column| (out[(row, column)] - out[(column, row)]).abs();
    // In tiles, which is several times as fast as in columns.
    let mut even = true;
    for start in (0..columns).step_by(TILE) {
        for row in start..rows {
            for column in start..row.min(start + TILE) {
                even &= difference(row, column) <= tolerance;
            }
        }
    }
    if even {
        return Ok(out);
    }
    let pairs = (0..columns).flat_map(|column| (column + 1..rows).map(move |row| (row, column)));
    match pairs
        .into_iter()
        .find(|&(row, column)| difference(row, column) > tolerance)
    {
        Some((row, column)) => Err(AlignmentError::NotSymmetric {
            row,
            column,
            difference: difference(row, column),
        }),
        None => Ok(out),
    }
}

/// Width of the tiles in which a matrix and its transpose are read side by side.
const TILE: usize = 32;

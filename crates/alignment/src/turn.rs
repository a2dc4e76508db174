//! Correlations under random rotations, from spectra alone.
//!
//! No matrix is ever turned. With \\(A = U \Lambda_A U^\top\\), \\(B = V \Lambda_B V^\top\\), the matrix
//! \\(R = U^\top Q V\\) is Haar too, and with \\(u = U^\top 1\\) (DERIVED)
//!
//! \\[ \langle A, Q B Q^\top\rangle_F = \lambda_A^\top (R \circ R) \lambda_B, \qquad
//!     1^\top Q B Q^\top 1 = \sum_j \lambda_{B,j} \left((R^\top u)_j\right)^2, \\]
//!
//! which with \\(\lVert A\rVert_F, \lVert B\rVert_F\\) and the entry sum of \\(A\\) is all that a Pearson correlation
//! over entries needs. One \\(R\\) serves all relations of all sides of one width.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::haar::haar_columns;
use crate::spectrum::OnesMeasure;
use crate::{AlignmentError, NullOptions};

/// Eigenvalues of the turned matrix below this share of the largest one in magnitude are left out, with the columns
/// of \\(R\\) that they would need: \\(\alpha\\) changes by about as much as rounding changes it.
const NEGLIGIBLE: f64 = 1e-14;

/// Variance of the entries relative to their mean square, at or below which they count as constant.
const CONSTANT: f64 = 1e-12;

/// The matrix that stands still, scaled to a largest eigenvalue of 1 in magnitude.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Still {
    values: Vec<f64>,
    ones: Vec<f64>,
    /// \\(1^\top A 1\\).
    sum: f64,
    /// \\(\sum_{ij} (A_{ij} - \bar A)^2\\).
    scatter: f64,
}

impl Still {
    pub(crate) fn new(measure: &OnesMeasure) -> Result<Self, AlignmentError> {
        let values = scaled(&measure.values)?;
        let entries = (values.len() as f64).powi(2);
        let sum: f64 = values
            .iter()
            .zip(&measure.ones)
            .map(|(value, u)| value * u * u)
            .sum();
        let square = norm_squared(&values);
        let scatter = square - sum * sum / entries;
        if scatter <= CONSTANT * square {
            let deviation = (scatter.max(0.0) / square).sqrt();
            return Err(AlignmentError::Constant {
                which: "first",
                deviation,
            });
        }
        Ok(Self {
            values,
            ones: measure.ones.clone(),
            sum,
            scatter,
        })
    }
}

/// The matrix that is turned: the eigenvalues that matter, scaled to a largest one of 1 in magnitude.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turned {
    values: Vec<f64>,
    square: f64,
}

impl Turned {
    pub(crate) fn new(eigenvalues: &[f64]) -> Result<Self, AlignmentError> {
        let mut values = scaled(eigenvalues)?;
        values.retain(|value| value.abs() > NEGLIGIBLE);
        let square = norm_squared(&values);
        Ok(Self { values, square })
    }
}

fn scaled(eigenvalues: &[f64]) -> Result<Vec<f64>, AlignmentError> {
    let largest = eigenvalues.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if largest == 0.0 {
        return Err(AlignmentError::Zero {
            what: "the spectrum",
        });
    }
    Ok(eigenvalues.iter().map(|x| x / largest).collect())
}

fn norm_squared(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum()
}

/// For each pair `(still, turned)` one correlation a draw.
pub(crate) fn sample(
    d: usize,
    still: &[Still],
    turned: &[Turned],
    pairs: &[(usize, usize)],
    options: NullOptions,
) -> Result<Vec<Vec<f64>>, AlignmentError> {
    let draws = options.draws_for(d);
    if draws < 2 {
        return Err(AlignmentError::TooFewDraws { found: draws });
    }
    let columns = turned.iter().map(|b| b.values.len()).max().unwrap_or(0);
    let spectra_a = Mat::from_fn(still.len(), d, |a, i| still[a].values[i]);
    let ones_a = Mat::from_fn(still.len(), d, |a, i| still[a].ones[i]);
    let spectra_b = Mat::from_fn(columns, turned.len(), |j, b| {
        turned[b].values.get(j).copied().unwrap_or(0.0)
    });
    let mut samples = vec![Vec::with_capacity(draws); pairs.len()];
    for draw in 0..draws {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream(draw as u64);
        let rotation = haar_columns(&mut rng, d, columns);
        let statistics = Turn::new(rotation, &spectra_a, &ones_a, &spectra_b);
        for (values, &(a, b)) in samples.iter_mut().zip(pairs) {
            values.push(statistics.correlation(d, (a, &still[a]), (b, &turned[b])));
        }
    }
    Ok(samples)
}

/// What one rotation makes of every pair: `[still, turned]`.
struct Turn {
    /// \\(\langle A, Q B Q^\top\rangle_F\\).
    inner: Mat<f64>,
    /// \\(1^\top Q B Q^\top 1\\) in the eigenbasis of A.
    sums: Mat<f64>,
}

impl Turn {
    fn new(
        mut rotation: Mat<f64>,
        spectra_a: &Mat<f64>,
        ones_a: &Mat<f64>,
        spectra_b: &Mat<f64>,
    ) -> Self {
        let mut projections = product(ones_a, &rotation);
        square(&mut projections);
        square(&mut rotation);
        let weighted = product(&rotation, spectra_b);
        Self {
            inner: product(spectra_a, &weighted),
            sums: product(&projections, spectra_b),
        }
    }

    fn correlation(
        &self,
        d: usize,
        (a, still): (usize, &Still),
        (b, turned): (usize, &Turned),
    ) -> f64 {
        let (inner, sum, entries) = (self.inner[(a, b)], self.sums[(a, b)], (d as f64).powi(2));
        let covariance = inner - still.sum * sum / entries;
        let scatter = turned.square - sum * sum / entries;
        (covariance / (still.scatter * scatter).sqrt()).clamp(-1.0, 1.0)
    }
}

fn product(left: &Mat<f64>, right: &Mat<f64>) -> Mat<f64> {
    let mut out = Mat::zeros(left.nrows(), right.ncols());
    matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    out
}

fn square(matrix: &mut Mat<f64>) {
    for column in matrix.as_mut().col_iter_mut() {
        column.iter_mut().for_each(|x| *x *= *x);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::decompose::self_adjoint;
    use crate::{pearson, rotation_null};

    /// A symmetric matrix of full rank, with positive and negative eigenvalues.
    fn symmetric(d: usize, seed: f64) -> Array2<f64> {
        let entry = |i: usize, j: usize| ((i * i * 7 + j * 13 + i * j * 5) as f64 * seed).sin();
        Array2::from_shape_fn((d, d), |(i, j)| entry(i, j) + entry(j, i) + 0.3)
    }

    fn eigenvectors(matrix: &Array2<f64>) -> Mat<f64> {
        let matrix = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[[i, j]]);
        let mut vectors = Mat::zeros(matrix.nrows(), matrix.ncols());
        self_adjoint(matrix.as_ref(), Some(vectors.as_mut())).unwrap();
        let reverse = |j: usize| matrix.ncols() - 1 - j;
        Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| {
            vectors[(i, reverse(j))]
        })
    }

    #[test]
    fn one_rotation_gives_what_turning_the_matrix_gives() {
        for d in [2, 5, 9] {
            let (a, b) = (symmetric(d, 1.3), symmetric(d, 0.7));
            let found = rotation_null(
                a.view(),
                b.view(),
                NullOptions {
                    draws: Some(6),
                    seed: 5,
                },
            )
            .unwrap();
            let (u, v) = (eigenvectors(&a), eigenvectors(&b));
            for (draw, found) in found.into_iter().enumerate() {
                let mut rng = ChaCha8Rng::seed_from_u64(5);
                rng.set_stream(draw as u64);
                // R = U^T Q V, so Q = U R V^T.
                let q = &u * haar_columns(&mut rng, d, d) * v.transpose();
                let b = Mat::from_fn(d, d, |i, j| b[[i, j]]);
                let turned = &q * b * q.transpose();
                let turned = Array2::from_shape_fn((d, d), |(i, j)| turned[(i, j)]);
                let expected = pearson(a.view(), turned.view()).unwrap();
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{d} {draw}: {found} {expected}"
                );
            }
        }
    }
}

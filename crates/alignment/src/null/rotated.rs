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

use std::collections::BTreeMap;

use faer::Mat;
use ndarray::ArrayView2;
use pulp::{Arch, Simd, WithSimd};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::compare::share_of_scatter;
use crate::haar::haar_columns;
use crate::spectrum::OnesMeasure;
use crate::{AlignmentError, NullOptions, Threads};

/// Eigenvalues of the turned matrix below this share of the largest one in magnitude are left out, with the columns
/// of \\(R\\) that they would need: \\(\alpha\\) changes by about as much as rounding changes it.
const NEGLIGIBLE: f64 = 1e-14;

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
    /// `matrix`: the one that was measured.
    pub(crate) fn new(
        measure: &OnesMeasure,
        matrix: ArrayView2<'_, f64>,
    ) -> Result<Self, AlignmentError> {
        let share = share_of_scatter(matrix)?;
        let values = scaled(&measure.values)?;
        let sum: f64 = values
            .iter()
            .zip(&measure.ones)
            .map(|(value, u)| value * u * u)
            .sum();
        Ok(Self {
            scatter: share * norm_squared(&values),
            values,
            ones: measure.ones.clone(),
            sum,
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

/// Correlations that are sampled with the same rotations: matrices of one width, and which of them are paired.
#[derive(Debug, Default)]
pub(crate) struct Job {
    pub(crate) d: usize,
    pub(crate) still: Vec<Still>,
    pub(crate) turned: Vec<Turned>,
    /// Indices into `still` and `turned`.
    pub(crate) pairs: Vec<(usize, usize)>,
}

impl Job {
    /// How many columns of \\(R\\) it needs.
    fn columns(&self) -> usize {
        self.turned
            .iter()
            .map(|b| b.values.len())
            .max()
            .unwrap_or(0)
    }

    /// One correlation for each pair.
    fn correlations(&self, rotation: &Mat<f64>) -> Vec<f64> {
        let still = &self.still;
        let seen = Arch::new().dispatch(See { still, rotation });
        let pairs = self.pairs.iter();
        pairs
            .map(|&(a, b)| seen[a].correlation(&self.still[a], &self.turned[b]))
            .collect()
    }
}

/// For each job and each of its pairs one correlation a draw. Jobs that need rotations of one shape share them; the
/// numbers are those of each job alone, bit for bit.
pub(crate) fn sample(
    jobs: &[Job],
    options: NullOptions,
    threads: Threads,
) -> Result<Vec<Vec<Vec<f64>>>, AlignmentError> {
    let mut samples: Vec<_> = jobs
        .iter()
        .map(|job| vec![Vec::new(); job.pairs.len()])
        .collect();
    let mut shapes: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        shapes.entry((job.d, job.columns())).or_default().push(at);
    }
    for ((d, columns), members) in shapes {
        let draws = options.draws_for(d);
        if draws < 2 {
            return Err(AlignmentError::TooFewDraws { found: draws });
        }
        let numbers: Vec<_> = (0..draws as u64).collect();
        let drawn = threads.map(&numbers, |draw| {
            let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
            rng.set_stream(*draw);
            let rotation = haar_columns(&mut rng, d, columns);
            let of_members = members.iter().map(|at| jobs[*at].correlations(&rotation));
            of_members.collect::<Vec<_>>()
        });
        for (&at, of_member) in drawn.iter().flat_map(|draw| members.iter().zip(draw)) {
            for (values, value) in samples[at].iter_mut().zip(of_member) {
                values.push(*value);
            }
        }
    }
    Ok(samples)
}

/// What a matrix that stands still sees of a rotation: one number a column of \\(R\\).
struct Seen {
    /// \\(\sum_i \lambda_{A,i} R_{ij}^2\\).
    squares: Vec<f64>,
    /// \\(\left(\sum_i u_i R_{ij}\right)^2\\).
    ones: Vec<f64>,
}

impl Seen {
    /// The correlation with a matrix that is turned.
    fn correlation(&self, still: &Still, turned: &Turned) -> f64 {
        let entries = (still.values.len() as f64).powi(2);
        let dot =
            |seen: &[f64]| -> f64 { seen.iter().zip(&turned.values).map(|(x, y)| x * y).sum() };
        let (inner, sum) = (dot(&self.squares), dot(&self.ones));
        let covariance = inner - still.sum * sum / entries;
        let scatter = turned.square - sum * sum / entries;
        (covariance / (still.scatter * scatter).sqrt()).clamp(-1.0, 1.0)
    }
}

const LANES: usize = 8;

/// Makes [`Seen`] of each matrix that stands still. Its own loop, because a matrix product of so few rows takes ten
/// times as long; column by column, so that the rotation is read from memory once.
struct See<'a> {
    still: &'a [Still],
    rotation: &'a Mat<f64>,
}

impl WithSimd for See<'_> {
    type Output = Vec<Seen>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<Seen> {
        let columns = self.rotation.ncols();
        let empty = || Seen {
            squares: Vec::with_capacity(columns),
            ones: Vec::with_capacity(columns),
        };
        let mut all: Vec<_> = self.still.iter().map(|_| empty()).collect();
        for column in 0..columns {
            let column = self.rotation.col_as_slice(column);
            for (still, seen) in self.still.iter().zip(&mut all) {
                let [square, projection] = still.sums(column);
                seen.squares.push(square);
                seen.ones.push(projection * projection);
            }
        }
        all
    }
}

impl Still {
    /// \\(\sum_i \lambda_i r_i^2\\) and \\(\sum_i u_i r_i\\) for one column of a rotation.
    #[inline(always)]
    fn sums(&self, column: &[f64]) -> [f64; 2] {
        let (values, values_rest) = self.values.as_chunks::<LANES>();
        let (ones, ones_rest) = self.ones.as_chunks::<LANES>();
        let (rows, rest) = column.as_chunks::<LANES>();
        let mut lanes = [[0.0; LANES]; 2];
        for ((row, values), ones) in rows.iter().zip(values).zip(ones) {
            for lane in 0..LANES {
                lanes[0][lane] += values[lane] * (row[lane] * row[lane]);
                lanes[1][lane] += ones[lane] * row[lane];
            }
        }
        for ((x, value), u) in rest.iter().zip(values_rest).zip(ones_rest) {
            lanes[0][0] += value * (x * x);
            lanes[1][0] += u * x;
        }
        lanes.map(|lanes| lanes.iter().sum::<f64>())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::decompose::self_adjoint;
    use crate::spectrum::ones_measure;
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
            let (mut u, v) = (eigenvectors(&a), eigenvectors(&b));
            // The eigenvectors of the matrix that stands still, with the signs that the null has them in.
            let ones = ones_measure(a.view()).unwrap().ones;
            for (j, seen) in ones.into_iter().enumerate() {
                let sign = u.col(j).sum().signum() * seen.signum();
                (0..d).for_each(|i| u[(i, j)] *= sign);
            }
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

//! Whether two representations are more alike than those that have nothing to do with each other.

use ndarray::{Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::layers::{drawn_samples, narrow};
use super::paired::{check_samples, unit};
use super::procrustes::{chord, nuclear_norm};
use super::rank::ranks;
use super::rsa::distances_by;
use super::{RepresentationMeasure, RsaCorrelation};
use crate::compare::list_pearson;
use crate::sample_rows::{checked_rows, cross_product};
use crate::uncertainty::quantile;
use crate::{AlignmentError, Kind, ROUNDING_OF_SAMPLES};

/// Samples on which independence is tested, at most: their pairs are taken at each permutation. Of more, so many are drawn at
/// random, the same ones for all representations.
pub const TESTED_SAMPLES: usize = 256;

/// A test by permutations of the samples of one of two representations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PermutationTest {
    /// The measure on the tested samples.
    pub value: f64,
    /// The share of the permutations, and of the pairing as it is, that are as alike: a test at any level is exact.
    pub p_value: f64,
    /// Mean of the measure over the permutations.
    pub null_mean: f64,
    /// What one in twenty permutations is more alike than.
    pub null_95: f64,
    /// How many permutations there were.
    pub permutations: usize,
    /// How many samples entered, at most [`TESTED_SAMPLES`].
    pub samples: usize,
}

/// How often representations that have nothing to do with each other are as alike as these.
///
/// Samples have to be exchangeable: tokens of one sequence and positions of one image are not, and make the p-value too small.
///
/// # Errors
///
/// As [`RepresentationMeasure::of`], and without permutations.
pub fn permutation_test(
    measure: RepresentationMeasure,
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    permutations: usize,
    seed: u64,
) -> Result<PermutationTest, AlignmentError> {
    check_samples(x, y, 2)?;
    let [x, y] = [(x, "first"), (y, "second")].map(|(rows, which)| Form::new(measure, rows, which));
    x?.test(&y?, permutations, seed)
}

/// A representation in a form in which a permutation of the samples changes what it is paired with, and nothing else.
#[derive(Debug, Clone)]
pub(super) struct Form {
    measure: RepresentationMeasure,
    matrix: Array2<f64>,
}

impl Form {
    pub(super) fn new(
        measure: RepresentationMeasure,
        rows: ArrayView2<'_, f64>,
        which: &'static str,
    ) -> Result<Self, AlignmentError> {
        use RepresentationMeasure as Measure;
        let rows = rows.select(Axis(0), &drawn_samples(rows.nrows(), TESTED_SAMPLES));
        let (found, needed) = (rows.nrows(), least_samples(measure));
        if found < needed {
            return Err(AlignmentError::TooFewSamples { found, needed });
        }
        let rows = checked_rows("the representation", rows.view(), rows.dim())?;
        let matrix = match measure {
            Measure::Procrustes | Measure::ProcrustesAngle => narrow(unit(rows, which)?)?,
            Measure::LinearCka => {
                let rows = unit(rows, which)?;
                let kernel = rows.dot(&rows.t());
                let norm = dot(&kernel, &kernel).sqrt();
                kernel / norm
            }
            Measure::LinearCkaUnbiased => {
                let rows = unit(rows, which)?;
                let kernel = u_centred(rows.dot(&rows.t()));
                let norm = dot(&kernel, &kernel).sqrt();
                if norm <= ROUNDING_OF_SAMPLES * ROUNDING_OF_SAMPLES {
                    return Err(AlignmentError::NoUnbiasedHsic { which });
                }
                kernel / norm
            }
            _ => distance_matrix(measure, &rows)?,
        };
        Ok(Self { measure, matrix })
    }

    pub(super) fn test(
        &self,
        other: &Self,
        permutations: usize,
        seed: u64,
    ) -> Result<PermutationTest, AlignmentError> {
        if permutations < 2 {
            return Err(AlignmentError::TooFewDraws {
                found: permutations,
            });
        }
        let samples = self.matrix.nrows();
        let mut order: Vec<usize> = (0..samples).collect();
        let found = self.overlap(other, &order)?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut reached, mut null) = (1, Vec::with_capacity(permutations));
        for _ in 0..permutations {
            order.shuffle(&mut rng);
            let permuted = self.overlap(other, &order)?;
            // Equal but for rounding is as alike.
            reached += usize::from(permuted >= found - 1e-12);
            null.push(permuted);
        }
        null.sort_by(f64::total_cmp);
        let values: Vec<f64> = null.iter().map(|overlap| self.value(*overlap)).collect();
        Ok(PermutationTest {
            value: self.value(found),
            p_value: reached as f64 / (permutations + 1) as f64,
            null_mean: values.iter().sum::<f64>() / permutations as f64,
            null_95: self.value(quantile(&null, 0.95)),
            permutations,
            samples,
        })
    }

    /// Larger is more alike; the samples of the other in this order.
    fn overlap(&self, other: &Self, order: &[usize]) -> Result<f64, AlignmentError> {
        if self.measure.description().kind == Kind::Distance {
            let turned = other.matrix.select(Axis(0), order);
            return nuclear_norm(&cross_product(&self.matrix, &turned));
        }
        let rows = self.matrix.outer_iter().zip(order);
        let products = rows.map(|(k, &i)| {
            let l = other.matrix.row(i);
            k.iter().zip(order).map(|(k, &j)| k * l[j]).sum::<f64>()
        });
        Ok(products.sum())
    }

    fn value(&self, overlap: f64) -> f64 {
        match self.measure {
            RepresentationMeasure::Procrustes => chord(overlap),
            RepresentationMeasure::ProcrustesAngle => overlap.acos(),
            RepresentationMeasure::LinearCka => overlap.clamp(0.0, 1.0),
            _ => overlap.clamp(-1.0, 1.0),
        }
    }
}

/// Samples without which a measure is not defined.
fn least_samples(measure: RepresentationMeasure) -> usize {
    match measure {
        RepresentationMeasure::LinearCkaUnbiased => 4,
        _ if measure.rsa().is_some() => 3,
        _ => 2,
    }
}

/// Distances of all pairs, or their ranks, less their mean and of unit norm; zero for a sample and itself.
fn distance_matrix(
    measure: RepresentationMeasure,
    rows: &Array2<f64>,
) -> Result<Array2<f64>, AlignmentError> {
    let (distance, correlation) = measure.rsa().ok_or(AlignmentError::Unranked)?;
    let mut list = distances_by(distance, rows)?;
    if correlation == RsaCorrelation::Spearman {
        list = ranks(&list, ROUNDING_OF_SAMPLES);
    }
    list_pearson(&list, &list, ROUNDING_OF_SAMPLES)?; // an error if all are equal
    let mean = list.iter().sum::<f64>() / list.len() as f64;
    let mut pairs = list.iter().map(|distance| distance - mean);
    let n = rows.nrows();
    let mut matrix = Array2::zeros((n, n));
    for i in 0..n {
        for (j, value) in (0..i).zip(&mut pairs) {
            matrix[[i, j]] = value;
            matrix[[j, i]] = value;
        }
    }
    let norm = dot(&matrix, &matrix).sqrt();
    Ok(matrix / norm)
}

/// Székely and Rizzo's centring, which makes the inner product of two kernels the unbiased HSIC.
fn u_centred(mut kernel: Array2<f64>) -> Array2<f64> {
    kernel.diag_mut().fill(0.0);
    let n = kernel.nrows() as f64;
    let rows = kernel.sum_axis(Axis(1)) / (n - 2.0);
    let all = kernel.sum() / ((n - 1.0) * (n - 2.0));
    for ((i, j), entry) in kernel.indexed_iter_mut() {
        *entry = if i == j {
            0.0
        } else {
            *entry - rows[i] - rows[j] + all
        };
    }
    kernel
}

fn dot(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

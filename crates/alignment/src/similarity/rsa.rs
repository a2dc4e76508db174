//! Representational similarity analysis.

use ndarray::{Array2, ArrayView2, Axis, s};
use serde::{Deserialize, Serialize};

use super::paired::check_samples;
use super::rank::ranks;
use crate::compare::list_pearson;
use crate::sample_rows::{checked_rows, row_products};
use crate::{AlignmentError, ROUNDING, ROUNDING_OF_SAMPLES};

/// How two lists of pairwise distances are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RsaCorrelation {
    /// Pearson's correlation of the distances.
    Pearson,
    /// Spearman's correlation of their ranks: unchanged by any increasing function of the distances.
    Spearman,
}

/// How far apart two samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RsaDistance {
    /// \\(\lVert x_i - x_j\rVert\\).
    Euclidean,
    /// One less Pearson's correlation of the two samples over neurons, as Kriegeskorte et al. have it: a sample's mean and
    /// scale do not matter, and the basis of neurons does.
    Correlation,
}

/// Representational similarity analysis (Kriegeskorte et al. 2008): a similarity in \\([-1, 1]\\), the correlation of the
/// \\(n(n-1)/2\\) pairwise **Euclidean** distances between samples in one representation with those in the other.
/// Rows are paired samples, `[n, d1]` and `[n, d2]`. Takes \\(O(n^2 d)\\) time and memory for \\(n^2\\) numbers.
///
/// Unrelated representations are at 0 in the mean; what two have in common by pairs of samples that are close in both
/// for trivial reasons (duplicates, outliers) lifts it, most of all Pearson's.
///
/// # Errors
///
/// If the numbers of samples differ or are below 3, a value is not finite, or all distances of one are equal up to
/// rounding, as those of a regular simplex are. Distances whose difference is at most [`ROUNDING_OF_SAMPLES`] of the larger
/// one share a rank, and a distance of at most that share of the largest sample's norm is zero.
pub fn rsa(
    correlation: RsaCorrelation,
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
) -> Result<f64, AlignmentError> {
    rsa_by(RsaDistance::Euclidean, correlation, x, y)
}

/// [`rsa`] with another distance between samples.
///
/// # Errors
///
/// As [`rsa`]; by [`RsaDistance::Correlation`] also if the neurons of a sample are all equal.
pub fn rsa_by(
    distance: RsaDistance,
    correlation: RsaCorrelation,
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
) -> Result<f64, AlignmentError> {
    check_samples(x, y, 3)?;
    let x = checked_rows("the first representation", x, x.dim())?;
    let y = checked_rows("the second representation", y, y.dim())?;
    let (x, y) = (distances_by(distance, &x)?, distances_by(distance, &y)?);
    let share = ROUNDING_OF_SAMPLES;
    match correlation {
        RsaCorrelation::Pearson => list_pearson(&x, &y, share),
        RsaCorrelation::Spearman => list_pearson(&ranks(&x, share), &ranks(&y, share), share),
    }
}

/// Distances of all pairs, in a unit of their own.
pub(super) fn distances_by(
    distance: RsaDistance,
    rows: &Array2<f64>,
) -> Result<Vec<f64>, AlignmentError> {
    match distance {
        RsaDistance::Euclidean => Ok(distances(rows)),
        RsaDistance::Correlation => {
            // At mean zero and norm 1, half the squared distance is one less the correlation.
            let mut list = distances(&standardized(rows)?);
            list.iter_mut().for_each(|distance| *distance *= *distance);
            Ok(list)
        }
    }
}

/// Each row less its mean, at norm 1.
fn standardized(rows: &Array2<f64>) -> Result<Array2<f64>, AlignmentError> {
    let largest = rows
        .iter()
        .fold(f64::MIN_POSITIVE, |max, x| max.max(x.abs()));
    let mut rows = rows / largest;
    for (row, mut values) in rows.outer_iter_mut().enumerate() {
        let whole = values.dot(&values).sqrt();
        values -= values.mean().unwrap_or(0.0);
        let norm = values.dot(&values).sqrt();
        if norm <= ROUNDING_OF_SAMPLES * whole {
            return Err(AlignmentError::ConstantRow { row });
        }
        values /= norm;
    }
    Ok(rows)
}

/// Rows whose products with those before them are made at once.
const BLOCK: usize = 256;

/// Squared distances below this share of the squared norms are taken from differences.
const CLOSE: f64 = 1e-6;

/// Distances of all pairs, in a unit of their own; those that are rounding are exactly zero.
///
/// From inner products of centred rows, where these keep ten digits; those of samples that are closer, from differences.
pub(super) fn distances(rows: &Array2<f64>) -> Vec<f64> {
    let n = rows.nrows();
    // At a largest magnitude of 1 no square overflows or loses digits; correlations do not depend on the unit.
    let largest = rows.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    let mut rows = rows / if largest > 0.0 { largest } else { 1.0 };
    let squares =
        |rows: &Array2<f64>| -> Vec<f64> { rows.outer_iter().map(|row| row.dot(&row)).collect() };
    let floor = ROUNDING * squares(&rows).into_iter().fold(0.0, f64::max);
    if let Some(mean) = rows.mean_axis(Axis(0)) {
        rows -= &mean;
    }
    let norms = squares(&rows);
    let mut out = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for start in (0..n).step_by(BLOCK) {
        let end = n.min(start + BLOCK);
        let some = rows.slice(s![start..end, ..]);
        let products = row_products(some, rows.slice(s![..end, ..]));
        for i in start..end {
            let products = products.row(i - start);
            out.extend(
                norms[..i]
                    .iter()
                    .zip(products)
                    .enumerate()
                    .map(|(j, (other, product))| {
                        let both = norms[i] + other;
                        let mut square = both - 2.0 * product;
                        if square < CLOSE * both {
                            let pairs = rows.row(i).into_iter().zip(rows.row(j));
                            square = pairs.map(|(x, y)| (x - y) * (x - y)).sum();
                        }
                        if square > floor { square.sqrt() } else { 0.0 }
                    }),
            );
        }
    }
    out
}

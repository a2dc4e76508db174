//! Representational similarity analysis.

use ndarray::{Array2, ArrayView2};
use pulp::Arch;
use serde::{Deserialize, Serialize};

use super::paired::check_samples;
use super::rank::ranks;
use crate::compare::list_pearson;
use crate::sample_rows::checked_rows;
use crate::{AlignmentError, ROUNDING_OF_SAMPLES};

/// How two lists of pairwise distances are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RsaCorrelation {
    /// Pearson's correlation of the distances.
    Pearson,
    /// Spearman's correlation of their ranks: unchanged by any increasing function of the distances.
    Spearman,
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
    check_samples(x, y, 3)?;
    let x = distances(&checked_rows("the first representation", x, x.dim())?);
    let y = distances(&checked_rows("the second representation", y, y.dim())?);
    let share = ROUNDING_OF_SAMPLES;
    match correlation {
        RsaCorrelation::Pearson => list_pearson(&x, &y, share),
        RsaCorrelation::Spearman => list_pearson(&ranks(&x, share), &ranks(&y, share), share),
    }
}

/// Distances of all pairs, in a unit of their own, from differences and not from a Gram matrix; those that are rounding are exactly zero.
pub(super) fn distances(rows: &Array2<f64>) -> Vec<f64> {
    let (n, d) = rows.dim();
    // At a largest magnitude of 1 no square overflows or loses digits; correlations do not depend on the unit.
    let largest = rows.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    let rows = rows / if largest > 0.0 { largest } else { 1.0 };
    let values = rows.as_slice().unwrap_or_default();
    let row = |i: usize| &values[i * d..(i + 1) * d];
    let mut out: Vec<f64> = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    let square = |i: usize| row(i).iter().map(|x| x * x).sum::<f64>();
    let floor = ROUNDING_OF_SAMPLES * (0..n).map(square).fold(0.0, f64::max).sqrt();
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for i in 1..n {
                out.extend((0..i).map(|j| distance(row(i), row(j))));
            }
            for distance in &mut out {
                *distance = if *distance > floor { *distance } else { 0.0 };
            }
        },
    );
    out
}

/// In lanes, so that it vectorises.
#[inline(always)]
fn distance(x: &[f64], y: &[f64]) -> f64 {
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<8>(), y.as_chunks::<8>());
    let mut lanes = [0.0; 8];
    for (x, y) in x.iter().zip(y) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += (x - y) * (x - y);
        }
    }
    let rest: f64 = x_rest
        .iter()
        .zip(y_rest)
        .map(|(x, y)| (x - y) * (x - y))
        .sum();
    (lanes.iter().sum::<f64>() + rest).sqrt()
}

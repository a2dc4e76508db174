//! Spearman's rank correlation.

use ndarray::{ArrayView1, Axis};

use crate::{AlignmentError, pearson};

/// Spearman's rank correlation of two lists of numbers, in \\([-1, 1]\\): the Pearson correlation of their ranks, ties
/// sharing their mean rank.
///
/// # Errors
///
/// If the lengths differ, there are fewer than two pairs, a number is NaN (an infinity has a rank), or one list is
/// constant.
pub fn spearman(x: &[f64], y: &[f64]) -> Result<f64, AlignmentError> {
    if x.iter().chain(y).any(|value| value.is_nan()) {
        return Err(AlignmentError::Unranked);
    }
    flat_pearson(&ranks(x), &ranks(y))
}

/// [`pearson`] of two lists.
pub(crate) fn flat_pearson(x: &[f64], y: &[f64]) -> Result<f64, AlignmentError> {
    let [x, y] = [x, y].map(|list| ArrayView1::from(list).insert_axis(Axis(0)));
    pearson(x, y)
}

/// Ranks from 1; equal numbers share the mean of theirs.
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean_rank = below as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|&at| ranks[at] = mean_rank);
        below += tied.len();
    }
    ranks
}

//! Spearman's rank correlation.

use crate::compare::list_pearson;
use crate::rounding::equal;
use crate::{AlignmentError, ROUNDING};

/// Spearman's rank correlation of two lists of numbers, in \\([-1, 1]\\): the Pearson correlation of their ranks, ties
/// sharing their mean rank. Numbers whose difference is at most [`ROUNDING`] of the larger one are tied.
///
/// # Errors
///
/// If the lengths differ, there are fewer than two pairs, a number is NaN (an infinity has a rank), or one list is
/// constant up to rounding.
pub fn spearman(x: &[f64], y: &[f64]) -> Result<f64, AlignmentError> {
    if x.iter().chain(y).any(|value| value.is_nan()) {
        return Err(AlignmentError::Unranked);
    }
    list_pearson(&ranks(x, ROUNDING), &ranks(y, ROUNDING), ROUNDING)
}

/// Ranks from 1; numbers that differ by at most `share` of the larger one share the mean of theirs. Each group of tied
/// numbers is as near as that to its smallest one, so that close neighbours do not tie a whole list.
pub(super) fn ranks(values: &[f64], share: f64) -> Vec<f64> {
    // With their places, because looking each number up again takes longer than sorting.
    let mut sorted: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while let Some(&(smallest, _)) = sorted.get(start) {
        let near = |&&(value, _): &&(f64, usize)| equal(smallest, value, share);
        let tied = sorted[start..].iter().take_while(near).count();
        let mean_rank = start as f64 + (tied as f64 + 1.0) / 2.0;
        for &(_, at) in &sorted[start..start + tied] {
            ranks[at] = mean_rank;
        }
        start += tied;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_numbers_share_a_rank_and_chains_of_them_do_not() {
        assert_eq!(
            ranks(&[3.0, 1.0, 1.0 + 1e-9, 2.0], 1e-6),
            [4.0, 1.5, 1.5, 3.0]
        );
        assert_eq!(
            ranks(&[3.0, 1.0, 1.0 + 1e-9, 2.0], 1e-12),
            [4.0, 1.0, 2.0, 3.0]
        );
        // Each is tied with the next, the first not with the last.
        let chain: Vec<f64> = (0..5).map(|k| 1.0 + 0.6e-6 * f64::from(k)).collect();
        assert_eq!(ranks(&chain, 1e-6), [1.5, 1.5, 3.5, 3.5, 5.0]);
        assert_eq!(ranks(&[-2.0, 0.0, -2.0 - 1e-9], 1e-6), [1.5, 3.0, 1.5]);
        assert_eq!(
            ranks(&[f64::INFINITY, 0.0, f64::INFINITY], 1e-6),
            [2.5, 1.0, 2.5]
        );
        assert_eq!(ranks(&[], 1e-6), [0.0; 0]);
    }
}

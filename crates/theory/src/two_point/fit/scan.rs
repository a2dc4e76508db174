//! Starting points for a fit, so that it does not end in a poor minimum.

use std::f64::consts::LN_10;

use super::super::{Pair, Rates};
use super::objective::{Objective, sum_of_squares};
use super::optimize::{Minimum, refine};

/// Number of samples of the trajectory that a scan uses.
const SAMPLES: usize = 300;

/// Number of candidates that are refined.
const REFINED: usize = 8;

/// Converts log-rates to rates, which are therefore never negative.
pub(super) fn rates([eta_h, eta_y]: [f64; 2]) -> Rates {
    Rates {
        eta_h: eta_h.exp(),
        eta_y: eta_y.exp(),
    }
}

/// The minima reached from the best candidates, with the first sample as the start; the lowest first.
pub(super) fn minima(objective: &Objective, pair: Pair, h_end: f64) -> Vec<Minimum<2>> {
    let thin = objective.thinned(SAMPLES);
    let candidates = authors(pair, h_end)
        .into_iter()
        .chain(around(objective, pair, h_end));
    let mut tried: Vec<(f64, [f64; 2])> = candidates
        .filter_map(|at| Some((sum_of_squares(&thin.residuals(rates(at))?), at)))
        .collect();
    tried.sort_by(|x, y| x.0.total_cmp(&y.0));
    let residuals = |at| objective.residuals(rates(at));
    let mut minima: Vec<Minimum<2>> = distinct(&tried)
        .into_iter()
        .filter_map(|at| refine(&residuals, at))
        .collect();
    minima.sort_by(|x, y| x.sse.total_cmp(&y.sse));
    minima
}

/// Both log-rates, of which `rate` (0 is `eta_h`, 1 `eta_y`) is too small to matter.
pub(super) fn with_zero(rate: usize, other: f64) -> [f64; 2] {
    let mut both = [other; 2];
    both[rate] -= 18.0 * LN_10;
    both
}

/// The lowest sum of squares with `eta_h` (index 0) or `eta_y` (index 1) at zero, as the limit of a rate too small to
/// matter. The parameter is the log of the other rate.
pub(super) fn at_zero(objective: &Objective, rate: usize) -> Option<Minimum<1>> {
    let along = |at: [f64; 1]| objective.residuals(rates(with_zero(rate, at[0])));
    let start = powers(-6.0, 2.0, 100)
        .filter_map(|at| Some((sum_of_squares(&along([at])?), at)))
        .min_by(|x, y| x.0.total_cmp(&y.0))?;
    refine(&along, [start.1])
}

/// The authors' candidates (FOUND in their `simulate.optimize_eta`): \\(s(\rho, 1)\\) with \\(\rho = h_{end}^2/(dx^2
/// dy^2)\\), the ratio of the rates in the rich limit, and 100 \\(s\\) from \\(10^{-6}\\) to \\(10^2\\).
fn authors(pair: Pair, h_end: f64) -> Vec<[f64; 2]> {
    let ratio = rich_ratio(pair, h_end);
    powers(-6.0, 2.0, 100).map(|s| [s + ratio, s]).collect()
}

/// Candidates with other ratios, up to a factor of 1000, and escape rates of 0.1 to \\(10^4\\) per trajectory,
/// because away from the rich limit the final distance does not determine the ratio.
fn around(objective: &Objective, pair: Pair, h_end: f64) -> Vec<[f64; 2]> {
    let span = objective.times().last().copied().unwrap_or(1.0).ln();
    let data = (pair.dx2 * pair.dy2).ln();
    let mut all = Vec::new();
    for step in -6..=6 {
        let ratio = rich_ratio(pair, h_end) + 0.5 * f64::from(step) * LN_10;
        for escape in powers(-1.0, 4.0, 50) {
            let eta_y = escape - span - 0.5 * (ratio + data);
            all.push([eta_y + ratio, eta_y]);
        }
    }
    all
}

fn rich_ratio(pair: Pair, h_end: f64) -> f64 {
    2.0 * h_end.max(f64::MIN_POSITIVE.sqrt()).ln() - (pair.dx2 * pair.dy2).ln()
}

/// Natural logarithms of `logspace(from, to, count)`.
fn powers(from: f64, to: f64, count: u32) -> impl Iterator<Item = f64> {
    (0..count).map(move |k| LN_10 * (from + (to - from) * f64::from(k) / f64::from(count - 1)))
}

/// The best candidates that are not close to a better one.
fn distinct(tried: &[(f64, [f64; 2])]) -> Vec<[f64; 2]> {
    let mut kept: Vec<[f64; 2]> = Vec::new();
    for &(_, at) in tried {
        let near = |other: &[f64; 2]| (0..2).all(|i| (at[i] - other[i]).abs() < 0.5);
        if kept.len() < REFINED && !kept.iter().any(near) {
            kept.push(at);
        }
    }
    kept
}

//! The two constants that describe an architecture, fitted to one of its trajectories.
//!
//! **Objective** (FOUND in the authors' `simulate.optimize_eta`): the plain sum of squared errors of the three curves
//! over all epochs, unweighted, so the largest curve dominates. Sums of squares cannot be compared between settings
//! with different scales or lengths.
//!
//! **Start.** See [`Start`]. In the authors' code the start is the first sample; only the rates are fitted. Noise in
//! that sample then moves the whole curve. By default the start is fitted too (OURS).
//!
//! **Search.** The objective has local minima (MEASURED: the first layer of the default network has one at 242,
//! against 34.8). The search scans the authors' 100 candidates, then 650 with other ratios of the two rates. It
//! refines the best eight that are not neighbours by Levenberg and Marquardt's method in log-rates, so that rates
//! stay positive.
//!
//! **Refusals.** See [`FitRefusal`]. Four criteria decide whether the theory fits at all, the first two without a
//! threshold to tune:
//! - a rate must be above 0 to have a meaning in the theory. The sum of squares with that rate at 0 is minimised too.
//!   If it is not higher than the best sum with both rates above 0, the constrained optimum is at the border (an
//!   unconstrained fit would move to negative values) and the rate is refused;
//! - the theory must describe \\(h\\) and \\(y\\) better than their own means do. \\(w\\) is exempt: it is a single
//!   dip, and a dip of the right shape that comes slightly early leaves larger residuals than no dip at all;
//! - the theory must end where the network does: its last \\(y\\) is off by less than half of \\(dy^2\\), so either
//!   both have learned the pair or neither has;
//! - both rates must be determined: no 95 % interval spans more than a factor of 30 (OURS; for fits that describe a
//!   trajectory they span less than 2).
//!
//! **Intervals** have a level of 95 %. They describe one trajectory and use the autocorrelation of its residuals (a
//! sandwich with a whitened Newey–West kernel). They say how well this trajectory determines its optimum, and nothing
//! about other seeds.

mod interval;
mod mean;
mod objective;
mod optimize;
mod refusal;
mod scan;
mod squares;
mod start;

use serde::{Deserialize, Serialize};

use crate::TheoryError;

use super::{Dynamics, Limits, Pair, Rates, State, Trajectory};

pub use mean::{MeanFit, fit_mean};
pub use refusal::FitRefusal;
pub use squares::{check_ends, check_squares};
pub use start::Start;

use objective::{Objective, sum_of_squares};
use scan::rates;
use start::Best;

/// The rates that fit a trajectory best, and the quality of the fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The data of the pair.
    pub pair: Pair,
    /// The right-hand side that was fitted.
    pub dynamics: Dynamics,
    /// The fitted rates.
    pub rates: Rates,
    /// The start of the fitted solution: the first sample if that is exact. Noise may leave a fitted one slightly
    /// impossible, with `y2` below 0 for instance.
    pub start: State,
    /// 95 % interval of `eta_h`.
    pub eta_h_ci95: [f64; 2],
    /// 95 % interval of `eta_y`.
    pub eta_y_ci95: [f64; 2],
    /// Sum of squares of the three curves over all epochs.
    pub sse: f64,
    /// Root mean square of the residuals of `h2`, `y2`, `w`.
    pub rmse: [f64; 3],
    /// Share of the variance of `h2`, `y2`, `w` that the theory explains; below 0 if it does worse than the curve's
    /// mean.
    pub explained: [f64; 3],
    /// Lazy limit \\(A_{high}\\) of the final squared distance.
    pub a_high: f64,
    /// Rich limit \\(A_{low}\\).
    pub a_low: f64,
    /// Final squared distance, in closed form (of the theory's dynamics, whichever was fitted).
    pub h_inf: f64,
    /// The last measured squared distance.
    pub h_end: f64,
}

/// Minimum number of samples for fitting the start too.
const MIN_SAMPLES_FOR_START: usize = 8;

/// Fits the rates to a trajectory.
///
/// # Errors
/// [`FitRefusal`] if the theory does not fit.
pub fn fit(
    trajectory: &Trajectory,
    pair: Pair,
    dynamics: Dynamics,
    start: Start,
) -> Result<Fit, FitRefusal> {
    pair.check()?;
    if pair.dy2 == 0.0 {
        return Err(FitRefusal::SameTarget);
    }
    trajectory.check(pair)?;
    match start {
        Start::Exact => trajectory.start().check(pair)?,
        Start::Measured => {
            enough(trajectory)?;
            check_ends(trajectory, pair)?;
        }
    }
    let objective = Objective::new(trajectory, pair, dynamics);
    let epochs = trajectory.times().last().copied().unwrap_or(0.0);
    let best = start
        .best(&objective, pair, trajectory.end().h2)
        .ok_or(FitRefusal::NoSolution { epochs })?;
    inside(&objective, start, best)?;
    described(&objective, trajectory, start, best)
}

fn enough(trajectory: &Trajectory) -> Result<(), TheoryError> {
    let (found, fewest) = (trajectory.states().len(), MIN_SAMPLES_FOR_START);
    if found < fewest {
        return Err(TheoryError::TooFew { found, fewest });
    }
    Ok(())
}

/// Refuses a minimum that is not lower than the minimum with one rate at 0.
fn inside(objective: &Objective, start: Start, best: Best) -> Result<(), FitRefusal> {
    for (index, rate) in ["eta_h", "eta_y"].into_iter().enumerate() {
        let border = start.at_zero(objective, objective.pair(), best, index);
        // Differences below this share of the sum are rounding.
        if best.sse >= border * (1.0 - 1e-9) {
            return Err(FitRefusal::RateAtZero {
                rate,
                at_zero: border,
                inside: best.sse,
            });
        }
    }
    Ok(())
}

/// Maximum ratio of the ends of the 95 % interval for a rate to count as determined (OURS).
const MAX_INTERVAL_RATIO: f64 = 30.0;

/// The last measured `y2`, and how far above it the theory ends; 0 if the last sample has no weight.
fn at_end(residuals: &[f64], roots: &[f64], trajectory: &Trajectory) -> (f64, f64) {
    let last = residuals.len().saturating_sub(2);
    let off = match (residuals.get(last), roots.last()) {
        (Some(off), Some(root)) if *root > 0.0 => off / root,
        _ => 0.0,
    };
    (trajectory.end().y2, off)
}

/// The fit, if it describes both distances better than their means do and ends where the network does.
fn described(
    objective: &Objective,
    trajectory: &Trajectory,
    start: Start,
    best: Best,
) -> Result<Fit, FitRefusal> {
    let [eta_h, eta_y] = best.log_rates;
    let found = rates(best.log_rates);
    let undetermined = || FitRefusal::Undetermined {
        eta_h: found.eta_h,
        eta_y: found.eta_y,
    };
    let left = objective
        .residuals_from(found, best.start)
        .ok_or_else(undetermined)?;
    let roots = objective.roots();
    let of_curve = |curve: usize| {
        let own: Vec<f64> = left.iter().copied().skip(curve).step_by(3).collect();
        let states = trajectory.states().iter();
        let values: Vec<f64> = states.map(|state| state.to_array()[curve]).collect();
        (sum_of_squares(&own), about_mean(&values, roots))
    };
    let sums = [0, 1, 2].map(of_curve);
    for (curve, (left, total)) in ["h2", "y2"].into_iter().zip(sums) {
        // A constant curve leaves nothing to describe.
        if left >= total {
            return Err(FitRefusal::NotDescribed { curve, left, total });
        }
    }
    let (measured, off) = at_end(&left, roots, trajectory);
    if off.abs() > 0.5 * objective.pair().dy2 {
        let theory = measured + off;
        return Err(FitRefusal::EndMismatch { measured, theory });
    }
    let errors = start
        .errors(objective, objective.pair(), best)
        .ok_or_else(undetermined)?;
    let eta_h_ci95 = interval::ci95(eta_h, errors[0]);
    let eta_y_ci95 = interval::ci95(eta_y, errors[1]);
    let wide = |[low, high]: [f64; 2]| high > MAX_INTERVAL_RATIO * low;
    if wide(eta_h_ci95) || wide(eta_y_ci95) {
        return Err(undetermined());
    }
    let limits = Limits::new(objective.pair(), found, best.start);
    let epochs = sum_of_squares(roots);
    let fit = Fit {
        pair: objective.pair(),
        dynamics: objective.dynamics(),
        rates: found,
        start: best.start,
        eta_h_ci95,
        eta_y_ci95,
        sse: best.sse,
        rmse: sums.map(|(left, _)| (left / epochs).sqrt()),
        explained: sums.map(|(left, total)| if total > 0.0 { 1.0 - left / total } else { 0.0 }),
        a_high: limits.a_high,
        a_low: limits.a_low,
        h_inf: limits.h_inf,
        h_end: trajectory.end().h2,
    };
    if fit.is_finite() {
        Ok(fit)
    } else {
        Err(FitRefusal::OutOfRange)
    }
}

impl Fit {
    fn is_finite(&self) -> bool {
        let [of_h, of_y] = [self.eta_h_ci95, self.eta_y_ci95];
        let curves = self.rmse.into_iter().chain(self.explained);
        let limits = [self.sse, self.a_high, self.a_low, self.h_inf];
        let mut all = of_h.into_iter().chain(of_y).chain(curves).chain(limits);
        self.start.is_finite() && all.all(f64::is_finite)
    }
}

/// Weighted sum of squares about the weighted mean; `roots` are the square roots of the weights.
fn about_mean(values: &[f64], roots: &[f64]) -> f64 {
    let weights = || roots.iter().map(|root| root * root);
    let mean = values
        .iter()
        .zip(weights())
        .map(|(v, w)| v * w)
        .sum::<f64>()
        / sum_of_squares(roots);
    let squares = values.iter().zip(weights());
    squares.map(|(v, w)| w * (v - mean).powi(2)).sum()
}

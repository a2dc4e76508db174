//! The third constant: the rate of the mean prediction, from the loss.

use serde::{Deserialize, Serialize};

use super::super::{Trajectory, loss};
use super::objective::{Objective, sum_of_squares};
use super::optimize::refine;
use super::{Fit, FitRefusal};

/// The best-fitting rate of the mean prediction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanFit {
    /// \\(\bar\eta = 1/\bar\tau\\), per epoch (without the factor 1/2 that the other two carry).
    pub eta_mean: f64,
    /// Sum of squares over all epochs.
    pub sse: f64,
}

/// Fits \\(\bar\eta\\) to the measured loss, one value for each sample of the trajectory, given the fitted rates (FOUND
/// in the authors' `optimize_eta_y_mean`: the same objective). `y0_mean` is the squared distance of the mean
/// prediction from the mean target at the start; [`mean_from_loss`](super::super::mean_from_loss) gives it from the
/// first loss.
///
/// # Errors
/// A loss of a different length, a `y0_mean` that is not above 0, and a loss that the formula describes worse than
/// its own mean does.
pub fn fit_mean(
    measured: &[f64],
    trajectory: &Trajectory,
    fit: &Fit,
    y0_mean: f64,
) -> Result<MeanFit, FitRefusal> {
    let objective = Objective::new(trajectory, fit.pair, fit.dynamics);
    let finite = measured.iter().filter(|value| value.is_finite()).count();
    if measured.len() != objective.samples() || finite != measured.len() {
        return Err(FitRefusal::Loss {
            found: finite,
            samples: objective.samples(),
        });
    }
    super::super::state::positive("y0_mean", y0_mean)?;
    let (times, roots) = (objective.times(), objective.roots());
    let refused = || FitRefusal::NoSolution {
        epochs: times.last().copied().unwrap_or(0.0),
    };
    let states = objective
        .predict(fit.rates, fit.start)
        .ok_or_else(refused)?;
    let residuals = |at: [f64; 1]| {
        let rate = at[0].exp();
        let samples = states.iter().zip(times).zip(measured).zip(roots);
        let left = samples.map(|(((&state, &t), &measured), root)| {
            root * (loss(fit.pair, state, y0_mean, rate, t) - measured)
        });
        Some(left.collect::<Vec<f64>>())
    };
    let span = times.last().copied().unwrap_or(1.0);
    // From a hundredth of a decay over the whole trajectory to one decay within a sample; a fine scan, since there is
    // one parameter.
    let candidates = (0..200).map(|k| -2.0 + 10.0 * f64::from(k) / 199.0);
    let sse = |at: f64| residuals([at]).map_or(f64::INFINITY, |left| sum_of_squares(&left));
    let start = candidates
        .map(|power| power * std::f64::consts::LN_10 - span.ln())
        .min_by(|&x, &y| sse(x).total_cmp(&sse(y)))
        .unwrap_or(0.0);
    let minimum = refine(&residuals, [start]).ok_or_else(refused)?;
    let total = super::about_mean(measured, roots);
    if minimum.sse > total {
        return Err(FitRefusal::NotDescribed {
            curve: "loss",
            left: minimum.sse,
            total,
        });
    }
    Ok(MeanFit {
        eta_mean: minimum.at[0].exp(),
        sse: minimum.sse,
    })
}

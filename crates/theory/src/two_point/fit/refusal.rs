//! Reasons why there is no fit.

use crate::TheoryError;
use crate::error::number;

/// Why a trajectory has no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitRefusal {
    /// The trajectory or the pair is invalid.
    #[error(transparent)]
    Impossible(#[from] TheoryError),
    /// Both points have the same target.
    #[error(
        "dy2 is 0: two points with the same target say nothing of the rates' ratio; fit a pair with different targets"
    )]
    SameTarget,
    /// A curve holds distances, not their squares.
    #[error(
        "{columns} looks like a distance that was not squared; give squares: h2 = |dh|^2, y2 = |dy|^2, w = y2 - dy.dy*"
    )]
    Unsquared {
        /// The columns to be squared.
        columns: &'static str,
    },
    /// No candidate of the scan has a solution.
    #[error("the dynamics has no solution over the {} epochs at any rate tried", number(*.epochs))]
    NoSolution {
        /// Length of the trajectory.
        epochs: f64,
    },
    /// The best value of a rate is 0 (without the constraint it would be negative).
    #[error(
        "the best {rate} is 0: with it the sum of squares is {at_zero:.3e}, and nowhere lower at a positive rate ({inside:.3e}); the representation moves against the theory, or the trajectory is too short to show it moving"
    )]
    RateAtZero {
        /// `eta_h` or `eta_y`.
        rate: &'static str,
        /// Minimum sum of squares with that rate at 0.
        at_zero: f64,
        /// Minimum found with the rate above 0.
        inside: f64,
    },
    /// A constant describes a measured curve better than the theory does.
    #[error(
        "the theory does not describe {curve}: it leaves {} of squares, the curve's own mean {}",
        four(*.left), four(*.total)
    )]
    NotDescribed {
        /// `h2`, `y2` or `loss`.
        curve: &'static str,
        /// Sum of squared residuals of the curve.
        left: f64,
        /// Sum of squares about the curve's mean.
        total: f64,
    },
    /// By the end of the run, either only the network or only the theory has separated the points.
    #[error(
        "at the end the squared distance of the outputs is {} and the theory's {}: one of the two has not learned the pair; train for longer, or leave this run out",
        four(*.measured), four(*.theory)
    )]
    EndMismatch {
        /// The last measured `y2`.
        measured: f64,
        /// The theory's value at the same time.
        theory: f64,
    },
    /// The minimum is flat in some direction: the data do not determine a combination of the rates.
    #[error(
        "eta_h {eta_h:.3e} and eta_y {eta_y:.3e} fit best, but others fit as well: the trajectory does not determine them; measure for longer, or leave this run out"
    )]
    Undetermined {
        /// The best value of `eta_h`.
        eta_h: f64,
        /// The best value of `eta_y`.
        eta_y: f64,
    },
    /// A number of the fit overflows.
    #[error(
        "a number of the fit leaves the range of f64; give epochs and squared distances that are less extreme"
    )]
    OutOfRange,
    /// A loss curve differs in length from the trajectory, or has a value that is not finite.
    #[error("{found} finite values of the loss for {samples} samples; give one for each")]
    Loss {
        /// Number of finite values.
        found: usize,
        /// Number of samples of the trajectory.
        samples: usize,
    },
}

/// Four decimal places, or four digits of a large number.
fn four(value: f64) -> String {
    if value.abs() < 1e9 {
        format!("{value:.4}")
    } else {
        format!("{value:.3e}")
    }
}

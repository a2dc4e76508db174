//! Trajectories that hold distances where squares are expected, a likely slip.

use super::super::{Dynamics, Pair, State, Trajectory};
use super::{Fit, FitRefusal, Start, fit};

/// Number of samples of a trajectory that is fitted on suspicion.
const SAMPLES: usize = 300;

/// A share of unexplained variance below which a fit raises no suspicion.
const POOR: f64 = 0.02;

/// Refuses a trajectory that ends where *distances* do: \\(\lVert dy\rVert = \lVert dy^\*\rVert\\), with `w` at rest
/// or computed from the distance.
///
/// It needs no fit, and recognises a trained network unless \\(dy^2\\) is so near 1 that its root is the same.
///
/// # Errors
/// [`FitRefusal::Unsquared`].
pub fn check_ends(trajectory: &Trajectory, pair: Pair) -> Result<(), FitRefusal> {
    let State { y2, w, .. } = trajectory.end();
    let near = |value: f64, other: f64, share: f64| (value - other).abs() <= share * other;
    let rests = w.abs() <= 0.05 * pair.dy2 || near(y2 - w, pair.dy2, 0.05);
    if near(y2 * y2, pair.dy2, 0.05) && !near(y2, pair.dy2, 0.15) && rests {
        return Err(FitRefusal::Unsquared { columns: "y2" });
    }
    Ok(())
}

/// Refuses a trajectory that was fitted poorly, or not at all, if the theory describes the squares of its distances
/// at least twenty times better.
///
/// # Errors
/// [`FitRefusal::Unsquared`], with the columns to be squared.
pub fn check_squares(
    trajectory: &Trajectory,
    pair: Pair,
    found: &Result<Fit, FitRefusal>,
) -> Result<(), FitRefusal> {
    let unexplained = match found {
        Ok(fit) => worst(fit),
        Err(FitRefusal::Impossible(_) | FitRefusal::SameTarget) => return Ok(()),
        Err(_) => 1.0,
    };
    if unexplained < POOR {
        return Ok(());
    }
    for (columns, squared) in suspects(trajectory) {
        let squared =
            squared.and_then(|run| fit(&run, pair, Dynamics::Original, Start::Exact).ok());
        if squared.is_some_and(|fit| worst(&fit) < (0.05 * unexplained).min(0.5 * POOR)) {
            return Err(FitRefusal::Unsquared { columns });
        }
    }
    Ok(())
}

/// The largest share of the variance of a curve that is not explained.
fn worst(fit: &Fit) -> f64 {
    1.0 - fit.explained.into_iter().fold(1.0, f64::min)
}

/// The trajectory with columns squared; `w` belongs to the right distance of the outputs or was computed from the
/// wrong one.
fn suspects(trajectory: &Trajectory) -> [(&'static str, Option<Trajectory>); 5] {
    let step = trajectory.states().len().div_ceil(SAMPLES);
    let with = |h: bool, y: bool, w: bool| {
        let changed = |state: &State| {
            let y2 = if y { state.y2.powi(2) } else { state.y2 };
            State {
                h2: if h { state.h2.powi(2) } else { state.h2 },
                y2,
                w: if w { y2 - state.overlap() } else { state.w },
            }
        };
        let states = trajectory.states().iter().step_by(step).map(changed);
        let states: Vec<State> = states.collect();
        let epochs = trajectory.epochs().iter().step_by(step).copied().collect();
        let curve = |of: fn(&State) -> f64| states.iter().map(of).collect();
        Trajectory::with_epochs(epochs, curve(|s| s.h2), curve(|s| s.y2), curve(|s| s.w)).ok()
    };
    [
        ("h2", with(true, false, false)),
        ("h2 and y2", with(true, true, false)),
        ("h2 and y2", with(true, true, true)),
        ("y2", with(false, true, false)),
        ("y2", with(false, true, true)),
    ]
}

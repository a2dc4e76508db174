//! States at given times.

use super::dopri::DormandPrince;
use super::{Dynamics, Exact, Pair, Rates, State};
use crate::TheoryError;

/// A start and everything that determines its trajectory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Problem {
    /// The data.
    pub pair: Pair,
    /// The constants.
    pub rates: Rates,
    /// The state at time 0.
    pub start: State,
    /// The right-hand side.
    pub dynamics: Dynamics,
}

/// The accuracy of an integration: the estimated error of a step is below `absolute + relative * |value|` in each
/// unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Relative to the value.
    pub relative: f64,
    /// In units of the unknown, which matters near 0.
    pub absolute: f64,
    /// Maximum number of steps.
    pub max_steps: usize,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            relative: 1e-9,
            absolute: 1e-14,
            max_steps: 1_000_000,
        }
    }
}

/// The states of a problem at the given times (epochs, ascending, at least 0).
///
/// [`Dynamics::Original`] is solved [exactly](Exact), whatever the tolerance; [`integrate`] solves the others.
///
/// # Errors
/// Impossible values, times that are not in ascending order, solutions that leave the range of `f64`, and whatever
/// [`integrate`] refuses.
pub fn solve(
    problem: &Problem,
    times: &[f64],
    tolerance: Tolerance,
) -> Result<Vec<State>, TheoryError> {
    if problem.dynamics != Dynamics::Original {
        return integrate(problem, times, tolerance);
    }
    let exact = Exact::new(problem.pair, problem.rates, problem.start)?;
    problem.start.check(problem.pair)?;
    check_times(times)?;
    times
        .iter()
        .map(|&time| {
            let state = exact.at(time).filter(State::is_finite);
            state.ok_or(TheoryError::OutOfRange { time })
        })
        .collect()
}

/// The states of a problem by numerical integration, for every right-hand side: the embedded Runge–Kutta pair 5(4) of
/// Dormand and Prince with its continuous extension of order 4 (Hairer, Nørsett, Wanner, "Solving Ordinary
/// Differential Equations I", II.5 and II.6).
///
/// Not of \\(h, y, w\\), but of \\(s = \pm\sqrt h\\), \\(z = w/s\\) and \\(q = y/h\\), in which the true dynamics
/// divides by nothing (DERIVED):
/// \\[ s' = -\tfrac a2 z, \qquad z' = -\tfrac{\eta_y}{2}s(3zs - qs^2 + dy^2) - \tfrac a2 zq, \qquad q' = -\eta_y zs . \\]
///
/// # Errors
/// Impossible values, times that are not in ascending order, more steps than the tolerance allows (the method is
/// explicit, so rates can be far too fast for the time span), and, for the wrong dynamics, a distance that reaches 0
/// in finite time: they divide by it, and no solution exists beyond. The theory's own dynamics continues; see
/// [`Exact`].
pub fn integrate(
    problem: &Problem,
    times: &[f64],
    tolerance: Tolerance,
) -> Result<Vec<State>, TheoryError> {
    problem.pair.check()?;
    problem.rates.check()?;
    problem.start.check(problem.pair)?;
    check_times(times)?;
    let mut states = Vec::with_capacity(times.len());
    integrate_into(problem, times, tolerance, |state| states.push(state))?;
    match states.iter().position(|state| !state.is_finite()) {
        Some(index) => Err(TheoryError::OutOfRange { time: times[index] }),
        None => Ok(states),
    }
}

/// [`integrate`] without its checks; passes each state to a sink.
pub(super) fn integrate_into(
    problem: &Problem,
    times: &[f64],
    tolerance: Tolerance,
    mut sink: impl FnMut(State),
) -> Result<(), TheoryError> {
    let (start, end) = (problem.start, times.last().copied().unwrap_or(0.0));
    let s = start.h2.sqrt();
    let chart = [s, start.w / s, start.y2 / start.h2];
    let mut steps = DormandPrince::new(|x| field(problem, x), chart, end, tolerance);
    for &t in times {
        while steps.time() < t {
            steps.step()?;
        }
        let [s, z, q] = steps.interpolate(t);
        let h2 = s * s;
        sink(State {
            h2,
            y2: q * h2,
            w: z * s,
        });
    }
    Ok(())
}

/// Derivatives of \\(s, z, q\\); NaN where wrong dynamics would divide by 0 or have crossed it.
fn field(problem: &Problem, [s, z, q]: [f64; 3]) -> [f64; 3] {
    let eta_y = problem.rates.eta_y;
    let a = problem.rates.eta_h * problem.pair.dx2;
    let original = [
        -0.5 * a * z,
        -0.5 * eta_y * s * (3.0 * z * s - q * s * s + problem.pair.dy2) - 0.5 * a * z * q,
        -eta_y * z * s,
    ];
    if problem.dynamics == Dynamics::Original {
        return original;
    }
    let over = if s > 0.0 { a * z / s } else { f64::NAN };
    let [s_slope, z_slope, q_slope] = original;
    match problem.dynamics {
        Dynamics::Original => original,
        Dynamics::OutputDoubled => [s_slope, z_slope, 2.0 * q_slope - over * q],
        Dynamics::RepresentationDoubled => {
            [2.0 * s_slope, z_slope + 0.5 * over * z, q_slope + over * q]
        }
        Dynamics::SignFlipped => [s_slope, z_slope + a * z * q + over * z, q_slope],
        Dynamics::TermDropped => [s_slope, z_slope, q_slope + over * q],
    }
}

pub(super) fn check_times(times: &[f64]) -> Result<(), TheoryError> {
    let mut before = 0.0;
    for (index, &found) in times.iter().enumerate() {
        // Not `found < before`: NaN must fail as well.
        if !(found >= before && found.is_finite()) {
            return Err(TheoryError::TimeOrder {
                index,
                found,
                before,
            });
        }
        before = found;
    }
    Ok(())
}

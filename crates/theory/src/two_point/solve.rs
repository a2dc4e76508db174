//! States at given times.

use super::dopri::DormandPrince;
use super::{Dynamics, Exact, Pair, Rates, State};
use crate::TheoryError;

/// A start and everything that decides where it goes.
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

/// How exact an integration is: the estimated error of a step is below `absolute + relative * |value|` in each curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Relative to the value.
    pub relative: f64,
    /// In units of the curve.
    pub absolute: f64,
    /// Steps after which the integration gives up.
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
/// [`Dynamics::Original`] is solved [exactly](Exact), whatever the tolerance; the others by [`integrate`].
///
/// # Errors
/// Numbers that are not possible, times that do not ascend, and what [`integrate`] refuses.
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
        .map(|&t| exact.at(t).ok_or(TheoryError::Vanished { time: t }))
        .collect()
}

/// The same by numerical integration, for every right-hand side: the embedded Runge–Kutta pair 5(4) of Dormand and
/// Prince with its continuous extension of order 4 (Hairer, Nørsett, Wanner, "Solving Ordinary Differential Equations
/// I", II.5 and II.6).
///
/// # Errors
/// Numbers that are not possible, times that do not ascend, more steps than the tolerance allows (rates that are far too fast for the time span),
/// and a representation distance that becomes 0 in finite time: \\(h\\) stands in a denominator, and there is no
/// solution beyond. Only the true dynamics goes on there, see [`Exact`].
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
    Ok(states)
}

/// [`integrate`] without its checks, into a sink.
pub(super) fn integrate_into(
    problem: &Problem,
    times: &[f64],
    tolerance: Tolerance,
    mut sink: impl FnMut(State),
) -> Result<(), TheoryError> {
    let Problem {
        pair,
        rates,
        start,
        dynamics,
    } = *problem;
    let field = |y: [f64; 3]| derivative_array(dynamics, pair, rates, y);
    let end = times.last().copied().unwrap_or(0.0);
    let mut steps = DormandPrince::new(field, start.to_array(), end, tolerance);
    for &t in times {
        while steps.time() < t {
            steps.step()?;
        }
        sink(State::from_array(steps.interpolate(t)));
    }
    Ok(())
}

fn derivative_array(dynamics: Dynamics, pair: Pair, rates: Rates, y: [f64; 3]) -> [f64; 3] {
    super::derivative(dynamics, pair, rates, State::from_array(y)).to_array()
}

pub(super) fn check_times(times: &[f64]) -> Result<(), TheoryError> {
    let mut before = 0.0;
    for (index, &found) in times.iter().enumerate() {
        // Not `found < before`: NaN has to fail as well.
        if !(found >= before && found.is_finite()) {
            return Err(TheoryError::Times {
                index,
                found,
                before,
            });
        }
        before = found;
    }
    Ok(())
}

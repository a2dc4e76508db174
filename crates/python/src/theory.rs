//! The theory of two points, and the clock of weight decay.

use formant_alignment::balance;
use formant_theory::two_point::{
    Dynamics, Limits, Pair, Problem, Rates, Start, State, Tolerance, Trajectory, fit, solve,
};
use pyo3::prelude::*;

use crate::errors::{json, value_error};

/// `(dx2, dy2)`, `(eta_h, eta_y)` and `(h2, y2, w)` as a problem.
fn problem((dx2, dy2): (f64, f64), (eta_h, eta_y): (f64, f64), start: [f64; 3]) -> Problem {
    Problem {
        pair: Pair { dx2, dy2 },
        rates: Rates { eta_h, eta_y },
        start: State::from_array(start),
        dynamics: Dynamics::Original,
    }
}

/// `h2`, `y2` and `w` at each time.
#[pyfunction]
pub fn two_point(
    py: Python<'_>,
    times: Vec<f64>,
    pair: (f64, f64),
    rates: (f64, f64),
    start: [f64; 3],
) -> PyResult<Vec<[f64; 3]>> {
    let problem = problem(pair, rates, start);
    let states = py.detach(|| solve(&problem, &times, Tolerance::default()));
    let states = states.map_err(value_error)?.into_iter();
    Ok(states.map(State::to_array).collect())
}

/// The final distance with its limits, as JSON.
#[pyfunction]
pub fn two_point_limits(pair: (f64, f64), rates: (f64, f64), start: [f64; 3]) -> PyResult<String> {
    let Problem {
        pair, rates, start, ..
    } = problem(pair, rates, start);
    pair.check().map_err(value_error)?;
    rates.check().map_err(value_error)?;
    start.check(pair).map_err(value_error)?;
    json(&Limits::new(pair, rates, start))
}

/// The two constants of a trajectory, as JSON.
#[pyfunction]
#[pyo3(signature = (epochs, h2, y2, w, pair, exact_start))]
pub fn fit_two_point(
    py: Python<'_>,
    epochs: Vec<f64>,
    h2: Vec<f64>,
    y2: Vec<f64>,
    w: Vec<f64>,
    pair: (f64, f64),
    exact_start: bool,
) -> PyResult<String> {
    let (dx2, dy2) = pair;
    let pair = Pair { dx2, dy2 };
    let trajectory = Trajectory::with_epochs(epochs, h2, y2, w).map_err(value_error)?;
    let start = if exact_start {
        Start::Exact
    } else {
        Start::Measured
    };
    let found = py.detach(|| fit(&trajectory, pair, Dynamics::Original, start));
    json(&found.map_err(value_error)?)
}

/// How many decay times `steps` of SGD last: `lr * weight_decay * steps / (1 - momentum)`.
#[pyfunction]
pub fn decay_times(lr: f64, weight_decay: f64, momentum: f64, steps: f64) -> f64 {
    balance::decay_times(lr, weight_decay, momentum, steps)
}

/// Whether so many decay times are enough for a stationary state.
#[pyfunction]
pub fn is_stationary(decay_times: f64) -> bool {
    balance::is_stationary(decay_times)
}

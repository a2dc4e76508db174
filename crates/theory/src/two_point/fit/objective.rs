//! The sum of squares that a fit minimises.

use super::super::solve::integrate_into;
use super::super::{Dynamics, Exact, Pair, Problem, Rates, State, Tolerance, Trajectory};

/// Tolerance for the wrong dynamics inside a fit; the theory's own is solved exactly. A candidate that needs more
/// steps is so fast that the points jump within a fraction of an epoch, and is skipped.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-8,
    absolute: 1e-12,
    max_steps: 5_000,
};

/// Residuals of the theory against a trajectory, as a function of the rates and the start.
pub(super) struct Objective {
    pair: Pair,
    dynamics: Dynamics,
    start: State,
    times: Vec<f64>,
    states: Vec<State>,
    /// Square roots of the weights.
    roots: Vec<f64>,
}

impl Objective {
    pub(super) fn new(trajectory: &Trajectory, pair: Pair, dynamics: Dynamics) -> Self {
        Self {
            pair,
            dynamics,
            start: trajectory.start(),
            times: trajectory.times().to_vec(),
            states: trajectory.states().to_vec(),
            roots: trajectory.weights().iter().map(|w| w.sqrt()).collect(),
        }
    }

    /// The same objective on about `samples` samples with larger weights, for scans.
    pub(super) fn thinned(&self, samples: usize) -> Self {
        let step = self.times.len().div_ceil(samples).max(1);
        let every = |values: &[f64]| values.iter().copied().step_by(step).collect::<Vec<_>>();
        let weight = (step as f64).sqrt();
        Self {
            times: every(&self.times),
            states: self.states.iter().copied().step_by(step).collect(),
            roots: every(&self.roots)
                .iter()
                .map(|root| root * weight)
                .collect(),
            ..*self
        }
    }

    pub(super) fn pair(&self) -> Pair {
        self.pair
    }

    pub(super) fn dynamics(&self) -> Dynamics {
        self.dynamics
    }

    /// The first sample.
    pub(super) fn start(&self) -> State {
        self.start
    }

    pub(super) fn samples(&self) -> usize {
        self.times.len()
    }

    pub(super) fn times(&self) -> &[f64] {
        &self.times
    }

    pub(super) fn roots(&self) -> &[f64] {
        &self.roots
    }

    /// The theory at the times of the samples; `None` where there is no solution.
    pub(super) fn predict(&self, rates: Rates, start: State) -> Option<Vec<State>> {
        let mut states = Vec::with_capacity(self.times.len());
        self.each(rates, start, |state| states.push(state))?;
        Some(states)
    }

    /// Weighted residuals, theory minus measured, of the solution through the first sample: `h, y, w` of the first
    /// sample, then of the second, …
    pub(super) fn residuals(&self, rates: Rates) -> Option<Vec<f64>> {
        self.residuals_from(rates, self.start)
    }

    /// The same for the solution from another start, which noise may have made slightly impossible.
    pub(super) fn residuals_from(&self, rates: Rates, start: State) -> Option<Vec<f64>> {
        let mut residuals = Vec::with_capacity(3 * self.times.len());
        let mut index = 0;
        self.each(rates, start, |state| {
            let (measured, root) = (self.states[index].to_array(), self.roots[index]);
            let pairs = state.to_array().into_iter().zip(measured);
            residuals.extend(pairs.map(|(theory, measured)| root * (theory - measured)));
            index += 1;
        })?;
        residuals.iter().all(|r| r.is_finite()).then_some(residuals)
    }

    fn each(&self, rates: Rates, start: State, mut sink: impl FnMut(State)) -> Option<()> {
        if self.dynamics == Dynamics::Original {
            let exact = rates
                .are_positive()
                .then(|| Exact::through(self.pair, rates, start))?;
            for &t in &self.times {
                sink(exact.at(t)?);
            }
            return Some(());
        }
        let problem = Problem {
            pair: self.pair,
            rates,
            start,
            dynamics: self.dynamics,
        };
        integrate_into(&problem, &self.times, TOLERANCE, sink).ok()
    }
}

/// Sum of squares.
pub(super) fn sum_of_squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

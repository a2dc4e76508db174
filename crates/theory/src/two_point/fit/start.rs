//! The start of a fitted trajectory: the first sample as it is, or three more parameters.

use super::super::{Pair, State};
use super::interval::log_errors;
use super::objective::Objective;
use super::optimize::{Minimum, dot, jacobian, refine};
use super::scan::{at_zero, minima, rates, with_zero};

/// How much a fit trusts the first sample of a trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// The first sample is a measurement like every other, so the state at the start is fitted together with the
    /// rates. Right for whatever has noise.
    #[default]
    Measured,
    /// The first sample is the start, without error, as in the authors' code. Right for a deterministic network; with
    /// noise in the first sample the intervals are too narrow (MEASURED: noise of 0.2 % on every sample leaves 95 %
    /// intervals that hold the truth 2 % of the time).
    Exact,
}

/// The lowest minimum of the sum of squares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    /// `eta_h` and `eta_y`.
    pub(super) log_rates: [f64; 2],
    /// The start of the solution.
    pub(super) start: State,
    pub(super) sse: f64,
}

impl Start {
    /// The lowest minimum reached.
    pub(super) fn best(self, objective: &Objective, pair: Pair, h_end: f64) -> Option<Best> {
        let minima = minima(objective, pair, h_end);
        let first = *minima.first()?;
        if self == Self::Exact {
            return Some(Best {
                log_rates: first.at,
                start: objective.start(),
                sse: first.sse,
            });
        }
        let units = Units::new(objective, pair, first.at);
        let residuals = |at: [f64; 5]| units.residuals(objective, at);
        let start = units.parameters(objective.start());
        let best = apart(&minima)
            .into_iter()
            .filter_map(|[eta_h, eta_y]| {
                refine(&residuals, [eta_h, eta_y, start[0], start[1], start[2]])
            })
            .min_by(|x, y| x.sse.total_cmp(&y.sse))?;
        let [eta_h, eta_y, start @ ..] = best.at;
        Some(Best {
            log_rates: [eta_h, eta_y],
            start: units.state(start),
            sse: best.sse,
        })
    }

    /// The lowest sum of squares with a rate (0 is `eta_h`, 1 `eta_y`) at zero; infinity if there is no solution.
    pub(super) fn at_zero(self, objective: &Objective, pair: Pair, best: Best, rate: usize) -> f64 {
        let Some(through) = at_zero(objective, rate) else {
            return f64::INFINITY;
        };
        if self == Self::Exact {
            return through.sse;
        }
        let units = Units::new(objective, pair, best.log_rates);
        let residuals = |[other, h, c, y]: [f64; 4]| {
            let [eta_h, eta_y] = with_zero(rate, other);
            units.residuals(objective, [eta_h, eta_y, h, c, y])
        };
        let [h, c, y] = units.parameters(objective.start());
        let free = refine(&residuals, [through.at[0], h, c, y]);
        free.map_or(through.sse, |free| free.sse.min(through.sse))
    }

    /// Standard errors of the log-rates; `None` if the data do not determine them.
    pub(super) fn errors(self, objective: &Objective, pair: Pair, best: Best) -> Option<[f64; 2]> {
        let [eta_h, eta_y] = best.log_rates;
        if self == Self::Exact {
            let residuals = |at| objective.residuals(rates(at));
            let columns = jacobian(&residuals, best.log_rates)?;
            return log_errors(&columns, &residuals(best.log_rates)?, 2.0);
        }
        let units = Units::new(objective, pair, best.log_rates);
        let residuals = |at: [f64; 5]| units.residuals(objective, at);
        let [h, c, y] = units.parameters(best.start);
        let at = [eta_h, eta_y, h, c, y];
        let [of_h, of_y, others @ ..] = jacobian(&residuals, at)?;
        let basis = orthonormal(others);
        let columns = [of_h, of_y].map(|column| cleared(column, &basis));
        log_errors(&columns, &residuals(at)?, 5.0)
    }
}

/// Units of the start's parameters, so that each matters when it changes by about 1: \\(\ln h\\), \\(c\\) and
/// \\(y\\) of the start. Nothing keeps \\(c\\) and \\(y\\) possible: noise may put the best ones slightly outside, and
/// a border would bias the rates.
struct Units {
    overlap: f64,
    y2: f64,
}

impl Units {
    /// From the first sample, or from outputs that balance the representation at these rates, \\(p^2 = r h\\),
    /// whichever are larger.
    fn new(objective: &Objective, pair: Pair, log_rates: [f64; 2]) -> Self {
        let (start, rates) = (objective.start(), rates(log_rates));
        let r = rates.eta_y / (rates.eta_h * pair.dx2);
        let balanced = start.h2 * (r * pair.dy2).sqrt();
        let bounded = |value: f64| value.clamp(1e-150, 1e150);
        Self {
            overlap: bounded(start.overlap().abs().max(balanced)),
            y2: bounded(start.y2.max(start.h2 * start.h2 * r)),
        }
    }

    fn parameters(&self, start: State) -> [f64; 3] {
        [
            start.h2.ln(),
            start.overlap() / self.overlap,
            start.y2 / self.y2,
        ]
    }

    fn state(&self, [h, c, y]: [f64; 3]) -> State {
        let y2 = self.y2 * y;
        State {
            h2: h.exp(),
            y2,
            w: y2 - self.overlap * c,
        }
    }

    fn residuals(&self, objective: &Objective, at: [f64; 5]) -> Option<Vec<f64>> {
        let [eta_h, eta_y, start @ ..] = at;
        objective.residuals_from(rates([eta_h, eta_y]), self.state(start))
    }
}

/// The log-rates of minima that are not the same as a lower one.
fn apart(minima: &[Minimum<2>]) -> Vec<[f64; 2]> {
    let mut kept: Vec<[f64; 2]> = Vec::new();
    for minimum in minima {
        let same = |other: &[f64; 2]| (0..2).all(|i| (minimum.at[i] - other[i]).abs() < 0.01);
        if !kept.iter().any(same) {
            kept.push(minimum.at);
        }
    }
    kept
}

/// An orthonormal basis of what the columns span; columns without effect drop out.
fn orthonormal(columns: [Vec<f64>; 3]) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for column in columns {
        let before = dot(&column, &column).sqrt();
        let mut rest = cleared(column, &basis);
        let norm = dot(&rest, &rest).sqrt();
        if norm > 1e-10 * before {
            rest.iter_mut().for_each(|entry| *entry /= norm);
            basis.push(rest);
        }
    }
    basis
}

/// A column without its part along the basis. Least squares with these columns gives the same rates, residuals and
/// covariance of the rates as with all (Frisch, Waugh and Lovell).
fn cleared(mut column: Vec<f64>, basis: &[Vec<f64>]) -> Vec<f64> {
    // Twice, because one pass leaves rounding of the size of what it removed.
    for direction in basis.iter().chain(basis) {
        let along = dot(&column, direction);
        for (entry, direction) in column.iter_mut().zip(direction) {
            *entry -= along * direction;
        }
    }
    column
}

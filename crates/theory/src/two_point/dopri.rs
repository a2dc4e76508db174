//! Dormand and Prince's Runge–Kutta pair of order 5(4), with continuous output.

use super::Tolerance;
use crate::TheoryError;

/// Three unknowns.
type Y = [f64; 3];

/// Weights of the stages; the last row is the step itself, so its derivative is the first stage of the next step.
const A: [&[f64]; 6] = [
    &[1.0 / 5.0],
    &[3.0 / 40.0, 9.0 / 40.0],
    &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
    &[
        19372.0 / 6561.0,
        -25360.0 / 2187.0,
        64448.0 / 6561.0,
        -212.0 / 729.0,
    ],
    &[
        9017.0 / 3168.0,
        -355.0 / 33.0,
        46732.0 / 5247.0,
        49.0 / 176.0,
        -5103.0 / 18656.0,
    ],
    &[
        35.0 / 384.0,
        0.0,
        500.0 / 1113.0,
        125.0 / 192.0,
        -2187.0 / 6784.0,
        11.0 / 84.0,
    ],
];

/// Difference between the two orders, which estimates the error.
const E: [f64; 7] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];

/// Weights of the continuous extension of order 4.
const D: [f64; 7] = [
    -12715105075.0 / 11282082432.0,
    0.0,
    87487479700.0 / 32700410799.0,
    -10690763975.0 / 1880347072.0,
    701980252875.0 / 199316789632.0,
    -1453857185.0 / 822651844.0,
    69997945.0 / 29380423.0,
];

/// An integration in progress: the last step, and the proposed length of the next one.
pub(super) struct DormandPrince<F> {
    field: F,
    tolerance: Tolerance,
    end: f64,
    /// The last step: its start time, its length (0 before the first step), the states at both ends and its stages.
    from: f64,
    length: f64,
    before: Y,
    after: Y,
    stages: [Y; 7],
    next: f64,
    taken: usize,
}

impl<F: Fn(Y) -> Y> DormandPrince<F> {
    /// Starts at time 0; steps do not pass `end`.
    pub(super) fn new(field: F, start: Y, end: f64, tolerance: Tolerance) -> Self {
        let slope = field(start);
        let scaled = |value: Y| {
            let ratio = |i: usize| value[i] / scale(tolerance, start[i].abs());
            (0..3).map(|i| ratio(i).powi(2)).sum::<f64>().sqrt()
        };
        // The first step must change the values little; error control does the rest.
        let guess = 0.01 * scaled(start) / scaled(slope);
        let next = if guess.is_finite() && guess > 0.0 {
            guess.min(end)
        } else {
            end * 1e-6
        };
        Self {
            field,
            tolerance,
            end,
            from: 0.0,
            length: 0.0,
            before: start,
            after: start,
            stages: [slope; 7],
            next,
            taken: 0,
        }
    }

    /// The time reached so far.
    pub(super) fn time(&self) -> f64 {
        self.from + self.length
    }

    /// Takes steps until one is accepted.
    pub(super) fn step(&mut self) -> Result<(), TheoryError> {
        let from = self.time();
        let start = self.after;
        let slope = if self.length == 0.0 {
            self.stages[0]
        } else {
            self.stages[6]
        };
        loop {
            self.taken += 1;
            if self.taken > self.tolerance.max_steps {
                return Err(TheoryError::TooManySteps {
                    steps: self.tolerance.max_steps,
                    time: from,
                    end: self.end,
                });
            }
            let rest = self.end - from;
            let last = self.next >= rest;
            let length = if last { rest } else { self.next };
            if length <= 4.0 * f64::EPSILON * from || length < f64::MIN_POSITIVE {
                return Err(TheoryError::DistanceVanished { time: from });
            }
            let (after, stages) = self.attempt(start, slope, length);
            let error = self.error(start, after, &stages, length);
            // A step into a region where the field is undefined has no error estimate.
            let valid = error.is_finite();
            let factor = if valid {
                (0.9 * error.max(1e-10).powf(-0.2)).clamp(0.2, 5.0)
            } else {
                0.2
            };
            self.next = length * factor;
            if valid && error <= 1.0 {
                // Land on the end exactly.
                self.length = if last { self.end - from } else { length };
                (self.from, self.before, self.after, self.stages) = (from, start, after, stages);
                return Ok(());
            }
        }
    }

    fn attempt(&self, start: Y, slope: Y, length: f64) -> (Y, [Y; 7]) {
        let mut stages = [slope; 7];
        let mut after = start;
        for (index, weights) in A.iter().enumerate() {
            after = start;
            for (weight, stage) in weights.iter().zip(&stages) {
                for i in 0..3 {
                    after[i] += length * weight * stage[i];
                }
            }
            stages[index + 1] = (self.field)(after);
        }
        (after, stages)
    }

    /// The estimated error divided by the tolerance, as a norm over the unknowns.
    fn error(&self, start: Y, after: Y, stages: &[Y; 7], length: f64) -> f64 {
        let of = |i: usize| {
            let error: f64 = E.iter().zip(stages).map(|(e, stage)| e * stage[i]).sum();
            length * error / scale(self.tolerance, start[i].abs().max(after[i].abs()))
        };
        // A maximum would drop NaN.
        (0..3).map(|i| of(i).powi(2)).sum::<f64>().sqrt()
    }

    /// The state at a time within the last step.
    pub(super) fn interpolate(&self, time: f64) -> Y {
        if self.length == 0.0 {
            return self.after;
        }
        let theta = ((time - self.from) / self.length).clamp(0.0, 1.0);
        let (h, rest) = (self.length, 1.0 - theta);
        std::array::from_fn(|i| {
            let change = self.after[i] - self.before[i];
            let bend = h * self.stages[0][i] - change;
            let second = change - h * self.stages[6][i] - bend;
            let high: f64 = D
                .iter()
                .zip(&self.stages)
                .map(|(d, stage)| d * stage[i])
                .sum();
            self.before[i] + theta * (change + rest * (bend + theta * (second + rest * h * high)))
        })
    }
}

fn scale(tolerance: Tolerance, value: f64) -> f64 {
    tolerance.absolute + tolerance.relative * value
}

//! Measured curves.

use super::{Pair, State};
use crate::TheoryError;

/// Minimum number of samples for fitting two constants to three curves.
const MIN_SAMPLES: usize = 5;

/// The three curves of a training run, with the time of each sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    epochs: Vec<f64>,
    times: Vec<f64>,
    states: Vec<State>,
}

impl Trajectory {
    /// One sample per epoch, from epoch 0: `h2`, `y2`, `w`, with `n` values each.
    ///
    /// The theory is sampled at `linspace(0, n, n)`, as in the authors' code (FOUND): sample \\(k\\) at
    /// \\(kn/(n-1)\\), which stretches time by one epoch over the run.
    ///
    /// # Errors
    /// Curves of unequal length or with fewer than 5 samples, values that are not finite, squared distances below 0,
    /// or a distance of 0 at the start.
    pub fn new(h2: Vec<f64>, y2: Vec<f64>, w: Vec<f64>) -> Result<Self, TheoryError> {
        let epochs: Vec<f64> = (0..h2.len()).map(|epoch| epoch as f64).collect();
        let mut trajectory = Self::with_epochs(epochs, h2, y2, w)?;
        trajectory.stretch();
        Ok(trajectory)
    }

    /// Samples at given epochs in ascending order; the first sample is the start. The theory is sampled at these times.
    ///
    /// In a fit, a sample counts for as many epochs as it stands for, so thinning a trajectory changes little.
    ///
    /// # Errors
    /// As for [`new`](Self::new), and epochs that are not in ascending order.
    pub fn with_epochs(
        epochs: Vec<f64>,
        h2: Vec<f64>,
        y2: Vec<f64>,
        w: Vec<f64>,
    ) -> Result<Self, TheoryError> {
        for (curve, found) in [("h2", h2.len()), ("y2", y2.len()), ("w", w.len())] {
            if found != epochs.len() {
                let epochs = epochs.len();
                return Err(TheoryError::CurveLength {
                    curve,
                    found,
                    epochs,
                });
            }
        }
        if epochs.len() < MIN_SAMPLES {
            return Err(TheoryError::TooFew {
                found: epochs.len(),
                fewest: MIN_SAMPLES,
            });
        }
        super::state::finite("the first epoch", epochs[0])?;
        for (index, pair) in epochs.windows(2).enumerate() {
            if !(pair[1] > pair[0] && pair[1].is_finite()) {
                return Err(TheoryError::TimeOrder {
                    index: index + 1,
                    found: pair[1],
                    before: pair[0],
                });
            }
        }
        let states = h2.iter().zip(&y2).zip(&w);
        let states: Vec<State> = states.map(|((&h2, &y2), &w)| State { h2, y2, w }).collect();
        for (sample, state) in states.iter().enumerate() {
            check_sample(sample, state)?;
        }
        super::state::positive("h2 of the first sample", states[0].h2)?;
        Ok(Self {
            times: epochs.iter().map(|epoch| epoch - epochs[0]).collect(),
            epochs,
            states,
        })
    }

    /// Refuses a trajectory with a sample that is [impossible](State::check_measured) for a pair.
    pub fn check(&self, pair: Pair) -> Result<(), TheoryError> {
        for (sample, state) in self.states.iter().enumerate() {
            let at = |cause| TheoryError::AtSample {
                sample,
                cause: Box::new(cause),
            };
            state.check_measured(pair).map_err(at)?;
        }
        Ok(())
    }

    /// Repeats the last state, one sample per epoch, up to `n` epochs: a run that stopped early because its loss was
    /// zero no longer moves. A trajectory that is already that long is unchanged.
    pub fn extend_to(mut self, n: usize) -> Self {
        let stretched = self.times != self.offsets();
        let (Some(&last), Some(&state)) = (self.epochs.last(), self.states.last()) else {
            return self;
        };
        let end = n as f64 - 1.0;
        let mut epoch = last + 1.0;
        while epoch <= end {
            self.epochs.push(epoch);
            self.states.push(state);
            epoch += 1.0;
        }
        self.times = self.offsets();
        if stretched {
            self.stretch();
        }
        self
    }

    fn offsets(&self) -> Vec<f64> {
        self.epochs
            .iter()
            .map(|epoch| epoch - self.epochs[0])
            .collect()
    }

    fn stretch(&mut self) {
        let n = self.epochs.len() as f64;
        self.times = self
            .epochs
            .iter()
            .map(|epoch| epoch * n / (n - 1.0))
            .collect();
    }

    /// The epoch of each sample.
    pub fn epochs(&self) -> &[f64] {
        &self.epochs
    }

    /// The time after the start, in epochs, at which the theory is compared with each sample.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The samples.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The first sample.
    pub fn start(&self) -> State {
        self.states[0]
    }

    /// The last sample.
    pub fn end(&self) -> State {
        self.states[self.states.len() - 1]
    }

    /// How many epochs each sample stands for: half of the gap on each side, half an epoch at the ends. All are 1 if
    /// there is one sample per epoch.
    pub fn weights(&self) -> Vec<f64> {
        let gap = |before: usize, after: usize| match self.epochs.get(after) {
            Some(epoch) if before < after => epoch - self.epochs[before],
            _ => 1.0,
        };
        (0..self.epochs.len())
            .map(|k| {
                let left = if k == 0 { 1.0 } else { gap(k - 1, k) };
                0.5 * (left + gap(k, k + 1))
            })
            .collect()
    }
}

fn check_sample(sample: usize, state: &State) -> Result<(), TheoryError> {
    let refused = |curve, value, expected| TheoryError::Sample {
        curve,
        sample,
        value,
        expected,
    };
    for (curve, value) in ["h2", "y2", "w"].into_iter().zip(state.to_array()) {
        if !value.is_finite() {
            return Err(refused(curve, value, "a finite number"));
        }
        if value < 0.0 && curve != "w" {
            let expected = "a squared distance, which is at least 0";
            return Err(refused(curve, value, expected));
        }
    }
    Ok(())
}

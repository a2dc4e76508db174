//! What a training run is: the part of a configuration that all its cells share.

use formant_data::{Batch, DataError, Task, TeacherConfig};
use formant_models::{Activation, Bias, Init, MlpConfig, OutputTransform, Skip};
use formant_train::{Loss, OptimizerConfig};
use serde::{Deserialize, Serialize};

use crate::measure::Extra;

/// What a network is trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name", from = "WrittenTask")]
pub enum TaskConfig {
    /// Fresh samples, labelled by a fixed random network of each seed.
    Teacher(TeacherConfig),
    /// Real MNIST.
    Mnist,
    /// The embedded 8x8 digits.
    Digits,
}

/// A [`TaskConfig`] as it is read: a variant without fields would ignore unknown ones, an empty one refuses them.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "name", deny_unknown_fields)]
enum WrittenTask {
    Teacher(TeacherConfig),
    Mnist {},
    Digits {},
}

impl From<WrittenTask> for TaskConfig {
    fn from(written: WrittenTask) -> Self {
        match written {
            WrittenTask::Teacher(teacher) => Self::Teacher(teacher),
            WrittenTask::Mnist {} => Self::Mnist,
            WrittenTask::Digits {} => Self::Digits,
        }
    }
}

/// The network: fully connected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// Width of each hidden layer.
    pub width: usize,
    /// Hidden layers.
    pub depth: usize,
    /// After each hidden linear map.
    pub activation: Activation,
    /// Whether linear maps have biases.
    pub bias: Bias,
    /// How weights are drawn.
    pub init: Init,
    /// A factor on all weights that are drawn.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub init_scale: f64,
    /// What stands between the readout and the loss.
    #[serde(default, skip_serializing_if = "is_default")]
    pub transform: OutputTransform,
}

fn one() -> f64 {
    1.0
}

fn is_one(value: &f64) -> bool {
    *value == 1.0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ModelConfig {
    /// The network for a task of this shape.
    pub fn shape(&self, inputs: usize, outputs: usize) -> MlpConfig {
        MlpConfig {
            inputs,
            width: self.width,
            depth: self.depth,
            outputs,
            activation: self.activation,
            bias: self.bias,
            init: self.init,
            init_scale: self.init_scale,
            transform: self.transform,
            skip: Skip::None,
        }
    }
}

/// How it is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// The loss of one sample.
    pub loss: Loss,
    /// The optimiser.
    pub optimizer: OptimizerConfig,
    /// Step size.
    pub learning_rate: f64,
    /// Samples in a batch.
    pub batch: usize,
    /// Training steps.
    pub steps: u64,
    /// Noise on the targets of training batches: a standard deviation, for classes the probability of a random one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub label_noise: f64,
}

/// When and on what it is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasurementConfig {
    /// Samples.
    pub samples: usize,
    /// Which ones.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on: MeasuredOn,
    /// Measurements; the last one is at the end of the run.
    pub count: u64,
    /// How they are spread over the run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spacing: Spacing,
    /// Whether there is one more before the first step.
    #[serde(default, skip_serializing_if = "is_default")]
    pub initial: bool,
    /// Rotations of the null; absent: chosen by width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null_draws: Option<usize>,
    /// What else is measured, beside what the moments of layers give.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<Extra>,
    /// Means over late iterates, beside the moments of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<AverageConfig>,
}

/// Means over late iterates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AverageConfig {
    /// Iterates, evenly spaced; the last one is at the end of the run. Each is measured on a share of the samples of its own.
    pub iterates: u64,
    /// The share of the run, at its end, over which they are spread.
    pub window: f64,
}

impl AverageConfig {
    /// The step of the `k`-th iterate, from 1.
    fn step(&self, k: u64, steps: u64) -> u64 {
        let window = (steps as f64 * self.window).round() as u64;
        steps - window.min(steps) * (self.iterates - k) / self.iterates
    }

    /// The first step after `step` that is an iterate.
    pub fn next_after(&self, step: u64, steps: u64) -> Option<u64> {
        let mut iterates = (1..=self.iterates).map(|k| self.step(k, steps));
        iterates.find(|at| *at > step)
    }

    /// Which iterate a step is, from 0.
    pub fn iterate(&self, step: u64, steps: u64) -> Option<u64> {
        (0..self.iterates).find(|k| self.step(k + 1, steps) == step)
    }

    /// The samples of an iterate, out of so many.
    pub fn share(&self, iterate: u64, samples: usize) -> std::ops::Range<usize> {
        let each = samples / self.iterates as usize;
        let start = each * iterate as usize;
        start..start + each
    }
}

/// The samples of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasuredOn {
    /// Such as no training batch holds.
    #[default]
    HeldOut,
    /// Those that are trained on, with clean targets.
    Training,
}

impl MeasuredOn {
    /// `n` of them.
    ///
    /// # Errors
    /// If there are fewer.
    pub fn of(self, task: &dyn Task, n: usize) -> Result<Batch, DataError> {
        match self {
            Self::HeldOut => task.holdout(n),
            Self::Training => task.training_samples(n),
        }
    }
}

/// How measurements are spread over a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// Evenly.
    #[default]
    Even,
    /// Each at twice the step of the one before.
    Doubling,
}

impl MeasurementConfig {
    /// The first step after `step` at which there is a measurement.
    pub fn next_after(&self, step: u64, steps: u64) -> Option<u64> {
        let count = self.count.clamp(1, steps.max(1));
        let at = |i: u64| match self.spacing {
            Spacing::Even => steps * i / count,
            Spacing::Doubling => steps.checked_shr((count - i) as u32).unwrap_or(0),
        };
        (1..=count).map(at).find(|at| *at > step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_spaced_evenly_and_end_with_the_run() {
        let spread = |spacing, count, steps| {
            let config = MeasurementConfig {
                samples: 2,
                on: MeasuredOn::HeldOut,
                count,
                spacing,
                initial: false,
                null_draws: None,
                extras: Vec::new(),
                average: None,
            };
            let mut found = Vec::new();
            while let Some(next) = config.next_after(found.last().copied().unwrap_or(0), steps) {
                found.push(next);
            }
            found
        };
        let times = |count, steps| spread(Spacing::Even, count, steps);
        assert_eq!(times(1, 100), [100]);
        assert_eq!(times(4, 100), [25, 50, 75, 100]);
        assert_eq!(times(3, 10), [3, 6, 10]);
        assert_eq!(times(9, 2), [1, 2]);
        assert_eq!(times(0, 5), [5]);
        let doubling = |count, steps| spread(Spacing::Doubling, count, steps);
        assert_eq!(doubling(4, 100), [12, 25, 50, 100]);
        assert_eq!(doubling(9, 6), [1, 3, 6]);
        assert_eq!(doubling(100, 1 << 40).len(), 41);
    }

    #[test]
    fn iterates_fill_the_window_and_share_the_samples() {
        let average = AverageConfig {
            iterates: 4,
            window: 0.5,
        };
        let mut found = Vec::new();
        while let Some(next) = average.next_after(found.last().copied().unwrap_or(0), 100) {
            found.push(next);
        }
        assert_eq!(found, [63, 75, 88, 100]);
        let iterates = found.iter().map(|step| average.iterate(*step, 100));
        assert_eq!(iterates.collect::<Vec<_>>(), [0, 1, 2, 3].map(Some));
        assert_eq!(average.iterate(64, 100), None);
        assert_eq!(
            (average.share(0, 43), average.share(3, 43)),
            (0..10, 30..40)
        );
    }
}

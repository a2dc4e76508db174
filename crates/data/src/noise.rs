//! Noise on the targets of training batches.

use std::collections::BTreeMap;

use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::rng::{Purpose, stream};
use crate::{Batch, DataError, TargetKind, Targets, Task};

/// A task whose training targets are noisy; held-out samples keep their true targets.
///
/// For values, Gaussian noise of standard deviation `level` is added; a class is replaced, with probability `level`, by
/// one drawn uniformly from all. The noise of a batch is a function of seed and step, as the batch itself is.
pub struct NoisyTargets {
    inner: Box<dyn Task>,
    level: f64,
    seed: u64,
}

impl NoisyTargets {
    /// Adds noise of this level to the targets of `inner`.
    ///
    /// # Errors
    /// If the level is negative or not finite, or above 1 for classes.
    pub fn new(inner: Box<dyn Task>, level: f64, seed: u64) -> Result<Self, DataError> {
        let largest = match inner.target_kind() {
            TargetKind::Regression => f64::MAX,
            TargetKind::Classification => 1.0,
        };
        if !(0.0..=largest).contains(&level) {
            return Err(DataError::Config {
                field: "label_noise",
                found: level.to_string(),
                expected: "a standard deviation of at least 0, or for classes a probability from 0 to 1",
            });
        }
        Ok(Self { inner, level, seed })
    }
}

impl Task for NoisyTargets {
    fn inputs(&self) -> usize {
        self.inner.inputs()
    }

    fn outputs(&self) -> usize {
        self.inner.outputs()
    }

    fn target_kind(&self) -> TargetKind {
        self.inner.target_kind()
    }

    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError> {
        let mut batch = self.inner.batch(step, size)?;
        let mut rng = stream(self.seed, Purpose::LabelNoise, step);
        match &mut batch.targets {
            Targets::Values(values) => values.iter_mut().for_each(|value| {
                let noise: f32 = StandardNormal.sample(&mut rng);
                *value += self.level as f32 * noise;
            }),
            Targets::Classes(classes) => {
                let count = self.inner.outputs() as u32;
                for class in classes {
                    // Both are drawn for every sample, so that all levels share the same draws.
                    let (chance, other): (f64, u32) = (rng.random(), rng.random_range(0..count));
                    if chance < self.level {
                        *class = other;
                    }
                }
            }
        }
        Ok(batch)
    }

    fn holdout(&self, n: usize) -> Result<Batch, DataError> {
        self.inner.holdout(n)
    }

    fn training_samples(&self, n: usize) -> Result<Batch, DataError> {
        self.inner.training_samples(n)
    }

    fn data_hashes(&self) -> BTreeMap<String, String> {
        self.inner.data_hashes()
    }
}

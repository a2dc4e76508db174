//! What a network is trained on: the [`Task`] trait and its batches.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::DataError;

/// Whether targets are values to match or classes to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// Real values, `[samples, outputs]`.
    Regression,
    /// One class a sample.
    Classification,
}

/// The targets of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// Values to match, `[samples, outputs]`.
    Values(Array2<f32>),
    /// One class a sample, each below [`Task::outputs`].
    Classes(Vec<u32>),
}

impl Targets {
    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.nrows(),
            Self::Classes(classes) => classes.len(),
        }
    }

    /// Whether there are no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Samples and their targets, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// `[samples, inputs]`, in standard (row-major) layout.
    pub inputs: Array2<f32>,
    /// As many targets as `inputs` has rows.
    pub targets: Targets,
}

/// What a network is trained on: training batches by step, and samples that are never trained on.
///
/// [`batch`](Task::batch) is random access. It is a pure function of the task's configuration, its seed, `step` and
/// `size`; what was asked for before makes no difference. `&mut self` is for scratch memory and caches only.
pub trait Task: Send {
    /// Width of an input row.
    fn inputs(&self) -> usize;

    /// Width of a target row, or number of classes.
    fn outputs(&self) -> usize;

    /// Whether targets are values or classes.
    fn target_kind(&self) -> TargetKind;

    /// The training batch of `step`, `size` samples.
    ///
    /// # Errors
    /// If `size` is 0, or more than a finite training set has.
    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError>;

    /// `n` samples that no training batch holds; the same ones at every call with the same `n`.
    ///
    /// # Errors
    /// If `n` is 0, or more than there are.
    fn holdout(&self, n: usize) -> Result<Batch, DataError>;

    /// `n` samples as they are trained on, but with clean targets; the same ones at every call with the same `n`. A task
    /// whose samples are always fresh has no training set: its held-out samples have the same law.
    ///
    /// # Errors
    /// If `n` is 0, or more than there are.
    fn training(&self, n: usize) -> Result<Batch, DataError> {
        self.holdout(n)
    }

    /// Checksums of the data that the task reads, by name (`sha256:…` or `md5:…`).
    ///
    /// Empty for generated data, which the configuration and the seed determine.
    fn data_hashes(&self) -> BTreeMap<String, String>;
}

//! Training data: the [`Task`] trait and its batches.

use std::collections::BTreeMap;

use ndarray::{Array2, s};

use crate::DataError;

/// Whether targets are values to match or classes to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// Real values, `[samples, outputs]`.
    Regression,
    /// One class per sample.
    Classification,
}

/// The targets of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// Values to match, `[samples, outputs]`.
    Values(Array2<f32>),
    /// One class per sample, each below [`Task::outputs`].
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
    /// One target for each row of `inputs`.
    pub targets: Targets,
}

impl Batch {
    /// Some of its samples.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn rows(&self, rows: std::ops::Range<usize>) -> Self {
        Self {
            inputs: self.inputs.slice(s![rows.clone(), ..]).to_owned(),
            targets: match &self.targets {
                Targets::Values(values) => Targets::Values(values.slice(s![rows, ..]).to_owned()),
                Targets::Classes(classes) => Targets::Classes(classes[rows].to_vec()),
            },
        }
    }
}

/// A source of training data: training batches by step, and held-out samples.
///
/// [`batch`](Task::batch) is random access. It is a pure function of the task's configuration, its seed, `step` and
/// `size`; earlier calls make no difference. `&mut self` is for scratch memory and caches only.
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
    /// If `size` is 0, or larger than a finite training set.
    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError>;

    /// `n` held-out samples, which no training batch contains; the same ones at every call with the same `n`.
    ///
    /// # Errors
    /// If `n` is 0, or more than there are.
    fn holdout(&self, n: usize) -> Result<Batch, DataError>;

    /// `n` training samples with clean targets; the same ones at every call with the same `n`. A task that always
    /// draws fresh samples has no training set; it returns its held-out samples, which have the same distribution.
    ///
    /// # Errors
    /// If `n` is 0, or more than there are.
    fn training_samples(&self, n: usize) -> Result<Batch, DataError> {
        self.holdout(n)
    }

    /// Checksums of the data that the task reads, by name (`sha256:…` or `md5:…`).
    ///
    /// Empty for generated data, which the configuration and the seed determine.
    fn data_hashes(&self) -> BTreeMap<String, String>;
}

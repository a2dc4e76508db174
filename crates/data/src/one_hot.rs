//! Classes as regression targets.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::{Batch, DataError, TargetKind, Targets, Task};

/// A classification task learned by regression: the same samples, with targets of 1 for the class and 0 for the others.
pub struct OneHotTask {
    inner: Box<dyn Task>,
}

impl OneHotTask {
    /// The samples of `inner` with targets `[samples, classes]`.
    ///
    /// # Errors
    /// If the targets of `inner` are not classes.
    pub fn new(inner: Box<dyn Task>) -> Result<Self, DataError> {
        match inner.target_kind() {
            TargetKind::Classification => Ok(Self { inner }),
            TargetKind::Regression => Err(DataError::NotClasses),
        }
    }

    fn encode(&self, batch: Batch) -> Result<Batch, DataError> {
        let Targets::Classes(classes) = batch.targets else {
            return Err(DataError::NotClasses);
        };
        let mut values = Array2::zeros((classes.len(), self.outputs()));
        for (mut row, class) in values.rows_mut().into_iter().zip(classes) {
            row[class as usize] = 1.0;
        }
        Ok(Batch {
            inputs: batch.inputs,
            targets: Targets::Values(values),
        })
    }
}

impl Task for OneHotTask {
    fn inputs(&self) -> usize {
        self.inner.inputs()
    }

    fn outputs(&self) -> usize {
        self.inner.outputs()
    }

    fn target_kind(&self) -> TargetKind {
        TargetKind::Regression
    }

    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError> {
        let batch = self.inner.batch(step, size)?;
        self.encode(batch)
    }

    fn holdout(&self, n: usize) -> Result<Batch, DataError> {
        self.encode(self.inner.holdout(n)?)
    }

    fn training_samples(&self, n: usize) -> Result<Batch, DataError> {
        self.encode(self.inner.training_samples(n)?)
    }

    fn data_hashes(&self) -> BTreeMap<String, String> {
        self.inner.data_hashes()
    }
}

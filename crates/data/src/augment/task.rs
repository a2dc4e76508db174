//! A task whose training images are augmented.

use std::collections::BTreeMap;

use super::{Augmentation, ImageFormat, MOST_VIEWS, refused};
use crate::{Batch, DataError, TargetKind, Task};

/// A task whose training images are augmented; held-out samples and those that are measured stay as they are.
///
/// What is done to an image is a function of the seed, the step, its place in the batch and the number of the view, so that a
/// batch is a function of configuration, seed, step and size, as the inner task's is.
pub struct AugmentedTask {
    inner: Box<dyn Task>,
    format: ImageFormat,
    augmentation: Augmentation,
    seed: u64,
}

impl AugmentedTask {
    /// Augments the images of `inner`, whose rows have this format.
    ///
    /// # Errors
    /// If the rows have another length, or the augmentation is not for such images.
    pub fn new(
        inner: Box<dyn Task>,
        format: ImageFormat,
        augmentation: Augmentation,
        seed: u64,
    ) -> Result<Self, DataError> {
        augmentation.check(&format)?;
        if inner.inputs() != format.len() {
            return Err(refused(
                "image",
                format,
                "as many pixels as a row of the task has numbers",
            ));
        }
        Ok(Self {
            inner,
            format,
            augmentation,
            seed,
        })
    }

    /// Several views of the batch of a step, each with the targets; the first is [`batch`](Task::batch).
    ///
    /// # Errors
    /// As for [`batch`](Task::batch), or if there are more views than [`MOST_VIEWS`].
    pub fn views(&mut self, step: u64, size: usize, views: usize) -> Result<Vec<Batch>, DataError> {
        if views > MOST_VIEWS {
            return Err(refused("views", views, "at most 256 views"));
        }
        let plain = self.inner.batch(step, size)?;
        Ok((0..views)
            .map(|view| self.view(&plain, step, view))
            .collect())
    }

    fn view(&self, plain: &Batch, step: u64, view: usize) -> Batch {
        let mut batch = plain.clone();
        let rows = batch.inputs.rows_mut().into_iter();
        for (sample, mut row) in rows.enumerate() {
            let key = [self.seed, step, sample as u64];
            let drawn = self.augmentation.draw(&self.format, key, view);
            if let Some(row) = row.as_slice_mut() {
                drawn.apply(&self.format, row);
            }
        }
        batch
    }
}

impl Task for AugmentedTask {
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
        let plain = self.inner.batch(step, size)?;
        Ok(self.view(&plain, step, 0))
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

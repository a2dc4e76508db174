//! Classification of a finite data set, in epochs.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::epochs::{Epochs, check_size};
use crate::{Batch, DataError, Dataset, TargetKind, Task};

/// Classification on a training set, traversed in epochs, each in a new random order; the test set is held out.
///
/// The order of an epoch is a permutation keyed by `(seed, epoch)`, so any step can be read without the steps before
/// it. An epoch is `len / size` batches. The remaining samples (fewer than a batch) are dropped from that epoch, and
/// a different remainder from the next, as PyTorch's `drop_last=True` does.
pub struct ClassificationTask {
    train: Arc<dyn Dataset + Send + Sync>,
    test: Arc<dyn Dataset + Send + Sync>,
    seed: u64,
    epochs: Epochs,
}

impl ClassificationTask {
    /// A task that trains on the classes of `train` and holds out `test`.
    ///
    /// # Errors
    /// If a set is empty, or the two disagree in width or number of classes.
    pub fn new(
        train: Arc<dyn Dataset + Send + Sync>,
        test: Arc<dyn Dataset + Send + Sync>,
        seed: u64,
    ) -> Result<Self, DataError> {
        for set in [&train, &test] {
            if set.is_empty() {
                return Err(DataError::EmptySet {
                    set: set.name().to_owned(),
                });
            }
        }
        for (what, a, b) in [
            ("inputs", train.input_dim(), test.input_dim()),
            ("classes", train.classes(), test.classes()),
        ] {
            if a != b {
                return Err(DataError::SplitMismatch {
                    what,
                    train: train.name().to_owned(),
                    in_train: a,
                    test: test.name().to_owned(),
                    in_test: b,
                });
            }
        }
        Ok(Self {
            epochs: Epochs::new(train.len(), seed),
            train,
            test,
            seed,
        })
    }
}

impl Task for ClassificationTask {
    fn inputs(&self) -> usize {
        self.train.input_dim()
    }

    fn outputs(&self) -> usize {
        self.train.classes()
    }

    fn target_kind(&self) -> TargetKind {
        TargetKind::Classification
    }

    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError> {
        let indices = self.epochs.batch(self.train.name(), step, size)?;
        self.train.gather(indices)
    }

    /// The first `n` samples of the test set.
    fn holdout(&self, n: usize) -> Result<Batch, DataError> {
        check_size(self.test.name(), self.test.len(), "a held-out set", n)?;
        self.test.gather(&(0..n).collect::<Vec<_>>())
    }

    /// The first `n` samples of the training set.
    fn training_samples(&self, n: usize) -> Result<Batch, DataError> {
        check_size(self.train.name(), self.train.len(), "a measured set", n)?;
        self.train.gather(&(0..n).collect::<Vec<_>>())
    }

    fn data_hashes(&self) -> BTreeMap<String, String> {
        let mut hashes = self.train.hashes();
        hashes.extend(self.test.hashes());
        hashes
    }
}

impl fmt::Debug for ClassificationTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClassificationTask")
            .field("train", &self.train.name())
            .field("test", &self.test.name())
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

//! Regression on a given, finite set of samples.

use std::collections::BTreeMap;

use ndarray::{Array2, Axis};

use crate::epochs::{Epochs, check_size};
use crate::{Batch, DataError, TargetKind, Targets, Task};

/// Regression on given arrays, traversed in epochs in the same order as in
/// [`ClassificationTask`](crate::ClassificationTask): a permutation keyed by `(seed, epoch)`, with the remaining
/// samples dropped from their epoch.
///
/// Nothing is held out: such a task asks how a network represents the items that it learns. So
/// [`holdout`](Task::holdout) gives the **first n training items**, in their order, which is an exception to the rule
/// of [`Task`].
#[derive(Debug, Clone)]
pub struct FiniteTask {
    name: String,
    inputs: Array2<f32>,
    targets: Array2<f32>,
    epochs: Epochs,
}

impl FiniteTask {
    /// A task that matches `targets`, `[n, outputs]`, on `inputs`, `[n, d]`. Messages refer to it by `name`.
    ///
    /// # Errors
    /// If there are no items, no input columns or no output columns, the numbers of inputs and targets differ, or a
    /// number is not finite.
    pub fn new(
        name: impl Into<String>,
        inputs: Array2<f32>,
        targets: Array2<f32>,
        seed: u64,
    ) -> Result<Self, DataError> {
        let name = name.into();
        if inputs.is_empty() || targets.is_empty() {
            return Err(DataError::EmptySet { set: name });
        }
        if inputs.nrows() != targets.nrows() {
            return Err(DataError::TargetCount {
                set: name,
                inputs: inputs.nrows(),
                targets: targets.nrows(),
            });
        }
        for (what, values) in [("inputs", &inputs), ("targets", &targets)] {
            if let Some(((item, _), value)) = values.indexed_iter().find(|(_, x)| !x.is_finite()) {
                return Err(DataError::NonFinite {
                    set: name,
                    what,
                    item,
                    value: *value,
                });
            }
        }
        Ok(Self {
            epochs: Epochs::new(inputs.nrows(), seed),
            name,
            inputs,
            targets,
        })
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inputs.nrows()
    }

    /// Whether there are no items: always false, because [`new`](Self::new) refuses an empty set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// The items at `indices`, in that order; repeats are allowed.
    ///
    /// # Errors
    /// If an index is not below [`len`](Self::len).
    pub fn items(&self, indices: &[usize]) -> Result<Batch, DataError> {
        let len = self.len();
        if let Some(&index) = indices.iter().find(|&&i| i >= len) {
            return Err(DataError::Index {
                set: self.name.clone(),
                index,
                len,
            });
        }
        Ok(gather(&self.inputs, &self.targets, indices))
    }
}

impl Task for FiniteTask {
    fn inputs(&self) -> usize {
        self.inputs.ncols()
    }

    fn outputs(&self) -> usize {
        self.targets.ncols()
    }

    fn target_kind(&self) -> TargetKind {
        TargetKind::Regression
    }

    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError> {
        let indices = self.epochs.batch(&self.name, step, size)?;
        Ok(gather(&self.inputs, &self.targets, indices))
    }

    /// The first `n` items, which are also training items.
    fn holdout(&self, n: usize) -> Result<Batch, DataError> {
        check_size(&self.name, self.len(), "a measured set", n)?;
        self.items(&(0..n).collect::<Vec<_>>())
    }

    /// Empty: the arrays belong to the caller, who knows their origin.
    fn data_hashes(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
}

/// `indices` must be below the number of rows.
fn gather(inputs: &Array2<f32>, targets: &Array2<f32>, indices: &[usize]) -> Batch {
    Batch {
        inputs: inputs.select(Axis(0), indices),
        targets: Targets::Values(targets.select(Axis(0), indices)),
    }
}

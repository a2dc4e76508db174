//! What the runner must know of cells of one kind: how they train, and how what they found is read.

use std::collections::BTreeMap;

use anyhow::Result;
use formant_backend::{KernelsAutodiff, MemberExecution};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::Context;
use super::files::Files;
use super::run::Run;

/// Cells of one kind: a specification, a function that trains and one that reads. The value holds what all cells share,
/// such as data that are read once.
///
/// The runner knows neither networks nor data. It lists cells and tells which are done, forms ensembles, keeps records and
/// checkpoints, resumes, shows progress, and estimates times.
pub trait Family: Sync + Sized {
    /// Everything that the result of a cell depends on. Its hash is the cell's key.
    type Spec: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync;
    /// What `cell.json` says of a cell beyond what all have; [`NoDetails`] if nothing.
    type Details: Clone + Serialize + DeserializeOwned + Send;
    /// What is read of a finished cell.
    type Found: Send;

    /// Steps between checkpoints: a kill loses the work since the last one.
    const CHECKPOINT_INTERVAL: u64 = 4_000;

    /// Whether a cell may end before its last step, for estimates.
    const MAY_END_EARLY: bool = false;

    /// Training steps.
    fn steps(&self, spec: &Self::Spec) -> u64;

    /// What a run is called in messages.
    fn name(&self, spec: &Self::Spec) -> String {
        format!("seed {}", self.seed(spec))
    }

    /// The seed, for provenance.
    fn seed(&self, spec: &Self::Spec) -> u64;

    /// Checksums of the data, for provenance.
    fn data_hashes(&self, spec: &Self::Spec) -> BTreeMap<String, String> {
        let _ = spec;
        BTreeMap::new()
    }

    /// What cells have in common that train as one ensemble. A cell without is trained by itself, side by side with others.
    fn ensemble(&self, spec: &Self::Spec, execution: MemberExecution) -> Option<String> {
        let _ = (spec, execution);
        None
    }

    /// What cells have in common whose steps take equally long, for estimates: by default what makes an ensemble.
    fn pace(&self, spec: &Self::Spec) -> Option<String> {
        self.ensemble(spec, MemberExecution::Batched)
    }

    /// How many cells of an ensemble train at once; the others wait.
    fn at_once(&self, spec: &Self::Spec, context: &Context) -> usize {
        let _ = (spec, context);
        usize::MAX
    }

    /// Trains the cells of `run` from their start, or from where they were stopped, and finishes each.
    ///
    /// # Errors
    /// If they cannot be trained. A run that diverges is an outcome.
    fn train<B: KernelsAutodiff>(&self, run: &Run<'_, Self>, device: &B::Device) -> Result<()>;

    /// Reads what a finished cell found from the files that [`train`](Self::train) left.
    ///
    /// # Errors
    /// If they are not what they should be.
    fn read(&self, spec: &Self::Spec, files: &Files) -> Result<Self::Found>;
}

/// For families whose `cell.json` says nothing beyond what all have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NoDetails {}

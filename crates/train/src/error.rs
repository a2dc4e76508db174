//! What can go wrong while training.

use std::path::PathBuf;

use formant_data::DataError;
use formant_models::ModelError;
use formant_probe::ProbeError;

/// Why training stopped. A member that diverges is not an error but an outcome: see
/// [`Divergence`](crate::Divergence).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A task could not give a batch.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A model could not be built.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A measurement failed.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The settings of the members do not fit the model.
    #[error("the model has {members} members, but there are {found} {what}")]
    Members {
        /// Members of the model.
        members: usize,
        /// How many were given.
        found: usize,
        /// Of what.
        what: &'static str,
    },
    /// The loss does not fit the targets.
    #[error("loss '{loss}' expects {expected} as targets, the task gives {found}")]
    Targets {
        /// The loss.
        loss: &'static str,
        /// What it expects.
        expected: &'static str,
        /// What the task gives.
        found: &'static str,
    },
    /// The targets of a batch are for another number of outputs.
    #[error("the targets of a batch need {found} outputs, the task is said to have {outputs}")]
    Outputs {
        /// Width of the targets, or the largest class plus one.
        found: usize,
        /// How many there are.
        outputs: usize,
    },
    /// A setting is out of its range.
    #[error("optimiser setting '{field}' is {found}, expected {expected}")]
    Setting {
        /// The setting.
        field: &'static str,
        /// Its value.
        found: f64,
        /// The range.
        expected: &'static str,
    },
    /// Tensors could not be read back from the device.
    #[error("cannot read '{name}' from the device: {reason}")]
    Unreadable {
        /// The tensor.
        name: String,
        /// What the backend said.
        reason: String,
    },
    /// A checkpoint does not belong to this run.
    #[error(
        "the checkpoint does not fit this run: {what} is {found}, expected {expected}; delete it to start afresh"
    )]
    CheckpointMismatch {
        /// What differs.
        what: String,
        /// In the checkpoint.
        found: String,
        /// In the run.
        expected: String,
    },
    /// A checkpoint file is damaged.
    #[error("{}: damaged checkpoint: {reason}; delete it to start afresh", path.display())]
    DamagedCheckpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

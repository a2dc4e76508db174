//! Where and with what cells run.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use formant_backend::{MemberExecution, Opened};

/// Where and with what an experiment runs.
#[derive(Debug, Clone)]
pub struct Context {
    /// The backend.
    pub backend: Opened,
    /// Where real data are, if the user said so.
    pub data_dir: Option<PathBuf>,
    /// The folder for results.
    pub out: PathBuf,
    /// Workers on a CPU.
    pub threads: NonZeroUsize,
    /// Whether finished cells are done again.
    pub cells: CellPolicy,
    /// The command line, for provenance.
    pub command: String,
}

/// What happens to cells that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellPolicy {
    /// Finished cells are read, stopped ones resume.
    Reuse,
    /// Every cell of the experiment is done again.
    Redo,
}

impl Context {
    /// How the members of an ensemble run.
    pub fn execution(&self) -> MemberExecution {
        self.backend.capabilities().members
    }

    /// Workers that train side by side: a device has one.
    pub fn workers(&self) -> NonZeroUsize {
        match self.execution() {
            MemberExecution::Workers => self.threads,
            MemberExecution::Batched => NonZeroUsize::MIN,
        }
    }
}

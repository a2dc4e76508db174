//! The trait of experiments, and the list of them.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Result;
use formant_backend::Opened;

use crate::calibrate::CalibrateExperiment;
use crate::gamma::GammaExperiment;

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
    /// Finished cells are read, stopped ones go on.
    Reuse,
    /// Every cell of the experiment is done again.
    Redo,
}

/// An experiment that `formant run` knows: a configuration that expands into cells, whose tables it writes.
pub trait Experiment: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// One line on what it does.
    fn about(&self) -> &'static str;
    /// A complete configuration, to start from.
    ///
    /// # Errors
    /// If it cannot be written as TOML.
    fn example(&self) -> Result<String>;
    /// Runs the configuration `toml` and writes its tables into the context's folder; returns what it wrote.
    ///
    /// # Errors
    /// If the configuration is not valid, or a run fails.
    fn run(&self, toml: &str, context: &Context) -> Result<PathBuf>;
}

/// Every experiment.
pub fn experiments() -> &'static [&'static dyn Experiment] {
    &[&GammaExperiment, &CalibrateExperiment]
}

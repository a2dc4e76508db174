//! The trait of experiments, and the list of them.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use formant_backend::Opened;

use crate::formation::calibrate::CalibrateExperiment;
use crate::formation::gamma::GammaExperiment;
use crate::universality::few_points::{Mode, TwoPointsExperiment};

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

/// Flags of `formant run` that stand for a configuration.
#[derive(Debug, Clone, Default, Args)]
pub struct RunFlags {
    /// two-points: a line of the settings table, or all; may be given several times [default: default]
    #[arg(long, value_name = "NAME", conflicts_with = "config")]
    pub setting: Vec<String>,
    /// two-points: networks of each setting [default: 3]
    #[arg(long, value_name = "N", conflicts_with = "config", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub seeds: Option<u64>,
    /// two-points: the table as it is, or half the learning rate and twice the epochs [default: table]
    #[arg(long, value_enum, conflicts_with = "config")]
    pub mode: Option<Mode>,
}

impl RunFlags {
    /// Whether any was given.
    pub fn any(&self) -> bool {
        !self.setting.is_empty() || self.seeds.is_some() || self.mode.is_some()
    }
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
    /// The configuration that flags of the command line stand for; `None` for an experiment that has no flags.
    ///
    /// # Errors
    /// If it cannot be written as TOML.
    fn flags_as_config(&self, flags: &RunFlags) -> Result<Option<String>> {
        let _ = flags;
        Ok(None)
    }
    /// Runs the configuration `toml` and writes its tables into the context's folder; returns what it wrote.
    ///
    /// # Errors
    /// If the configuration is not valid, or a run fails.
    fn run(&self, toml: &str, context: &Context) -> Result<PathBuf>;
}

/// Every experiment.
pub fn experiments() -> &'static [&'static dyn Experiment] {
    &[&GammaExperiment, &CalibrateExperiment, &TwoPointsExperiment]
}

//! `formant run EXPERIMENT --config FILE`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;

use super::{context, print};
use crate::cli::TrainArgs;
use crate::experiment::{Experiment, experiments};

/// Arguments of `formant run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The experiment
    experiment: String,
    /// Its configuration, TOML
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    config: Option<PathBuf>,
    /// Print a complete configuration to start from
    #[arg(long, conflicts_with = "config")]
    example: bool,
    /// Where results go
    #[arg(long, value_name = "DIR", default_value = "results/runs")]
    out: PathBuf,
    #[command(flatten)]
    train: TrainArgs,
}

/// Runs an experiment and says what it wrote.
pub fn run(args: &RunArgs) -> Result<ExitCode> {
    let experiment = find(&args.experiment)?;
    let Some(path) = &args.config else {
        print(experiment.example()?.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration {}", path.display()))?;
    let context = context(&args.train, &args.out)?;
    let written = experiment
        .run(&text, &context)
        .with_context(|| path.display().to_string())?;
    print(written.display())?;
    Ok(ExitCode::SUCCESS)
}

fn find(name: &str) -> Result<&'static dyn Experiment> {
    experiments()
        .iter()
        .copied()
        .find(|known| known.name() == name)
        .ok_or_else(|| {
            let known: Vec<String> = experiments()
                .iter()
                .map(|e| format!("{} ({})", e.name(), e.about()))
                .collect();
            anyhow!(
                "unknown experiment '{name}': expected one of {}",
                known.join(", ")
            )
        })
}

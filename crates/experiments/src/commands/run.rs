//! `formant run EXPERIMENT --config FILE`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;

use super::{TrainArgs, context, print};
use crate::experiment::{Experiment, RunFlags};
use crate::families::EXPERIMENTS;

/// Arguments of `formant run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The experiment
    experiment: String,
    /// Its configuration, TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print a complete configuration to start from
    #[arg(long, conflicts_with = "config")]
    example: bool,
    /// Where results go
    #[arg(long, value_name = "DIR", default_value = "results/runs")]
    out: PathBuf,
    #[command(flatten)]
    flags: RunFlags,
    #[command(flatten)]
    train: TrainArgs,
}

/// Runs an experiment and says what it wrote.
pub fn run(args: &RunArgs) -> Result<ExitCode> {
    let experiment = find(&args.experiment)?;
    if args.example {
        print((experiment.example)()?.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let (text, origin) = configuration(experiment, args)?;
    (experiment.check)(&text).with_context(|| origin.clone())?;
    let context = context(&args.train, &args.out)?;
    let written = (experiment.run)(&text, &context).context(origin)?;
    print(written.display())?;
    Ok(ExitCode::SUCCESS)
}

/// The configuration, and what errors in it are to name.
fn configuration(experiment: &Experiment, args: &RunArgs) -> Result<(String, String)> {
    if let Some(path) = &args.config {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        return Ok((text, path.display().to_string()));
    }
    let name = experiment.name;
    match experiment.flags_as_config {
        Some(config) => Ok((config(&args.flags)?, name.to_owned())),
        None if args.flags.any() => {
            bail!("{name} takes no --setting, --seeds or --mode: give --config FILE")
        }
        None => bail!(
            "{name} needs --config FILE; `formant run {name} --example` prints one to start from"
        ),
    }
}

fn find(name: &str) -> Result<&'static Experiment> {
    let found = EXPERIMENTS.iter().find(|known| known.name == name);
    found.ok_or_else(|| {
        let known = EXPERIMENTS
            .each_ref()
            .map(|known| format!("{} ({})", known.name, known.about));
        let known = known.join(", ");
        anyhow!("unknown experiment '{name}': expected one of {known}")
    })
}

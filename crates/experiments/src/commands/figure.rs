//! `formant figure ID`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use formant_figures::gamma::Task;
use formant_figures::{Preset, find};

use super::{context, print};
use crate::cli::{TrainArgs, parse_preset};
use crate::fc;
use crate::gamma::{FigureOptions, dry_run, reproduce};
use crate::pairs::{self, many};

/// Arguments of `formant figure`.
#[derive(Debug, Args)]
pub struct FigureArgs {
    /// The figure, as in `cargo xtask list-figures`
    id: String,
    /// How much work: smoke, quick or paper
    #[arg(long, value_parser = parse_preset, default_value = "quick")]
    preset: Preset,
    /// Number of seeds, at least 1 [default: the preset's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: Option<u64>,
    /// Where results go
    #[arg(long, value_name = "DIR", default_value = "results/figures")]
    out: PathBuf,
    /// Exit with 1 if a claim is not met
    #[arg(long)]
    check: bool,
    /// Say what would be done and how long it would take
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    train: TrainArgs,
}

/// Makes a figure and prints its claims.
pub fn run(args: &FigureArgs) -> Result<ExitCode> {
    let info = find(&args.id).context("`cargo xtask list-figures` shows every figure")?;
    let task = [Task::Teacher, Task::Mnist, Task::Digits]
        .into_iter()
        .find(|task| task.id() == info.id);
    if task.is_none()
        && !fc::is_sweep(info.id)
        && !pairs::is_figure(info.id)
        && !many::is_figure(info.id)
    {
        bail!("{} has no experiment in this program", info.id);
    }
    let context = context(&args.train, &args.out)?;
    let options = FigureOptions {
        preset: args.preset,
        seeds: args.seeds,
    };
    if args.dry_run {
        let estimate = match task {
            Some(task) => dry_run(task, options, &context, &args.out)?,
            None if pairs::is_figure(info.id) => {
                pairs::dry_run(info.id, options, &context, &args.out)?
            }
            None if many::is_figure(info.id) => {
                many::dry_run(info.id, options, &context, &args.out)?
            }
            None => fc::dry_run(info.id, options, &context, &args.out)?,
        };
        print(estimate)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (folder, claims) = match task {
        Some(task) => reproduce(task, options, &context)?,
        None if pairs::is_figure(info.id) => pairs::reproduce(info.id, options, &context)?,
        None if many::is_figure(info.id) => many::reproduce(info.id, options, &context)?,
        None => fc::reproduce(info.id, options, &context)?,
    };
    print(claims.to_table(None))?;
    print(folder.display())?;
    let failed = args.check && !claims.all_met();
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

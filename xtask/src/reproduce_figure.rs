//! `cargo xtask reproduce-figure ID`: train, measure, draw, check, in one command.
//!
//! Everything that can be wrong with the command line is found before anything is built.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use formant_catalog::{BackendName, FigureInfo, MOST_SEEDS, Preset, find, registry};
use xshell::Shell;

use crate::binary;
use crate::formant;
use crate::say::note;

/// Reproduce a figure: train, measure, draw, check its claims
#[derive(clap::Args)]
pub struct Args {
    /// The figure, as in list-figures, or `all`
    #[arg(value_name = "ID|all")]
    id: String,
    /// How much work: smoke, quick or paper
    #[arg(long, default_value_t = Preset::Quick)]
    preset: Preset,
    /// Where to compute: flex, ndarray or cuda [default: the binary's, flex]
    #[arg(long, value_name = "NAME")]
    backend: Option<BackendName>,
    /// Number of seeds, at least 1 [default: the preset's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_SEEDS))]
    seeds: Option<u64>,
    /// Figures of two points: how the settings table is read, table or notebook [default: the preset's]
    #[arg(long, value_name = "MODE", value_parser = ["table", "notebook"])]
    mode: Option<String>,
    /// Where the data are [default: FORMANT_DATA, then the user's cache folder]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where results go [default: results/figures]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Exit with 1 if a claim is not met
    #[arg(long)]
    check: bool,
    /// Say what would be done and how long it would take
    #[arg(long)]
    dry_run: bool,
    /// Do finished cells again
    #[arg(long)]
    force: bool,
}

/// Runs one figure, or all that can run.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.id == "all" {
        return run_all(args);
    }
    let figure = find(&args.id)?;
    check_preset(figure, args.preset)?;
    check_data(figure, args)?;
    make(&[figure], args)
}

/// Runs every figure whose data are here.
fn run_all(args: &Args) -> Result<ExitCode> {
    let runnable = |figure: &&FigureInfo| match check_preset(figure, args.preset)
        .and(check_data(figure, args))
    {
        Ok(()) => true,
        Err(error) => {
            note(format_args!("{} is left out: {error:#}", figure.id));
            false
        }
    };
    let figures: Vec<_> = registry().iter().filter(runnable).collect();
    if figures.is_empty() {
        bail!("no figure can run");
    }
    let (all, left_out) = (registry().len(), registry().len() - figures.len());
    note(format_args!("{all} figures, {left_out} left out"));
    make(&figures, args)
}

/// Builds `formant`, which takes the place of this process.
fn make(figures: &[&FigureInfo], args: &Args) -> Result<ExitCode> {
    let sh = Shell::new()?;
    let binary = formant::build(&sh, args.backend)?;
    binary::hand_over(&sh, &binary, &formant_args(figures, args))
}

fn check_preset(figure: &FigureInfo, preset: Preset) -> Result<()> {
    if figure.presets.contains(&preset) {
        return Ok(());
    }
    let known: Vec<_> = figure.presets.iter().map(|preset| preset.name()).collect();
    bail!(
        "{} has no preset {preset}; it has {}",
        figure.id,
        known.join(", ")
    )
}

/// Whether the data are there. A dry run needs none.
fn check_data(figure: &FigureInfo, args: &Args) -> Result<()> {
    if let Some(set) = figure.needs_data.filter(|_| !args.dry_run) {
        set.locate(args.data_dir.as_deref())?;
    }
    Ok(())
}

/// The command line that `formant` gets.
fn formant_args(figures: &[&FigureInfo], args: &Args) -> Vec<OsString> {
    let ids = figures.iter().map(|figure| figure.id);
    let words = ["figure"].into_iter().chain(ids);
    let words = words.chain(["--preset", args.preset.name()]);
    let mut out: Vec<OsString> = words.map(Into::into).collect();
    let options: [(&str, Option<OsString>); 5] = [
        (
            "--backend",
            args.backend.map(|backend| backend.name().into()),
        ),
        ("--seeds", args.seeds.map(|seeds| seeds.to_string().into())),
        ("--mode", args.mode.clone().map(Into::into)),
        ("--data-dir", args.data_dir.clone().map(Into::into)),
        ("--out", args.out.clone().map(Into::into)),
    ];
    out.extend(binary::options(options));
    let switches = [
        ("--check", args.check),
        ("--dry-run", args.dry_run),
        ("--force", args.force),
    ];
    out.extend(
        switches
            .iter()
            .filter(|(_, on)| *on)
            .map(|(name, _)| (*name).into()),
    );
    out
}

//! `formant figure ID…`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use formant_figures::{find, recover_figure, reproduce, write_figure};

use super::{TrainArgs, context, exit_code, print};
use crate::experiment::FigureOptions;
use crate::families::figures_with;
use crate::runner::note;

/// Arguments of `formant figure`.
#[derive(Debug, Args)]
pub struct FigureArgs {
    /// The figures, as in `cargo xtask list-figures`; of several, one that fails does not stop the others
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    options: FigureOptions,
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

/// Makes figures and prints their claims. All in one process, so that a signal ends them all with one line.
pub fn run(args: &FigureArgs) -> Result<ExitCode> {
    if let [id] = args.ids.as_slice() {
        return make(id, args);
    }
    let mut failed = Vec::new();
    for id in &args.ids {
        note(&format!("== {id}"));
        let code = make(id, args).unwrap_or_else(|error| {
            note(&format!("error: {}", formant_text::error(error.as_ref())));
            ExitCode::FAILURE
        });
        if code != ExitCode::SUCCESS {
            failed.push(id.as_str());
        }
    }
    let done = args.ids.len() - failed.len();
    note(&format!("{done} figures done, {} failed", failed.len()));
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("failed: {}", failed.join(", "))
}

/// Makes one figure.
fn make(id: &str, args: &FigureArgs) -> Result<ExitCode> {
    let info = find(id).context("`cargo xtask list-figures` shows every figure")?;
    let figures = figures_with(info.id)
        .with_context(|| format!("{} has no experiment in this program", info.id))?;
    let context = context(&args.train, &args.out)?;
    let options = args.options;
    if args.dry_run {
        let outlook = (figures.dry_run)(info.id, options, &context)?;
        let name = format!("{} {}", info.id, options.preset);
        let results = args.out.join(info.id).join(options.preset.name());
        print(outlook.line(&name, &context, &results))?;
        return Ok(ExitCode::SUCCESS);
    }
    for folder in recover_figure(&args.out, info.id)? {
        let folder = folder.display();
        note(&format!(
            "{folder} is of a run that was killed, and holds files whose place is taken: it stays"
        ));
    }
    let input = (figures.measure)(info.id, options, &context)?;
    let bundle = reproduce(info.id, input)?;
    let folder = write_figure(&context.out, &bundle)?;
    let claims = bundle.claims;
    print(claims.to_table(None))?;
    print(folder.display())?;
    Ok(exit_code(!args.check || claims.all_met()))
}

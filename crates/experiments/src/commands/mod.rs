//! One file a command.

pub mod backends;
pub mod check_backend;
pub mod figure;
pub mod run;
pub mod theory;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use formant_align::{exit_code, print};
use formant_backend::{BackendName, open};

use crate::limits;
use crate::runner::{CellPolicy, Context, host};

/// Options of everything that trains.
#[derive(Debug, Clone, Args)]
pub struct TrainArgs {
    /// Where to compute: flex, ndarray or cuda
    #[arg(long, value_name = "NAME", default_value_t = BackendName::Flex)]
    pub backend: BackendName,
    /// Workers on a CPU [default: as many as cores]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    pub threads: Option<NonZeroUsize>,
    /// Where real data are [default: FORMANT_DATA, then the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Do finished cells again
    #[arg(long)]
    pub force: bool,
}

fn parse_threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads = limits::parse(text, 1..=limits::THREADS)? as usize;
    NonZeroUsize::new(threads).ok_or_else(|| "expected at least 1".into())
}

/// Where and with what to run: refuses a backend that is not available before anything else happens.
fn context(args: &TrainArgs, out: &Path) -> Result<Context> {
    Ok(Context {
        backend: open(args.backend)?,
        data_dir: args.data_dir.clone(),
        out: out.to_owned(),
        threads: args.threads.unwrap_or_else(host::cores),
        cells: match args.force {
            true => CellPolicy::Redo,
            false => CellPolicy::Reuse,
        },
        command: command_line(),
    })
}

/// The command as it was typed, without the path of the program. `cargo xtask` passes on its own.
fn command_line() -> String {
    if let Ok(typed) = std::env::var("FORMANT_INVOKED_AS") {
        return typed;
    }
    let words = std::env::args_os().skip(1);
    words.fold("formant".into(), |line: String, word| {
        format!("{line} {}", word.to_string_lossy())
    })
}

//! One file a command.

pub mod align;
pub mod backends;
pub mod check_backend;
pub mod figure;
pub mod run;
pub mod theory;

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Result;
use formant_backend::open;

use crate::cli::TrainArgs;
use crate::experiment::{CellPolicy, Context};
use crate::runner::host;

/// Where and with what to run: refuses a backend that is not available before anything else happens.
fn context(args: &TrainArgs, out: &Path) -> Result<Context> {
    Ok(Context {
        backend: open(args.backend)?,
        data_dir: args.data_dir.clone(),
        out: out.to_owned(),
        threads: args.threads.unwrap_or_else(host::cores),
        cells: if args.force {
            CellPolicy::Redo
        } else {
            CellPolicy::Reuse
        },
        command: command_line(),
    })
}

/// Prints text and a line break. A reader that has seen enough, such as `head`, is no error.
fn print(text: impl Display) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The command as it was typed, without the path of the program. `cargo xtask` passes on its own.
fn command_line() -> String {
    if let Ok(typed) = std::env::var("FORMANT_INVOKED_AS") {
        return typed;
    }
    let arguments = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned());
    std::iter::once("formant".to_owned())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

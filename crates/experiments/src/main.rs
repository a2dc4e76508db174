//! The binary `formant`.

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use formant_experiments::cli::{Cli, run};
use formant_experiments::runner::note;

/// Worth up to 1.7x in training loops, which allocate and free tensors all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            note(&format!("error: {}", one_line(&error)));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes; a cause that an error says itself is not said again.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.ends_with(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

/// What is wrong with the command line, in one line; help and version as they are.
fn usage(error: &clap::Error) -> ExitCode {
    let help = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if !error.use_stderr() || error.kind() == help {
        error.exit();
    }
    let text = error.to_string();
    let said = text
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = said.flat_map(str::split_whitespace).collect();
    note(&format!("{} (--help lists the options)", words.join(" ")));
    ExitCode::from(2)
}

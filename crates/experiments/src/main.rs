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
            note(&format!("error: {}", formant_text::error(error.as_ref())));
            ExitCode::FAILURE
        }
    }
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
    let said = formant_text::message(&words.join(" "));
    note(&format!("{said} (--help lists the options)"));
    ExitCode::from(2)
}

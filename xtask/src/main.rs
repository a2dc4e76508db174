//! The commands of the workspace: `cargo xtask <COMMAND>`, one file a command.
//!
//! **Invariant:** nothing here depends on burn or on more than a few dozen packages, so that a mistake on the command line
//! is answered in seconds, before the minutes of the first build. What needs tensors is in the binary `formant`, what
//! downloads in `formant-fetch`; these commands build and run them.

mod bench;
mod binary;
mod check_backend;
mod ci;
mod fetch_data;
mod formant;
mod list_figures;
mod reproduce_figure;
mod say;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "The commands of the workspace",
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    ListFigures(list_figures::Args),
    ReproduceFigure(reproduce_figure::Args),
    FetchData(fetch_data::Args),
    CheckBackend(check_backend::Args),
    Bench(bench::Args),
    /// Run what continuous integration runs
    Ci,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::ListFigures(args) => list_figures::run(&args),
        Command::ReproduceFigure(args) => reproduce_figure::run(&args),
        Command::FetchData(args) => fetch_data::run(&args),
        Command::CheckBackend(args) => check_backend::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Ci => ci::run(),
    };
    result.unwrap_or_else(|error| {
        say::error(&error);
        ExitCode::FAILURE
    })
}

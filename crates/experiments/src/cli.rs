//! The command line of `formant`.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

use crate::commands;

/// Measures how representations form while a network trains.
#[derive(Debug, Parser)]
#[command(name = "formant", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Report spans and events on standard error
    #[arg(long, global = true, value_enum, default_value_t = Log::Off)]
    log: Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Log {
    /// Progress only
    Off,
    /// Lines for people
    Text,
    /// JSON lines
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a figure: train, measure, draw, check its claims
    Figure(commands::figure::FigureArgs),
    /// Run one experiment outside a figure
    Run(commands::run::RunArgs),
    /// Statistics of layers that any framework dumped (.npz, .safetensors, folders of .npy)
    Align(formant_align::align::AlignArgs),
    /// Networks on the same samples against each other, layer by layer
    Compare(formant_align::compare::CompareArgs),
    /// What the papers predict
    Theory(commands::theory::TheoryArgs),
    /// What can run here, and why not what can't
    Backends(commands::backends::BackendsArgs),
    /// Run the conformance suite on one backend
    CheckBackend(commands::check_backend::CheckBackendArgs),
}

/// Runs a command.
///
/// # Errors
/// With one line that says what to do.
pub fn run(cli: Cli) -> Result<ExitCode> {
    start_log(cli.log);
    match cli.command {
        Command::Figure(args) => commands::figure::run(&args),
        Command::Run(args) => commands::run::run(&args),
        Command::Align(args) => formant_align::align::run(&args),
        Command::Compare(args) => formant_align::compare::run(&args),
        Command::Theory(args) => commands::theory::run(&args),
        Command::Backends(args) => commands::backends::run(&args),
        Command::CheckBackend(args) => commands::check_backend::run(&args),
    }
}

fn start_log(log: Log) {
    use tracing_subscriber::fmt::format::FmtSpan;
    let builder = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        // It would panic where standard error takes nothing.
        .log_internal_errors(false)
        .with_span_events(FmtSpan::CLOSE);
    match log {
        Log::Off => {}
        Log::Text => builder.init(),
        Log::Json => builder.json().init(),
    }
}

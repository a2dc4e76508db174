//! `formant theory`: what the papers predict.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use formant_theory::phases;

use super::print;

/// Arguments of `formant theory`.
#[derive(Debug, Args)]
pub struct TheoryArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The table of power-law phases: which matrices of a layer are which powers of each other
    Phases {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Prints what is asked for.
pub fn run(args: &TheoryArgs) -> Result<ExitCode> {
    match args.what {
        What::Phases { json: true } => print(serde_json::to_string_pretty(&phases::rows())?)?,
        What::Phases { json: false } => print(phases::table().trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}

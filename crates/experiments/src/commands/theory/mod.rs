//! `formant theory`: what the papers predict.

mod digits;
mod fit;
mod fuzz;
mod shown;
mod trajectory;
mod two_point;

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
    /// How far apart two points come to lie, by the theory of two points, as CSV: t,h2,y2,w
    TwoPoint(two_point::TwoPointArgs),
    /// Fit the theory of two points to a measured trajectory
    Fit(fit::FitArgs),
}

/// Prints the requested part.
pub fn run(args: &TheoryArgs) -> Result<ExitCode> {
    match &args.what {
        What::Phases { json: true } => print(serde_json::to_string_pretty(&phases::rows())?)?,
        What::Phases { json: false } => print(phases::table().trim_end())?,
        What::TwoPoint(args) => two_point::run(args)?,
        What::Fit(args) => fit::run(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

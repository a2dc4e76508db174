//! `cargo xtask check-backend NAME`: the conformance suite, against one backend.

use std::process::ExitCode;

use anyhow::Result;
use xshell::Shell;

use crate::binary;
use crate::formant::{self, Backend};

/// Run the conformance suite against one backend
#[derive(clap::Args)]
pub struct Args {
    /// The backend to check
    name: Backend,
}

/// Builds `formant` with the backend and runs its suite.
pub fn run(args: &Args) -> Result<ExitCode> {
    let sh = Shell::new()?;
    let binary = formant::build(&sh, Some(args.name))?;
    binary::run(
        &sh,
        &binary,
        &["check-backend".into(), args.name.name().into()],
    )
}

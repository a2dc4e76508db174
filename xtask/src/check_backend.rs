//! `cargo xtask check-backend NAME`: the conformance suite, against one backend.

use std::process::ExitCode;

use anyhow::Result;
use formant_catalog::BackendName;
use xshell::Shell;

use crate::binary;
use crate::formant;

/// Run the conformance suite against one backend
#[derive(clap::Args)]
pub struct Args {
    /// The backend to check: flex, ndarray or cuda
    name: BackendName,
}

/// Builds `formant` with the backend and runs its suite.
pub fn run(args: &Args) -> Result<ExitCode> {
    let sh = Shell::new()?;
    let binary = formant::build(&sh, Some(args.name))?;
    binary::hand_over(
        &sh,
        &binary,
        &["check-backend".into(), args.name.name().into()],
    )
}

//! `cargo xtask ci`: what continuous integration runs, here.

use std::process::ExitCode;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::formant::{exit_code, workspace_root};

/// Runs `.ci/run`, and exits as it does.
pub fn run() -> Result<ExitCode> {
    let sh = Shell::new()?;
    let script = workspace_root().join(".ci/run");
    exit_code(cmd!(sh, "bash {script}"))
}

//! `cargo xtask ci`: what continuous integration runs, here.

use std::process::ExitCode;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::binary::{as_by_hand, exit_code, workspace_root};

/// Runs `.ci/run`, and exits as it does.
pub fn run() -> Result<ExitCode> {
    let sh = Shell::new()?;
    let script = workspace_root().join(".ci/run");
    exit_code(as_by_hand(cmd!(sh, "bash {script}")))
}

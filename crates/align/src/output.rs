//! Standard output and the exit code.

use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Result;

/// Prints text and a line break. A reader that has seen enough, such as `head`, is no error.
///
/// # Errors
///
/// If standard output takes nothing for another reason.
pub fn print(text: impl Display) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The exit code of a command that has done what it was asked to do, or not.
#[must_use]
pub fn exit_code(success: bool) -> ExitCode {
    match success {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

//! Lines to the user. A stream that nobody reads changes nothing of what is done.

use std::fmt::Display;
use std::io::{ErrorKind, Write, stderr, stdout};

use anyhow::Result;

/// A line on standard error, as far as anyone listens.
pub fn note(line: impl Display) {
    let _ = writeln!(stderr(), "{line}");
}

/// Text on standard output. A reader that has seen enough (`| head`) is no error.
pub fn print(text: impl Display) -> Result<()> {
    let mut stdout = stdout().lock();
    match write!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A line on standard output.
pub fn line(text: impl Display) -> Result<()> {
    print(format_args!("{text}\n"))
}

/// An error and its causes as one line.
pub fn error(error: &anyhow::Error) {
    note(format_args!(
        "error: {}",
        formant_text::error(error.as_ref())
    ));
}

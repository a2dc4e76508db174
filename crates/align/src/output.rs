//! Standard output, progress, files, and the exit code.

use std::fmt::{self, Display, Write as _};
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Error, Result};
use comfy_table::{LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_figures::Picture;

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

/// A table without rules between its lines.
pub(crate) fn table(header: Vec<String>) -> Table {
    let rules = UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());
    let mut table = Table::new();
    table.load_style(rules).set_header(header);
    table
}

/// An error and its causes; one that an error says itself is not said again.
pub(crate) fn reason(error: &Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.ends_with(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

/// Text that grows by lines.
#[derive(Debug, Default)]
pub(crate) struct Text(String);

impl Text {
    pub(crate) fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "{text}"); // a string takes whatever it is given
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end_matches('\n'))
    }
}

/// Says on a terminal what is being done, on a line that the next one overwrites; nothing elsewhere.
pub(crate) fn progress(done: usize, of: usize, what: &str) {
    let mut stderr = std::io::stderr().lock();
    if stderr.is_terminal() {
        let what: String = what.chars().take(60).collect();
        let text = if done < of {
            format!("\r\x1b[K{}/{of} {what}", done + 1)
        } else {
            "\r\x1b[K".to_owned()
        };
        let _ = stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush()); // nothing depends on it
    }
}

/// Writes a file.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    std::fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a picture as `NAME.svg` and `NAME.png` into a folder, which is made if it is not there.
pub(crate) fn write_picture(folder: &Path, name: &str, picture: &Picture) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    write(&folder.join(format!("{name}.svg")), &picture.svg)?;
    write(&folder.join(format!("{name}.png")), &picture.png)
}

//! The one error type of this crate.

use std::path::PathBuf;

use formant_catalog::CatalogError;

/// Why a figure could not be found, judged, drawn or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// The catalog has no such figure or preset.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A table could not be read or written, or its numbers cannot be used.
    #[error("damaged table{}: {reason}", line.map(|line| format!(" at line {line}")).unwrap_or_default())]
    Table {
        /// Line of the file, from 1, where it is known.
        line: Option<u64>,
        /// What is wrong.
        reason: String,
    },
    /// The picture could not be drawn.
    #[error("cannot draw the figure: {0}")]
    Draw(String),
    /// A record could not be written as JSON.
    #[error("cannot write {file} as JSON: {source}")]
    Json {
        /// Which file.
        file: &'static str,
        /// The cause.
        source: serde_json::Error,
    },
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was being done, as a verb: `write`, `rename`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

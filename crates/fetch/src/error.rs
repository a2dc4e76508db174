//! The one error type of this crate.

use std::path::{Path, PathBuf};

use formant_data::Md5;

/// Why a data set could not be downloaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A download failed.
    #[error(
        "{url}: {cause}. Without a network, put that file (md5 {md5}) at {}, or name another server with --url", shown(.dest)
    )]
    Download {
        /// The address.
        url: String,
        /// What went wrong.
        cause: String,
        /// The sum of the expected file.
        md5: Md5,
        /// Where it belongs.
        dest: PathBuf,
    },
    /// A download was cut; what has arrived is kept.
    #[error(
        "{url} was cut after {kept} bytes: {cause}; they are kept, and the same command goes on from there"
    )]
    Cut {
        /// The address.
        url: String,
        /// Bytes that are kept.
        kept: u64,
        /// What went wrong.
        cause: String,
    },
    /// An archive of the right checksum does not hold what it should.
    #[error("{url} holds no {missing} that can be read ({cause})")]
    Archive {
        /// The address.
        url: String,
        /// The first file that is missing.
        missing: &'static str,
        /// What went wrong.
        cause: String,
    },
    /// A downloaded file cannot be written.
    #[error("{} cannot be written: {source}; name a folder that can with --data-dir", shown(.path))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A path as messages show it.
fn shown(path: &Path) -> String {
    formant_text::path(path, 60)
}

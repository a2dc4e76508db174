//! The one error type of this crate.

use std::path::PathBuf;

use formant_data::Md5;

/// Why a data set could not be downloaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A download failed.
    #[error(
        "{url} could not be downloaded: {cause}; nothing was kept. Without a network, fetch that file elsewhere \
        (md5 {md5}) and put it at {}, or name another server with --url", .dest.display()
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
    /// A downloaded file cannot be written.
    #[error("{} cannot be written: {source}; name a folder that can with --data-dir", .path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

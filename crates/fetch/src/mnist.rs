//! MNIST: four files with published checksums.

use std::path::{Path, PathBuf};

use formant_data::mnist::{Checksums, MnistFile};

use crate::download::{Download, agent, cannot_write, has};
use crate::{FetchError, Progress};

/// Downloads from `base_url` those of MNIST's four files that `dest_dir` lacks; returns the paths of all four.
///
/// # Errors
/// If the folder cannot be written, the server cannot be reached, the connection is cut (what has arrived is kept), or a body
/// differs from the published file. Files that were finished before the failure are kept.
pub fn fetch_mnist(
    base_url: &str,
    dest_dir: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<PathBuf>, FetchError> {
    fetch_mnist_with(base_url, dest_dir, &Checksums::CANONICAL, progress)
}

/// Like [`fetch_mnist`], for files with other checksums.
///
/// # Errors
/// As for [`fetch_mnist`].
pub fn fetch_mnist_with(
    base_url: &str,
    dest_dir: &Path,
    checksums: &Checksums,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<PathBuf>, FetchError> {
    std::fs::create_dir_all(dest_dir).map_err(|source| cannot_write(dest_dir, source))?;
    let agent = agent(base_url);
    MnistFile::ALL
        .into_iter()
        .map(|file| {
            let (path, md5) = (dest_dir.join(file.name()), checksums.of(file));
            if has(&path, md5) {
                progress(Progress::Kept { path: &path });
                return Ok(path);
            }
            let download = Download::new(base_url, file.name(), dest_dir, md5);
            download.arrive(&agent, progress)?;
            download.put()?;
            progress(Progress::Finished { path: &path });
            Ok(path)
        })
        .collect()
}

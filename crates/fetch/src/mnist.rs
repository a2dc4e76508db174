//! Downloads that are verified before they appear: written to a temporary file in the same folder, checked, flushed
//! to disk, renamed.
//!
//! A failure of any kind leaves nothing behind and keeps existing files.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use formant_data::Md5;
use formant_data::mnist::{Checksums, MnistFile};
use tempfile::NamedTempFile;
use ureq::Agent;

use crate::FetchError;

const CONNECT: Duration = Duration::from_secs(20);
const RESPONSE: Duration = Duration::from_secs(30);
/// Timeout for each read of a body: it allows slow connections but not dead ones.
const STALL: Duration = Duration::from_secs(60);

/// Maximum file size in bytes; the files of our data sets are much smaller.
pub(crate) const LIMIT: u64 = 1 << 30;

/// Progress of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The file already exists and has its checksum.
    Kept {
        /// Where it is.
        path: &'a Path,
    },
    /// A download starts.
    Started {
        /// The URL of the file.
        url: &'a str,
        /// Its length in bytes, if the server reports it.
        total: Option<u64>,
    },
    /// More bytes have arrived.
    Received {
        /// Bytes since the last report.
        bytes: u64,
    },
    /// The file has its checksum and is in place.
    Finished {
        /// Where it is.
        path: &'a Path,
    },
}

/// Downloads from `base_url` those of MNIST's four files that `dest_dir` lacks; returns the paths of all four.
///
/// # Errors
/// If the folder cannot be written, the server cannot be reached, or a body differs from the published file. Files
/// that were finished before the failure are kept.
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
            let wanted = Wanted {
                url: format!("{}/{}", base_url.trim_end_matches('/'), file.name()),
                path: dest_dir.join(file.name()),
                md5: checksums.of(file),
            };
            if std::fs::read(&wanted.path).is_ok_and(|bytes| Md5::of(&bytes) == wanted.md5) {
                progress(Progress::Kept { path: &wanted.path });
            } else {
                download(&agent, &wanted, progress)?;
            }
            Ok(wanted.path)
        })
        .collect()
}

/// A file to download.
struct Wanted {
    url: String,
    path: PathBuf,
    md5: Md5,
}

impl Wanted {
    fn failed(&self, cause: impl ToString) -> FetchError {
        FetchError::Download {
            url: self.url.clone(),
            cause: cause.to_string(),
            md5: self.md5,
            dest: self.path.clone(),
        }
    }
}

pub(crate) fn agent(base_url: &str) -> Agent {
    let mut config = Agent::config_builder()
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(RESPONSE))
        .timeout_per_read(Some(STALL));
    if ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|local| base_url.starts_with(local))
    {
        // A proxy from the environment cannot reach this machine's own servers.
        config = config.proxy(None);
    }
    config.build().into()
}

fn download(
    agent: &Agent,
    wanted: &Wanted,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), FetchError> {
    let mut response = agent
        .get(&wanted.url)
        .call()
        .map_err(|error| wanted.failed(error))?;
    let total = response.body().content_length();
    progress(Progress::Started {
        url: &wanted.url,
        total,
    });
    let body = receive(&mut response.body_mut().as_reader(), wanted, progress)?;
    if let Some(total) = total.filter(|total| *total != body.len() as u64) {
        return Err(wanted.failed(format!(
            "the connection was cut after {} of {total} bytes",
            body.len()
        )));
    }
    let found = Md5::of(&body);
    if found != wanted.md5 {
        return Err(wanted.failed(format!(
            "the server sent another file ({} bytes, md5 {found})",
            body.len()
        )));
    }
    put(&wanted.path, &body).map_err(|source| cannot_write(&wanted.path, source))?;
    progress(Progress::Finished { path: &wanted.path });
    Ok(())
}

/// The whole body, in memory; these files are small.
fn receive(
    reader: &mut impl Read,
    wanted: &Wanted,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<u8>, FetchError> {
    let (mut body, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let got = reader.read(&mut chunk).map_err(|error| {
            wanted.failed(format!(
                "the connection was cut after {} bytes ({error})",
                body.len()
            ))
        })?;
        if got == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..got]);
        if body.len() as u64 > LIMIT {
            return Err(wanted.failed(format!("the server sent more than {LIMIT} bytes")));
        }
        progress(Progress::Received { bytes: got as u64 });
    }
}

/// Writes a temporary file, flushes it and renames it, so the file is complete or absent.
fn put(path: &Path, body: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(dir)?;
    file.write_all(body)?;
    file.as_file().sync_all()?;
    readable_by_all(file.as_file())?;
    file.persist(path)?;
    // The rename itself must survive a power cut too. Where folders cannot be opened (Windows), this step is skipped.
    std::fs::File::open(dir).map_or(Ok(()), |dir| dir.sync_all())
}

/// Temporary files are created private; data files need not be.
#[cfg(unix)]
pub(crate) fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(crate) fn readable_by_all(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

pub(crate) fn cannot_write(path: &Path, source: std::io::Error) -> FetchError {
    FetchError::Write {
        path: path.to_owned(),
        source,
    }
}

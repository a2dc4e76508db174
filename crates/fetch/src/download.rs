//! Downloads that are verified before they appear: received into a hidden file beside their place, from where a cut download
//! goes on, checked, flushed to disk, renamed.
//!
//! A failure of any kind keeps existing files; of a cut download what has arrived is kept, of any other nothing.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use formant_data::Md5;
use md5::{Digest, Md5 as Hasher};
use ureq::Agent;
use ureq::http::StatusCode;

use crate::FetchError;

const CONNECT: Duration = Duration::from_secs(20);
const RESPONSE: Duration = Duration::from_secs(30);
/// Timeout for each read of a body: it allows slow connections but not dead ones.
const STALL: Duration = Duration::from_secs(60);

/// Maximum file size in bytes; the files of our data sets are much smaller.
const LIMIT: u64 = 1 << 30;

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

/// A file to download.
pub(crate) struct Download {
    pub(crate) url: String,
    /// What has arrived.
    pub(crate) part: PathBuf,
    /// Its place.
    path: PathBuf,
    md5: Md5,
}

impl Download {
    /// The file `name` below `base_url`, on its way into `dir`.
    pub(crate) fn new(base_url: &str, name: &str, dir: &Path, md5: Md5) -> Self {
        Self {
            url: format!("{}/{name}", base_url.trim_end_matches('/')),
            part: dir.join(format!(".{name}.part")),
            path: dir.join(name),
            md5,
        }
    }

    /// Receives what is missing of the part, and verifies the whole.
    pub(crate) fn arrive(
        &self,
        agent: &Agent,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), FetchError> {
        self.receive(agent, progress)?;
        self.verify()
    }

    /// The file that somebody put in its place, if it is the right one.
    pub(crate) fn there(&self) -> Option<&Path> {
        has(&self.path, self.md5).then_some(&self.path)
    }

    /// Puts the verified part in its place.
    pub(crate) fn put(&self) -> Result<(), FetchError> {
        let renamed = std::fs::rename(&self.part, &self.path).and_then(|()| sync_dir(&self.path));
        renamed.map_err(|source| cannot_write(&self.path, source))
    }

    fn failed(&self, cause: impl ToString) -> FetchError {
        FetchError::Download {
            url: self.url.clone(),
            cause: cause.to_string(),
            md5: self.md5,
            dest: self.path.clone(),
        }
    }

    fn cut(&self, kept: u64, cause: impl ToString) -> FetchError {
        FetchError::Cut {
            url: self.url.clone(),
            kept,
            cause: cause.to_string(),
        }
    }

    fn cannot_write(&self, source: std::io::Error) -> FetchError {
        cannot_write(&self.part, source)
    }

    /// Appends what is missing; a server that knows no ranges sends everything again.
    fn receive(&self, agent: &Agent, progress: &mut dyn FnMut(Progress)) -> Result<(), FetchError> {
        let there = self.part.metadata().map_or(0, |part| part.len());
        let request = agent
            .get(&self.url)
            .config()
            .http_status_as_error(false)
            .build();
        let request = match there {
            0 => request,
            _ => request.header("Range", format!("bytes={there}-")),
        };
        let mut response = request.call().map_err(|error| self.failed(error))?;
        let goes_on = match response.status() {
            // Everything has arrived.
            StatusCode::RANGE_NOT_SATISFIABLE if there > 0 => return Ok(()),
            StatusCode::PARTIAL_CONTENT => true,
            StatusCode::OK => false,
            status => return Err(self.failed(format!("the server answered {status}"))),
        };
        let mut options = OpenOptions::new();
        let options = options
            .create(true)
            .append(goes_on)
            .write(true)
            .truncate(!goes_on);
        let mut file = options
            .open(&self.part)
            .map_err(|source| self.cannot_write(source))?;
        let total = response.body().content_length();
        progress(Progress::Started {
            url: &self.url,
            total,
        });
        let mut kept = if goes_on { there } else { 0 };
        let expected = total.map(|total| kept + total);
        let mut reader = response.body_mut().with_config().limit(LIMIT).reader();
        let mut chunk = vec![0; 1 << 16];
        loop {
            let got = reader
                .read(&mut chunk)
                .map_err(|cause| self.cut(kept, cause))?;
            if got == 0 {
                break;
            }
            file.write_all(&chunk[..got])
                .map_err(|source| self.cannot_write(source))?;
            kept += got as u64;
            progress(Progress::Received { bytes: got as u64 });
        }
        match expected {
            Some(expected) if kept < expected => {
                Err(self.cut(kept, format!("{expected} were promised")))
            }
            _ => file.sync_all().map_err(|source| self.cannot_write(source)),
        }
    }

    /// Removes what is another file, so that the next try begins anew.
    fn verify(&self) -> Result<(), FetchError> {
        let (found, bytes) = sum(&self.part).map_err(|source| self.cannot_write(source))?;
        if found == self.md5 {
            return Ok(());
        }
        let _ = std::fs::remove_file(&self.part);
        Err(self.failed(format!("the server sent another file ({bytes} bytes)")))
    }
}

/// Whether a file has this checksum.
pub(crate) fn has(path: &Path, md5: Md5) -> bool {
    sum(path).is_ok_and(|(found, _)| found == md5)
}

/// The checksum and the length of a file.
fn sum(path: &Path) -> std::io::Result<(Md5, u64)> {
    copy(&mut File::open(path)?, |_| Ok(()))
}

/// Copies to the end; the checksum and the length of what was copied.
pub(crate) fn copy(
    from: &mut impl Read,
    mut to: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<(Md5, u64)> {
    let (mut hasher, mut bytes) = (Hasher::new(), 0);
    let mut chunk = vec![0; 1 << 16];
    loop {
        let got = from.read(&mut chunk)?;
        if got == 0 {
            return Ok((Md5(u128::from_be_bytes(hasher.finalize().into())), bytes));
        }
        hasher.update(&chunk[..got]);
        to(&chunk[..got])?;
        bytes += got as u64;
    }
}

/// A rename must survive a power cut too. Where folders cannot be opened (Windows), this step is skipped.
pub(crate) fn sync_dir(path: &Path) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    File::open(dir).map_or(Ok(()), |dir| dir.sync_all())
}

pub(crate) fn cannot_write(path: &Path, source: std::io::Error) -> FetchError {
    FetchError::Write {
        path: path.to_owned(),
        source,
    }
}

//! Data sets that are published as one archive: downloaded to a file beside their place, from where a cut download went on,
//! verified, unpacked file by file, each written to a temporary file and renamed.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use formant_catalog::DataSet;
use formant_data::Md5;
use md5::{Digest, Md5 as Hasher};
use tempfile::NamedTempFile;
use ureq::Agent;
use ureq::http::StatusCode;

use crate::mnist::{LIMIT, agent, cannot_write, readable_by_all};
use crate::{FetchError, Progress};

/// A gzipped tar archive, and what is wanted of it.
#[derive(Debug, Clone, Copy)]
pub struct Archive {
    /// Where it is published.
    pub url: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its checksum.
    pub md5: Md5,
    /// The files that are wanted, whatever folder of the archive they are in.
    pub files: &'static [&'static str],
    /// Bytes of each of them.
    pub bytes: u64,
}

/// The published CIFAR-10.
pub const CIFAR10: Archive = Archive {
    url: "https://www.cs.toronto.edu/~kriz/",
    name: "cifar-10-binary.tar.gz",
    md5: Md5(0xc32a_1d4a_b5d0_3f12_84b6_7883_e8d8_7530),
    files: DataSet::Cifar10.files(),
    bytes: 10_000 * formant_data::cifar10::RECORD as u64,
};

/// Downloads an archive from below `base_url` and puts the files that are wanted of it into `dest_dir`; files that are all
/// there already, of the right length, are kept. Returns their paths.
///
/// # Errors
/// If the folder cannot be written, the server cannot be reached, the connection is cut (what has arrived is kept), or the body is
/// another file.
pub fn fetch_archive(
    base_url: &str,
    dest_dir: &Path,
    archive: &Archive,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<PathBuf>, FetchError> {
    let paths: Vec<PathBuf> = archive
        .files
        .iter()
        .map(|file| dest_dir.join(file))
        .collect();
    let is_whole = |path: &PathBuf| {
        path.metadata()
            .is_ok_and(|file| file.len() == archive.bytes)
    };
    if paths.iter().all(is_whole) {
        paths
            .iter()
            .for_each(|path| progress(Progress::Kept { path }));
        return Ok(paths);
    }
    std::fs::create_dir_all(dest_dir).map_err(|source| cannot_write(dest_dir, source))?;
    let download = Download {
        url: format!("{}/{}", base_url.trim_end_matches('/'), archive.name),
        part: dest_dir.join(format!(".{}.part", archive.name)),
        archive,
        dest: dest_dir,
    };
    download.receive(&agent(base_url), progress)?;
    download.verify()?;
    download.unpack(progress)?;
    // What is left of it is in the way of nothing.
    let _ = std::fs::remove_file(&download.part);
    Ok(paths)
}

struct Download<'a> {
    url: String,
    /// What has arrived.
    part: PathBuf,
    archive: &'a Archive,
    dest: &'a Path,
}

impl Download<'_> {
    fn failed(&self, cause: impl ToString) -> FetchError {
        FetchError::Download {
            url: self.url.clone(),
            cause: cause.to_string(),
            md5: self.archive.md5,
            dest: self.dest.join(self.archive.name),
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

    fn cut(&self, kept: u64, cause: impl ToString) -> FetchError {
        FetchError::Cut {
            url: self.url.clone(),
            kept,
            cause: cause.to_string(),
        }
    }

    /// Removes what is another file, so that the next try begins anew.
    fn verify(&self) -> Result<(), FetchError> {
        let mut file = File::open(&self.part).map_err(|source| self.cannot_write(source))?;
        let (mut hasher, mut bytes) = (Hasher::new(), 0);
        let hashed = chunks(&mut file, |chunk| {
            hasher.update(chunk);
            bytes += chunk.len();
            Ok(())
        });
        hashed.map_err(|source| self.cannot_write(source))?;
        let found = Md5(u128::from_be_bytes(hasher.finalize().into()));
        if found == self.archive.md5 {
            return Ok(());
        }
        let _ = std::fs::remove_file(&self.part);
        Err(self.failed(format!(
            "the server sent another file ({bytes} bytes, md5 {found})"
        )))
    }

    /// Only regular files with a wanted name and the right length are taken, and only their names: no path of the archive
    /// leads anywhere.
    fn unpack(&self, progress: &mut dyn FnMut(Progress)) -> Result<(), FetchError> {
        let mut wanted = self.archive.files.to_vec();
        let outcome = self.unpack_each(&mut wanted, progress);
        let cause = match outcome {
            Ok(()) => "the archive ends".to_owned(),
            Err(Unpacking::Read(cause)) => cause.to_string(),
            Err(Unpacking::Write(path, source)) => return Err(cannot_write(&path, source)),
        };
        match wanted.first() {
            None => Ok(()),
            Some(missing) => Err(FetchError::Archive {
                url: self.url.clone(),
                missing,
                cause,
            }),
        }
    }

    fn unpack_each(
        &self,
        wanted: &mut Vec<&'static str>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Unpacking> {
        let file = File::open(&self.part).map_err(Unpacking::Read)?;
        let mut archive = tar::Archive::new(GzDecoder::new(file));
        for entry in archive.entries().map_err(Unpacking::Read)? {
            let mut entry = entry.map_err(Unpacking::Read)?;
            let name = entry.path().ok();
            let name = name.as_ref().and_then(|path| path.file_name()?.to_str());
            let place = wanted.iter().position(|file| Some(*file) == name);
            let is_file = entry.header().entry_type().is_file();
            let Some(place) = place.filter(|_| is_file && entry.size() == self.archive.bytes)
            else {
                continue;
            };
            let path = self.dest.join(wanted[place]);
            self.put(&path, &mut entry)?;
            wanted.remove(place);
            progress(Progress::Finished { path: &path });
        }
        Ok(())
    }

    /// The file is complete or absent.
    fn put(&self, path: &Path, body: &mut impl Read) -> Result<(), Unpacking> {
        let written = |source| Unpacking::Write(path.to_owned(), source);
        let mut file = NamedTempFile::new_in(self.dest).map_err(written)?;
        let mut is_written = true;
        let copied = chunks(body, |chunk| {
            let outcome = file.write_all(chunk);
            is_written = outcome.is_ok();
            outcome
        });
        copied.map_err(|error| match is_written {
            true => Unpacking::Read(error),
            false => written(error),
        })?;
        file.as_file().sync_all().map_err(written)?;
        readable_by_all(file.as_file()).map_err(written)?;
        file.persist(path).map_err(|error| written(error.error))?;
        Ok(())
    }
}

/// Why an archive was not unpacked.
enum Unpacking {
    Read(std::io::Error),
    Write(PathBuf, std::io::Error),
}

/// Reads to the end.
fn chunks(
    body: &mut impl Read,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut chunk = vec![0; 1 << 16];
    loop {
        match body.read(&mut chunk)? {
            0 => return Ok(()),
            got => each(&chunk[..got])?,
        }
    }
}

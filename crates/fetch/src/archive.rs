//! Data sets that are published as one archive: downloaded, verified, unpacked file by file, each written to a temporary file
//! and renamed. The checksums of what was unpacked lie beside it, in [`SUMS`].

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use formant_catalog::DataSet;
use formant_data::Md5;
use tempfile::NamedTempFile;

use crate::download::{Download, agent, cannot_write, copy, has, sync_dir};
use crate::{FetchError, Progress};

/// The list of checksums of what was unpacked, in the form of `md5sum`.
const SUMS: &str = "MD5SUMS";

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

/// Downloads an archive from below `base_url`, unless it lies in `dest_dir`, and puts the files that are wanted of it into `dest_dir`; files that are all
/// there already, as they were unpacked from the verified archive, are kept. Returns their paths.
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
    let at = |file: &&str| dest_dir.join(file);
    let paths: Vec<PathBuf> = archive.files.iter().map(at).collect();
    if are_unpacked(dest_dir, archive) {
        paths
            .iter()
            .for_each(|path| progress(Progress::Kept { path }));
        return Ok(paths);
    }
    std::fs::create_dir_all(dest_dir).map_err(|source| cannot_write(dest_dir, source))?;
    let download = Download::new(base_url, archive.name, dest_dir, archive.md5);
    if let Some(file) = download.there() {
        unpack(&download, file, dest_dir, archive, progress)?;
        return Ok(paths);
    }
    download.arrive(&agent(base_url), progress)?;
    unpack(&download, &download.part, dest_dir, archive, progress)?;
    // What is left of it is in the way of nothing.
    let _ = std::fs::remove_file(&download.part);
    Ok(paths)
}

/// Whether every file is there with the checksum of its entry. Without the list nobody knows: the length alone says little.
fn are_unpacked(dir: &Path, archive: &Archive) -> bool {
    let sums = std::fs::read_to_string(dir.join(SUMS)).unwrap_or_default();
    archive.files.iter().all(|file| {
        let mut lines = sums.lines().filter_map(|line| line.split_once("  "));
        let sum = lines.find(|(_, name)| name == file);
        let sum = sum.and_then(|(sum, _)| u128::from_str_radix(sum, 16).ok());
        sum.is_some_and(|sum| has(&dir.join(file), Md5(sum)))
    })
}

/// Only regular files with a wanted name and the right length are taken, and only their names: no path of the archive
/// leads anywhere.
fn unpack(
    download: &Download,
    file: &Path,
    dir: &Path,
    archive: &Archive,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), FetchError> {
    let mut unpacked = Vec::new();
    let cause = match unpack_each(file, dir, archive, &mut unpacked, progress) {
        Ok(()) => "the archive ends".to_owned(),
        Err(Unpacking::Read(cause)) => cause.to_string(),
        Err(Unpacking::Write(path, source)) => return Err(cannot_write(&path, source)),
    };
    let is_missing = |file: &&&str| !unpacked.iter().any(|(name, _)| name == *file);
    if let Some(missing) = archive.files.iter().find(is_missing) {
        let url = download.url.clone();
        return Err(FetchError::Archive {
            url,
            missing,
            cause,
        });
    }
    let lines = unpacked
        .iter()
        .map(|(name, sum)| format!("{sum}  {name}\n"));
    let (path, text) = (dir.join(SUMS), lines.collect::<String>());
    let written = put(&path, &mut text.as_bytes());
    written.map_err(|error| cannot_write(&path, error.into_source()))?;
    Ok(())
}

fn unpack_each(
    file: &Path,
    dir: &Path,
    archive: &Archive,
    unpacked: &mut Vec<(&'static str, Md5)>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Unpacking> {
    let file = File::open(file).map_err(Unpacking::Read)?;
    let mut entries = tar::Archive::new(GzDecoder::new(file));
    for entry in entries.entries().map_err(Unpacking::Read)? {
        let mut entry = entry.map_err(Unpacking::Read)?;
        let path = entry.path().ok();
        let name = path.as_ref().and_then(|path| path.file_name()?.to_str());
        let is_new = |file: &&&str| !unpacked.iter().any(|(name, _)| name == *file);
        let wanted = archive
            .files
            .iter()
            .filter(is_new)
            .find(|file| Some(**file) == name);
        let fits = entry.header().entry_type().is_file() && entry.size() == archive.bytes;
        let Some(&wanted) = wanted.filter(|_| fits) else {
            continue;
        };
        let path = dir.join(wanted);
        unpacked.push((wanted, put(&path, &mut entry)?));
        progress(Progress::Finished { path: &path });
    }
    Ok(())
}

/// Why an archive was not unpacked.
enum Unpacking {
    Read(std::io::Error),
    Write(PathBuf, std::io::Error),
}

impl Unpacking {
    fn into_source(self) -> std::io::Error {
        match self {
            Self::Read(source) | Self::Write(_, source) => source,
        }
    }
}

/// The file is complete or absent. Gives back its checksum.
fn put(path: &Path, body: &mut impl Read) -> Result<Md5, Unpacking> {
    let written = |source| Unpacking::Write(path.to_owned(), source);
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(dir).map_err(written)?;
    let mut failed = false;
    let copied = copy(body, |chunk| {
        let outcome = file.write_all(chunk);
        failed = outcome.is_err();
        outcome
    });
    let (sum, _) = copied.map_err(|error| match failed {
        true => written(error),
        false => Unpacking::Read(error),
    })?;
    file.as_file().sync_all().map_err(written)?;
    readable_by_all(file.as_file()).map_err(written)?;
    file.persist(path).map_err(|error| written(error.error))?;
    sync_dir(path).map_err(written)?;
    Ok(sum)
}

/// Temporary files are created private; data files need not be.
#[cfg(unix)]
fn readable_by_all(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &File) -> std::io::Result<()> {
    Ok(())
}

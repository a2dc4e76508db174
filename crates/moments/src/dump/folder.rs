//! Dumps as a folder of `.npy` files: `NAME/h_a.npy` and so on, each an array of its own.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::DumpError;
use super::bytes::Bytes;
use super::names;
use super::npz::{Found, headed};
use super::stored::{Coding, Place};

/// Folders within folders, at most: layers have names of so many parts.
const DEPTH: usize = 16;

/// The arrays by layer, names in natural order: a folder has none of its own. Other files are passed by.
pub(crate) fn arrays(path: &Path) -> Result<Vec<Found>, DumpError> {
    let mut files = Vec::new();
    find(path, DEPTH, &mut files).map_err(|source| DumpError::Io {
        path: path.into(),
        source,
    })?;
    let named = files.into_iter().map(|file| {
        let parts = file.strip_prefix(path).unwrap_or(&file).with_extension("");
        let parts: Vec<_> = parts.iter().map(|part| part.to_string_lossy()).collect();
        (parts.join("/"), file)
    });
    let mut named: Vec<(String, PathBuf)> = named.collect();
    named.sort_by(|(a, _), (b, _)| {
        names::natural(names::layer(a), names::layer(b)).then_with(|| a.cmp(b))
    });
    let found = named.into_iter().map(|(name, file)| {
        let stored = stored(path, &name, file);
        (name, stored)
    });
    Ok(found.collect())
}

fn find(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth > 0 {
            find(&path, depth - 1, files)?;
        } else if path.extension().is_some_and(|extension| extension == "npy") {
            files.push(path);
        }
    }
    Ok(())
}

fn stored(path: &Path, name: &str, file: PathBuf) -> Result<super::stored::Stored, DumpError> {
    let bytes = Bytes::open(&file).map_err(|source| DumpError::Io {
        path: file.clone(),
        source,
    })?;
    let size = bytes.len();
    let place = Place {
        start: 0,
        length: size,
        coding: Coding::Plain,
        header: 0,
        crc: None,
        file: Some(file),
    };
    headed(path, name, bytes, size, place)
}

//! Dumps in NumPy's format: where the arrays of a zip are.

use std::io::{BufReader, Read};
use std::path::Path;

use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use super::DumpError;
use super::bytes::Bytes;
use super::stored::{Coding, Place, Stored};
use crate::npz::{Header, HeaderError};

/// An array by its name, or why it cannot be read.
pub(crate) type Found = (String, Result<Stored, DumpError>);

/// The arrays in the order in which they were written.
pub(crate) fn arrays(path: &Path, bytes: &Bytes) -> Result<Vec<Found>, DumpError> {
    let damaged = |error: zip::result::ZipError| DumpError::Damaged {
        path: path.into(),
        reason: error.to_string(),
    };
    let mut archive = ZipArchive::new(BufReader::new(bytes.clone())).map_err(damaged)?;
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.name_for_index(index).unwrap_or_default().to_owned();
        if entry.ends_with('/') {
            continue; // a folder, as general zip tools write them
        }
        let name = entry.strip_suffix(".npy").unwrap_or(&entry).to_owned();
        let method = archive.by_index_raw(index).map(|raw| raw.compression());
        let stored = match archive.by_index(index) {
            Ok(entry) => stored(path, &name, entry),
            Err(error) => Err(closed(path, &name, &error, method.ok())),
        };
        found.push((name, stored));
    }
    Ok(found)
}

/// Why an entry cannot be opened.
fn closed(
    path: &Path,
    name: &str,
    error: &zip::result::ZipError,
    method: Option<CompressionMethod>,
) -> DumpError {
    let named = [
        (CompressionMethod::DEFLATE64, "deflate64"),
        (CompressionMethod::BZIP2, "bzip2"),
        (CompressionMethod::LZMA, "lzma"),
        (CompressionMethod::ZSTD, "zstd"),
        (CompressionMethod::ZSTD_DEPRECATED, "zstd"),
        (CompressionMethod::XZ, "xz"),
        (CompressionMethod::PPMD, "ppmd"),
        (CompressionMethod::AES, "AES"),
    ];
    let known = [CompressionMethod::STORE, CompressionMethod::DEFLATE];
    let (path, array) = (path.into(), name.to_owned());
    match (error, method) {
        (zip::result::ZipError::UnsupportedArchive(_), Some(method))
            if !known.contains(&method) =>
        {
            let found = named.iter().find(|(known, _)| *known == method);
            let method = found.map_or_else(
                || format!("{method:?}").to_lowercase(),
                |(_, name)| (*name).to_owned(),
            );
            DumpError::Compression {
                path,
                array,
                method,
            }
        }
        _ => DumpError::DamagedArray {
            path,
            array,
            reason: error.to_string(),
        },
    }
}

fn stored<R: Read>(path: &Path, name: &str, entry: ZipFile<'_, R>) -> Result<Stored, DumpError> {
    let place = Place {
        start: entry.data_start(),
        length: entry.compressed_size(),
        coding: match entry.compression() {
            CompressionMethod::Deflated => Coding::Deflated,
            _ => Coding::Plain,
        },
        header: 0,
        crc: Some(entry.crc32()),
        file: None,
    };
    let size = entry.size();
    headed(path, name, entry, size, place)
}

/// Reads the header of an array of `size` bytes, and compares the size with what the shape needs.
pub(crate) fn headed(
    path: &Path,
    name: &str,
    entry: impl Read,
    size: u64,
    place: Place,
) -> Result<Stored, DumpError> {
    let damaged = |reason: String| DumpError::DamagedArray {
        path: path.into(),
        array: name.to_owned(),
        reason,
    };
    let mut counted = Counted(entry, 0);
    let header = Header::read(&mut counted).map_err(|e| match e {
        HeaderError::Damaged(reason) => damaged(reason),
        HeaderError::NumberType(found) => DumpError::Dtype {
            path: path.into(),
            array: name.to_owned(),
            found,
            expected: super::names::types_of(name),
        },
    })?;
    let count = header
        .shape
        .iter()
        .try_fold(1_u64, |n, m| n.checked_mul(*m as u64));
    let numbers = count.and_then(|n| n.checked_mul(header.number.size() as u64));
    let expected = numbers.and_then(|n| n.checked_add(counted.1));
    if expected != Some(size) {
        let expected = expected.map_or("more than fits in memory".to_owned(), |n| n.to_string());
        let shape = &header.shape;
        return Err(damaged(format!(
            "{size} bytes, but {expected} for its shape {shape:?}"
        )));
    }
    Ok(Stored {
        name: name.to_owned(),
        number: header.number,
        shape: header.shape,
        fortran_order: header.fortran_order,
        place: Place {
            header: counted.1,
            ..place
        },
    })
}

/// Counts the bytes that are read.
struct Counted<R>(R, u64);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let got = self.0.read(buffer)?;
        self.1 += got as u64;
        Ok(got)
    }
}

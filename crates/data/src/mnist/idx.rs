//! The idx format: a big-endian magic number, sizes, then bytes; gzipped.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::DataError;

const IMAGES: u32 = 2051;
const LABELS: u32 = 2049;

/// Number of pixels per image, and the bytes of all images.
pub(super) fn images(file: &Path, gzipped: &[u8]) -> Result<(usize, Vec<u8>), DataError> {
    let mut body = GzDecoder::new(gzipped);
    let [count, rows, columns] = header(file, &mut body, IMAGES)?;
    let bytes = size(file, &[count, rows, columns])?;
    Ok((bytes / count as usize, rest(file, &mut body, bytes)?))
}

/// The labels, one byte each.
pub(super) fn labels(file: &Path, gzipped: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut body = GzDecoder::new(gzipped);
    let [count] = header(file, &mut body, LABELS)?;
    let count = size(file, &[count])?;
    rest(file, &mut body, count)
}

/// Checks the magic number, and reads the `N` sizes that follow.
fn header<const N: usize>(
    file: &Path,
    body: &mut impl Read,
    magic: u32,
) -> Result<[u32; N], DataError> {
    let found = big_endian(file, body)?;
    if found != magic {
        return Err(DataError::MagicNumber {
            file: file.to_owned(),
            expected: magic,
            found,
        });
    }
    let mut sizes = [0; N];
    for size in &mut sizes {
        *size = big_endian(file, body)?;
    }
    Ok(sizes)
}

fn big_endian(file: &Path, body: &mut impl Read) -> Result<u32, DataError> {
    let mut bytes = [0; 4];
    body.read_exact(&mut bytes)
        .map_err(|source| gzip(file, source))?;
    Ok(u32::from_be_bytes(bytes))
}

/// The product of a header's sizes, if it is neither 0 nor implausibly large.
fn size(file: &Path, sizes: &[u32]) -> Result<usize, DataError> {
    let product = sizes
        .iter()
        .try_fold(1_usize, |all, s| all.checked_mul(*s as usize));
    match product {
        Some(bytes @ 1..=0x7fff_ffff) => Ok(bytes),
        _ => Err(DataError::Sizes {
            file: file.to_owned(),
            sizes: sizes.to_vec(),
        }),
    }
}

/// Reads exactly `expected` bytes, then expects the end.
fn rest(file: &Path, body: &mut impl Read, expected: usize) -> Result<Vec<u8>, DataError> {
    // A false header must not reserve memory, and a decompression bomb must not fill it: grow as bytes arrive, stop
    // one beyond the end.
    let mut bytes = Vec::new();
    body.take(expected as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| gzip(file, source))?;
    if bytes.len() == expected {
        return Ok(bytes);
    }
    Err(DataError::Length {
        file: file.to_owned(),
        expected,
        found: bytes.len(),
    })
}

fn gzip(file: &Path, source: std::io::Error) -> DataError {
    DataError::Gzip {
        file: file.to_owned(),
        source,
    }
}

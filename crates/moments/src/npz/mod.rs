//! NumPy's `.npz`: a zip of `.npy` files, stored or deflated, each an array of numbers of any rank.
//!
//! ```
//! use formant_moments::npz::{NpzReader, NpzWriter};
//! use ndarray::{Array2, array};
//!
//! let mut npz = NpzWriter::new();
//! npz.add_array("x", &array![[1.0, 2.0], [3.0, 4.0]])?;
//! let bytes = npz.finish()?;
//! let x: Array2<f64> = NpzReader::new(bytes)?.by_name("x")?;
//! assert_eq!(x, array![[1.0, 2.0], [3.0, 4.0]]);
//! # Ok::<(), formant_moments::npz::NpzError>(())
//! ```

mod array;
mod header;

use std::io::{Cursor, Write as _};

use crate::text;
use ndarray::{Array, ArrayD, ArrayRef, Dimension};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

pub use array::Element;
pub use header::NumberType;
pub(crate) use header::{Header, HeaderError};

/// Why a `.npz` could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpzError {
    /// The zip as a whole is unreadable, or it lacks an array.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    /// One array is unreadable.
    #[error("array `{}` is damaged: {}", text::name(array), text::reason(reason))]
    Damaged {
        /// The array.
        array: String,
        /// What the reader met.
        reason: String,
    },
    /// The elements are of another type.
    #[error(
        "array `{}` is of type {}, expected {expected}",
        text::name(array),
        text::reason(found)
    )]
    NumberType {
        /// The array.
        array: String,
        /// The type, as the file names it.
        found: String,
        /// The types that would do.
        expected: &'static str,
    },
    /// The array has another number of axes.
    #[error("array `{}` is {}, expected {expected} axes", text::name(array), text::reason(&format!("{found:?}")))]
    Rank {
        /// The array.
        array: String,
        /// Its shape.
        found: Vec<usize>,
        /// The number of axes that were expected.
        expected: usize,
    },
}

/// The arrays of a `.npz`.
#[derive(Debug)]
pub struct NpzReader {
    archive: ZipArchive<Cursor<Vec<u8>>>,
}

impl NpzReader {
    /// Takes the bytes of a file.
    ///
    /// # Errors
    ///
    /// If they are no zip, or a truncated one.
    pub fn new(bytes: Vec<u8>) -> Result<Self, NpzError> {
        let archive = ZipArchive::new(Cursor::new(bytes))?;
        Ok(Self { archive })
    }

    /// The names of the entries in the order in which they were written, as the zip has them: most end in `.npy`.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        let names = 0..self.archive.len();
        names.map(|index| self.archive.name_for_index(index).unwrap_or_default())
    }

    /// Reads the array of this name, with or without `.npy`.
    ///
    /// # Errors
    ///
    /// If there is none, if it is damaged, or if it has another type or number of axes.
    pub fn by_name<T: Element, D: Dimension>(
        &mut self,
        name: &str,
    ) -> Result<Array<T, D>, NpzError> {
        let npy = format!("{name}.npy");
        let index = self.archive.index_for_name(&npy);
        let index = index
            .or_else(|| self.archive.index_for_name(name))
            .ok_or(zip::result::ZipError::FileNotFound)?;
        let array = self.read(index, name, T::NAME, |header, bytes| {
            (header.number == T::NUMBER).then(|| T::fill(header, bytes))
        })?;
        let found = array.shape().to_vec();
        array
            .into_dimensionality::<D>()
            .map_err(|_| NpzError::Rank {
                array: name.to_owned(),
                found,
                expected: D::NDIM.unwrap_or_default(),
            })
    }

    /// Reads a single string, as NumPy writes `np.array("text")`.
    ///
    /// # Errors
    ///
    /// If there is none, or if it is something else.
    pub fn text(&mut self, name: &str) -> Result<String, NpzError> {
        let damaged = |reason: &str| NpzError::Damaged {
            array: name.to_owned(),
            reason: reason.to_owned(),
        };
        let mut entry = self.archive.by_name(&format!("{name}.npy"))?;
        let mut bytes = Vec::new();
        let found = match Header::read(&mut entry) {
            Err(header::HeaderError::NumberType(found)) => found,
            Err(header::HeaderError::Damaged(reason)) => return Err(damaged(&reason)),
            Ok(header) => header.number.descr().to_owned(),
        };
        if !found.starts_with("<U") {
            return Err(NpzError::NumberType {
                array: name.to_owned(),
                found,
                expected: "text",
            });
        }
        let read = std::io::Read::read_to_end(&mut entry, &mut bytes);
        read.map_err(|error| damaged(&error.to_string()))?;
        let (characters, _) = bytes.as_chunks();
        let characters = characters
            .iter()
            .map(|c| char::from_u32(u32::from_le_bytes(*c)));
        let text: Option<String> = characters.collect();
        // Shorter strings of one array would be filled up with zeros.
        let text = text.ok_or_else(|| damaged("it holds what is no character"))?;
        Ok(text.trim_end_matches('\0').to_owned())
    }

    /// Reads an entry: its header, and then what `fill` makes of its numbers, which is `None` for a wrong type.
    fn read<T>(
        &mut self,
        index: usize,
        array: &str,
        expected: &'static str,
        fill: impl FnOnce(&Header, &mut dyn std::io::Read) -> Option<array::Filled<T>>,
    ) -> Result<ArrayD<T>, NpzError> {
        let damaged = |reason: String| NpzError::Damaged {
            array: array.to_owned(),
            reason,
        };
        let wrong_type = |found: String| NpzError::NumberType {
            array: array.to_owned(),
            found,
            expected,
        };
        let mut entry = self
            .archive
            .by_index(index)
            .map_err(|e| damaged(e.to_string()))?;
        let header = Header::read(&mut entry).map_err(|e| match e {
            header::HeaderError::Damaged(reason) => damaged(reason),
            header::HeaderError::NumberType(found) => wrong_type(found),
        })?;
        match fill(&header, &mut entry) {
            Some(filled) => filled.map_err(damaged),
            None => Err(wrong_type(header.number.descr().to_owned())),
        }
    }
}

/// Collects arrays for a `.npz`, uncompressed.
#[derive(Debug)]
pub struct NpzWriter(ZipWriter<Cursor<Vec<u8>>>);

impl Default for NpzWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl NpzWriter {
    /// Begins with no arrays.
    #[must_use]
    pub fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    /// Adds an array under a name, to which `.npy` is appended.
    ///
    /// # Errors
    ///
    /// If the name was used before.
    pub fn add_array<T: Element, D: Dimension>(
        &mut self,
        name: impl AsRef<str>,
        array: &ArrayRef<T, D>,
    ) -> Result<(), NpzError> {
        let stored = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(true);
        let name = name.as_ref();
        self.0.start_file(format!("{name}.npy"), stored)?;
        let mut bytes = Header::new::<T>(array.shape()).to_bytes();
        for value in array {
            value.extend(&mut bytes);
        }
        Ok(self
            .0
            .write_all(&bytes)
            .map_err(zip::result::ZipError::from)?)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    ///
    /// If the zip cannot be closed.
    pub fn finish(self) -> Result<Vec<u8>, NpzError> {
        Ok(self.0.finish()?.into_inner())
    }
}

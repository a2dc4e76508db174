//! One array of a dump, where it lies in the file, and its numbers, a few rows at a time.

use std::io::{self, Read, Take};
use std::path::PathBuf;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use ndarray::{Array2, ShapeBuilder, s};

use super::DumpError;
use super::bytes::Bytes;
use crate::MomentsError;
use crate::block::check_finite;
use crate::npz::NumberType;

/// Bytes that are converted at once.
const CHUNK: usize = 1 << 16;

/// The file of a dump.
#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Bytes,
}

/// How the bytes of an array are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    Deflated,
}

/// Where the bytes of an array are.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) start: u64,
    pub(crate) length: u64,
    pub(crate) coding: Coding,
    /// Bytes before the numbers.
    pub(crate) header: u64,
    /// Checksum of header and numbers.
    pub(crate) crc: Option<u32>,
    /// The file of the array, where each has its own; it is opened when it is read.
    pub(crate) file: Option<PathBuf>,
}

/// An array that was found in a file, none of whose numbers is read yet.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) number: NumberType,
    pub(crate) shape: Vec<usize>,
    pub(crate) fortran_order: bool,
    pub(crate) place: Place,
}

impl Stored {
    /// Bytes of a copy in `f64`, which an array in Fortran order needs to have its rows read.
    pub(crate) fn copy_bytes(&self) -> u64 {
        if !self.fortran_order || self.shape.len() < 2 {
            return 0;
        }
        let count = self.shape.iter().map(|n| *n as u64);
        count.fold(8, u64::saturating_mul)
    }
}

/// Bytes of an array, decoded; counted into its checksum.
struct Decoded {
    coding: Decoder,
    crc: Option<(Crc, u32)>,
}

enum Decoder {
    Plain(Take<Bytes>),
    Deflated(Box<DeflateDecoder<Take<Bytes>>>),
}

impl Decoded {
    fn new(container: &Container, place: &Place) -> io::Result<Self> {
        let bytes = match &place.file {
            Some(file) => &Bytes::open(file)?,
            None => &container.bytes,
        };
        let piece = bytes.piece(place.start, place.length);
        Ok(Self {
            coding: match place.coding {
                Coding::Plain => Decoder::Plain(piece),
                Coding::Deflated => Decoder::Deflated(Box::new(DeflateDecoder::new(piece))),
            },
            crc: place.crc.map(|expected| (Crc::new(), expected)),
        })
    }

    /// Fills the buffer as far as the entry goes.
    fn read_full(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut got = 0;
        while got < buffer.len() {
            let more = match &mut self.coding {
                Decoder::Plain(piece) => piece.read(&mut buffer[got..]),
                Decoder::Deflated(decoder) => decoder.read(&mut buffer[got..]),
            };
            match more {
                Ok(0) => break,
                Ok(more) => got += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if let Some((crc, _)) = &mut self.crc {
            crc.update(&buffer[..got]);
        }
        Ok(got)
    }
}

/// The rows of a matrix, or the entries of a vector as rows of one column, in order.
pub(crate) struct Rows<'a> {
    container: &'a Container,
    stored: &'a Stored,
    decoded: Decoded,
    rows: usize,
    columns: usize,
    next: usize,
    chunk: Vec<u8>,
    /// All rows, of an array in Fortran order.
    whole: Option<Array2<f64>>,
}

impl<'a> Rows<'a> {
    /// Begins with the first row. The shape has to have one axis or two.
    pub(crate) fn open(container: &'a Container, stored: &'a Stored) -> Result<Self, DumpError> {
        let decoded = Decoded::new(container, &stored.place);
        let decoded = decoded.map_err(|source| DumpError::Io {
            path: stored.place.file.clone().unwrap_or_default(),
            source,
        })?;
        let mut rows = Self {
            container,
            stored,
            decoded,
            rows: stored.shape.first().copied().unwrap_or(1),
            columns: stored.shape.get(1).copied().unwrap_or(1),
            next: 0,
            chunk: vec![0; CHUNK],
            whole: None,
        };
        let mut header = stored.place.header;
        while header > 0 {
            let piece = header.min(CHUNK as u64) as usize;
            header -= rows.read(piece)? as u64;
        }
        Ok(rows)
    }

    /// The next rows, `count` of them or as many as there are left. After the last one the entry has to end, and its
    /// checksum to be right.
    pub(crate) fn next(&mut self, count: usize) -> Result<Array2<f64>, DumpError> {
        let count = count.min(self.rows - self.next);
        let first = self.next;
        let block = if self.stored.fortran_order && self.stored.shape.len() > 1 {
            self.next_of_whole(count)?
        } else {
            let values = self.values(count * self.columns)?;
            self.matrix((count, self.columns).into(), values)?
        };
        self.next += count;
        if self.next == self.rows && self.whole.is_none() {
            self.end()?;
        }
        check_finite("", &block.view()).map_err(|error| self.not_finite(error, first))?;
        Ok(block)
    }

    fn next_of_whole(&mut self, count: usize) -> Result<Array2<f64>, DumpError> {
        if self.whole.is_none() {
            let values = self.values(self.rows * self.columns)?;
            self.end()?;
            self.whole = Some(self.matrix((self.rows, self.columns).f().into(), values)?);
        }
        let rows = self.next..self.next + count;
        let whole = self.whole.as_ref().map(|whole| whole.slice(s![rows, ..]));
        let block = whole.map(|rows| rows.as_standard_layout().into_owned());
        Ok(block.unwrap_or_default())
    }

    /// So many numbers. Memory grows with what the file holds, not with what its header says.
    fn values(&mut self, count: usize) -> Result<Vec<f64>, DumpError> {
        let size = self.stored.number.size();
        let mut values = Vec::new();
        let mut missing = count;
        while missing > 0 {
            let numbers = missing.min(CHUNK / size);
            values.reserve_exact(numbers.max(missing.min(values.len())));
            self.read(numbers * size)?;
            self.stored
                .number
                .widen(&self.chunk[..numbers * size], &mut values);
            missing -= numbers;
        }
        Ok(values)
    }

    /// Reads so many bytes into the chunk.
    fn read(&mut self, bytes: usize) -> Result<usize, DumpError> {
        let got = self.decoded.read_full(&mut self.chunk[..bytes]);
        match got {
            Ok(got) if got == bytes => Ok(got),
            Ok(_) => Err(self.damaged("it ends before its last number".into())),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    fn end(&mut self) -> Result<(), DumpError> {
        let got = self.decoded.read_full(&mut self.chunk[..1]);
        match got {
            Ok(0) => {}
            Ok(_) => return Err(self.damaged("it goes on after its last number".into())),
            Err(error) => return Err(self.unreadable(&error)),
        }
        match &self.decoded.crc {
            Some((crc, expected)) if crc.sum() != *expected => {
                Err(self.damaged("its checksum is wrong".into()))
            }
            _ => Ok(()),
        }
    }

    fn matrix(
        &self,
        shape: ndarray::StrideShape<ndarray::Ix2>,
        values: Vec<f64>,
    ) -> Result<Array2<f64>, DumpError> {
        Array2::from_shape_vec(shape, values).map_err(|e| self.damaged(e.to_string()))
    }

    fn damaged(&self, reason: String) -> DumpError {
        DumpError::DamagedArray {
            path: self.container.path.clone(),
            array: self.stored.name.clone(),
            reason,
        }
    }

    fn unreadable(&self, error: &io::Error) -> DumpError {
        match error.kind() {
            // What decoders say of bytes that make no sense.
            io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidData
            | io::ErrorKind::UnexpectedEof => self.damaged(error.to_string()),
            kind => DumpError::Io {
                path: self.container.path.clone(),
                source: io::Error::new(kind, error.to_string()),
            },
        }
    }

    fn not_finite(&self, error: MomentsError, first: usize) -> DumpError {
        match error {
            MomentsError::NonFinite {
                row, column, value, ..
            } => DumpError::NonFinite {
                path: self.container.path.clone(),
                array: self.stored.name.clone(),
                row: first + row,
                column,
                value,
            },
            other => other.into(),
        }
    }
}

//! The numbers of a `.npy`, after its header.

use std::io::Read;

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

use super::header::{Header, NumberType};

/// An array, or what was wrong with its bytes.
pub(super) type Filled<T> = Result<ArrayD<T>, String>;

/// Bytes that are read at once: enough to be fast, and so little that a header cannot ask for more memory than there
/// are bytes.
const CHUNK: usize = 1 << 16;

/// A number that arrays are read and written as: `f32`, `f64` or `i64`.
pub trait Element: Copy + sealed::Bytes {
    /// Its type in a file.
    const NUMBER: NumberType;
    /// Its type in words.
    const NAME: &'static str;
}

mod sealed {
    use super::{Filled, Header, Read};

    /// From and to the bytes of a file.
    pub trait Bytes: Sized {
        fn fill(header: &Header, bytes: &mut dyn Read) -> Filled<Self>;
        fn extend(self, bytes: &mut Vec<u8>);
    }
}

macro_rules! element {
    ($number:ty, $variant:ident, $name:literal) => {
        impl Element for $number {
            const NUMBER: NumberType = NumberType::$variant;
            const NAME: &'static str = $name;
        }

        impl sealed::Bytes for $number {
            fn fill(header: &Header, bytes: &mut dyn Read) -> Filled<Self> {
                header.fill(bytes, Self::from_le_bytes)
            }

            fn extend(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        }
    };
}

element!(f32, F32, "little-endian float32");
element!(f64, F64, "little-endian float64");
element!(i64, I64, "little-endian int64");

impl Header {
    /// Reads as many numbers as the shape says, and finds that the file ends with them.
    fn fill<T, const SIZE: usize>(
        &self,
        bytes: &mut dyn Read,
        number: fn([u8; SIZE]) -> T,
    ) -> Filled<T> {
        let count = self
            .shape
            .iter()
            .try_fold(1, |count: usize, n| count.checked_mul(*n));
        let expected = count
            .and_then(|count| count.checked_mul(SIZE))
            .filter(|bytes| isize::try_from(*bytes).is_ok())
            .ok_or_else(|| format!("no memory holds the shape {:?}", self.shape))?;
        let (mut values, mut chunk) = (Vec::new(), vec![0; CHUNK]);
        let mut missing = expected;
        while missing > 0 {
            let piece = &mut chunk[..missing.min(CHUNK)];
            let got = read_full(bytes, piece)?;
            values.extend(
                piece[..got]
                    .as_chunks()
                    .0
                    .iter()
                    .map(|number_bytes| number(*number_bytes)),
            );
            missing -= got;
            if got < piece.len() {
                return Err(format!("missing {missing} bytes"));
            }
        }
        // Reading to the end also has the zip compare its checksum.
        if read_full(bytes, &mut chunk[..1])? > 0 {
            return Err(format!("more than the {expected} bytes of its shape"));
        }
        let shape = IxDyn(&self.shape).set_f(self.fortran_order);
        ArrayD::from_shape_vec(shape, values).map_err(|e| e.to_string())
    }
}

/// Fills the buffer as far as the file goes.
fn read_full(bytes: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, String> {
    let mut got = 0;
    while got < buffer.len() {
        match bytes.read(&mut buffer[got..]).map_err(|e| e.to_string())? {
            0 => break,
            more => got += more,
        }
    }
    Ok(got)
}

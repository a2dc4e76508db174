//! NumPy arrays of rows, in single or double precision.
//!
//! They come by their bytes, a copy that costs nothing beside the products of the rows: borrowing would take a crate that
//! changes how half of the workspace is built.

use ndarray::Array2;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::value_error;

/// Rows `[n, d]`.
pub enum Rows {
    Single(Array2<f32>),
    Double(Array2<f64>),
}

impl FromPyObject<'_, '_> for Rows {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> Result<Self, PyErr> {
        let wrong = |_| PyTypeError::new_err("expected an array [n, d] of float32 or float64");
        let shape: (usize, usize) = object
            .getattr("shape")
            .and_then(|shape| shape.extract())
            .map_err(wrong)?;
        let kind: String = object
            .getattr("dtype")
            .and_then(|dtype| dtype.getattr("str")?.extract())
            .map_err(wrong)?;
        let bytes = object.call_method0("tobytes").map_err(wrong)?;
        let bytes = bytes.cast::<PyBytes>()?.as_bytes();
        match kind.trim_start_matches(['<', '>', '=']) {
            "f4" if native(&kind) => Ok(Self::Single(matrix(shape, bytes, f32::from_ne_bytes)?)),
            "f8" if native(&kind) => Ok(Self::Double(matrix(shape, bytes, f64::from_ne_bytes)?)),
            _ => Err(PyTypeError::new_err(format!(
                "expected an array [n, d] of float32 or float64, found {kind}"
            ))),
        }
    }
}

/// Whether numbers have the byte order of this machine.
fn native(kind: &str) -> bool {
    !kind.starts_with(if cfg!(target_endian = "little") {
        '>'
    } else {
        '<'
    })
}

fn matrix<T, const SIZE: usize>(
    shape: (usize, usize),
    bytes: &[u8],
    number: impl Fn([u8; SIZE]) -> T,
) -> PyResult<Array2<T>> {
    let (numbers, _) = bytes.as_chunks::<SIZE>();
    let numbers = numbers.iter().map(|bytes| number(*bytes)).collect();
    Array2::from_shape_vec(shape, numbers).map_err(value_error)
}

impl Rows {
    /// In double precision.
    pub fn into_f64(self) -> Array2<f64> {
        match self {
            Self::Single(rows) => rows.mapv(f64::from),
            Self::Double(rows) => rows,
        }
    }
}

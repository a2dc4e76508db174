//! NumPy arrays of rows, in single or double precision.

use ndarray::{Array2, ArrayView2};
use numpy::{Element, PyReadonlyArray2};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// Rows `[n, d]` of one precision, borrowed from NumPy.
pub enum Rows<'py> {
    Single(PyReadonlyArray2<'py, f32>),
    Double(PyReadonlyArray2<'py, f64>),
}

impl<'py> FromPyObject<'_, 'py> for Rows<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, PyErr> {
        if let Ok(rows) = object.extract() {
            return Ok(Self::Single(rows));
        }
        let rows = object.extract().map(Self::Double);
        rows.map_err(|_| {
            PyTypeError::new_err("expected an array [n, d] of float32 or float64".to_owned())
        })
    }
}

impl Rows<'_> {
    /// A copy in double precision.
    pub fn to_f64(&self) -> Array2<f64> {
        match self {
            Self::Single(rows) => rows.as_array().mapv(f64::from),
            Self::Double(rows) => rows.as_array().to_owned(),
        }
    }
}

/// The rows of a layer's block: all in one precision.
pub enum Block<'a> {
    Single([ArrayView2<'a, f32>; 4]),
    Double([ArrayView2<'a, f64>; 4]),
}

impl<'a> Block<'a> {
    /// `h_a`, `h_b`, `g_a`, `g_b`.
    pub fn new(rows: &'a [Rows<'_>; 4]) -> Result<Self, PyErr> {
        let mixed = || PyTypeError::new_err("the four arrays have to be of one precision");
        match rows {
            [Rows::Single(_), ..] => {
                let single = |rows| match rows {
                    &Rows::Single(ref rows) => Ok(view(rows)),
                    Rows::Double(_) => Err(mixed()),
                };
                let [h_a, h_b, g_a, g_b] = rows.each_ref();
                Ok(Self::Single([
                    single(h_a)?,
                    single(h_b)?,
                    single(g_a)?,
                    single(g_b)?,
                ]))
            }
            _ => {
                let double = |rows| match rows {
                    &Rows::Double(ref rows) => Ok(view(rows)),
                    Rows::Single(_) => Err(mixed()),
                };
                let [h_a, h_b, g_a, g_b] = rows.each_ref();
                Ok(Self::Double([
                    double(h_a)?,
                    double(h_b)?,
                    double(g_a)?,
                    double(g_b)?,
                ]))
            }
        }
    }
}

fn view<'a, T: Element>(rows: &'a PyReadonlyArray2<'_, T>) -> ArrayView2<'a, T> {
    rows.as_array()
}

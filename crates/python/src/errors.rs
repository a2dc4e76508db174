//! Errors of the Rust crates as exceptions.

use std::fmt::Display;

use pyo3::PyErr;
use pyo3::exceptions::PyValueError;
use serde::Serialize;

/// A `ValueError` with the message of any error.
pub fn value_error(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// A value as JSON.
pub fn json(value: &impl Serialize) -> Result<String, PyErr> {
    serde_json::to_string(value).map_err(value_error)
}

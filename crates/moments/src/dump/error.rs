//! What can be wrong with a dump.

use std::path::PathBuf;

use crate::{MomentsError, text};

/// Why a dump, or a layer of it, could not be used. Every message is one line of less than 300 characters that names the
/// file, and the array where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DumpError {
    /// Neither `.npz` nor `.safetensors`.
    #[error(
        "{}: {found}, expected a file .npz or .safetensors; {advice}",
        text::path(path)
    )]
    Extension {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        found: String,
        /// How to write one of the two.
        advice: &'static str,
    },
    /// The operating system refused to read.
    #[error("{}: {source}", text::path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The container as a whole is unreadable: empty, truncated, or of another format.
    #[error(
        "{}: damaged, truncated, or not of the format that its extension says: {}",
        text::path(path),
        text::reason(reason)
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader met.
        reason: String,
    },
    /// One array of the container is unreadable.
    #[error(
        "{}: array `{}` is damaged: {}",
        text::path(path),
        text::name(array),
        text::reason(reason)
    )]
    DamagedArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// What the reader met.
        reason: String,
    },
    /// An entry of a zip is compressed in a way that NumPy does not write.
    #[error(
        "{}: array `{}` is compressed with {method}, which is not supported; write it with np.savez or np.savez_compressed",
        text::path(path),
        text::name(array)
    )]
    Compression {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// The method, as it is usually called.
        method: String,
    },
    /// The file holds no arrays of a layer.
    #[error(
        "{}: no layers; write NAME/h_a, NAME/g_b and NAME/weight for each",
        text::path(path)
    )]
    NoLayers {
        /// The file.
        path: PathBuf,
    },
    /// An array that has no place in a dump.
    #[error(
        "{}: array `{}` has no meaning; expected NAME/h_a, NAME/g_b, NAME/weight, NAME/h_b, NAME/g_a or NAME/labels",
        text::path(path),
        text::name(array)
    )]
    UnknownArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
    },
    /// The same array twice.
    #[error("{}: array `{}` is there twice", text::path(path), text::name(array))]
    DuplicateArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
    },
    /// A layer lacks one of the three arrays that it needs.
    #[error(
        "{}: array `{}` is missing; a layer needs h_a, g_b and weight",
        text::path(path),
        text::name(array)
    )]
    MissingArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
    },
    /// Half precision, complex numbers, integers other than labels, or something stranger.
    #[error(
        "{}: array `{}` is of type {}, expected {expected}",
        text::path(path),
        text::name(array),
        crate::printable(found, 30)
    )]
    Dtype {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// The type, as the file names it.
        found: String,
        /// The types that would do.
        expected: &'static str,
    },
    /// An array does not fit the others.
    #[error(
        "{}: array `{}` is {}, expected {}",
        text::path(path),
        text::name(array),
        shape(found),
        crate::printable(expected, 90)
    )]
    Shape {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that would fit, in words and numbers.
        expected: String,
    },
    /// A weight whose axes are exchanged.
    #[error(
        "{}: array `{}` is {}, the transpose of the expected [d_b, d_a] = {}; write weight.T",
        text::path(path),
        text::name(array),
        shape(found),
        shape(expected)
    )]
    Transposed {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that fits `h_a` and `g_b`.
        expected: Vec<usize>,
    },
    /// Too few rows for a covariance.
    #[error(
        "{}: array `{}` holds {found} samples, at least 2 are needed",
        text::path(path),
        text::name(array)
    )]
    TooFewSamples {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// How many rows it has.
        found: usize,
    },
    /// A NaN or an infinity.
    #[error(
        "{}: array `{}` holds {value} at row {row}, column {column}; every value must be finite",
        text::path(path),
        text::name(array)
    )]
    NonFinite {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// Row, counted from 0.
        row: usize,
        /// Column, counted from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// A label that is no class, and not one of the two that say *no class*.
    #[error(
        "{}: array `{}` holds {value} at row {row}; labels are classes: whole numbers of 0 or more (-1 and -100: none)",
        text::path(path),
        text::name(array)
    )]
    Label {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// Row, counted from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Labels of two axes that are not one-hot.
    #[error(
        "{}: array `{}`, row {row}, is not one-hot; expected one 1 and otherwise 0 in each row, or classes as [n]",
        text::path(path),
        text::name(array)
    )]
    NotOneHot {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// Row, counted from 0.
        row: usize,
    },
    /// The arrays are well formed, but no moments can be made of them.
    #[error(transparent)]
    Moments(#[from] MomentsError),
}

/// A shape, of no more axes than a reader needs to see.
fn shape(shape: &[usize]) -> String {
    crate::printable(&format!("{shape:?}"), 40)
}

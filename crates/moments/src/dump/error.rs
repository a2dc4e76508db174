//! What can be wrong with a dump.

use std::path::PathBuf;

use crate::MomentsError;

/// Why a dump could not be used. Every message names the file, and the array where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DumpError {
    /// Neither `.npz` nor `.safetensors`.
    #[error("{}: extension `{found}`, expected .npz or .safetensors", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
        /// Its extension, in lower case.
        found: String,
    },
    /// The operating system refused to read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The container as a whole is unreadable: empty, truncated, or of another format.
    #[error("{}: damaged, truncated, or not of the format that its extension says: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader met.
        reason: String,
    },
    /// One array of the container is unreadable.
    #[error("{}: array `{array}` is damaged: {reason}", path.display())]
    DamagedArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// What the reader met.
        reason: String,
    },
    /// The file holds no arrays of a layer.
    #[error("{}: no layers; write NAME/h_a, NAME/g_b and NAME/weight for each", path.display())]
    NoLayers {
        /// The file.
        path: PathBuf,
    },
    /// An array that has no place in a dump.
    #[error(
        "{}: array `{array}` has no meaning; expected NAME/h_a, NAME/g_b, NAME/weight, NAME/h_b, NAME/g_a or NAME/labels",
        path.display()
    )]
    UnknownArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
    },
    /// The same array twice.
    #[error("{}: array `{array}` is there twice", path.display())]
    DuplicateArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
    },
    /// A layer lacks one of the three arrays that it needs.
    #[error("{}: array `{array}` is missing; a layer needs h_a, g_b and weight", path.display())]
    MissingArray {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
    },
    /// Half precision, complex numbers, integers other than labels, or something stranger.
    #[error("{}: array `{array}` is of type {found}, expected {expected}", path.display())]
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
    #[error("{}: array `{array}` is {found:?}, expected {expected}", path.display())]
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
    /// Too few rows for a covariance.
    #[error("{}: array `{array}` holds {found} samples, at least 2 are needed", path.display())]
    TooFewSamples {
        /// The file.
        path: PathBuf,
        /// The array.
        array: String,
        /// How many rows it has.
        found: usize,
    },
    /// A NaN or an infinity.
    #[error("{}: array `{array}` holds {value} at row {row}, column {column}; every value must be finite", path.display())]
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
    /// A label that is no class: negative, a fraction, or no number.
    #[error(
        "{}: array `{array}` holds {value} at row {row}; labels are classes, counted from 0: whole numbers of 0 or more",
        path.display()
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
    /// The arrays are well formed, but no moments can be made of them.
    #[error(transparent)]
    Moments(#[from] MomentsError),
}

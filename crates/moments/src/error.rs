//! What can go wrong with moments and with the files that keep them.

use std::path::PathBuf;

use crate::text;

/// Why moments could not be formed, merged, written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MomentsError {
    /// A block of rows has the wrong shape.
    #[error("{quantity} is {found:?}, expected [samples, neurons] = {expected:?}")]
    BlockShape {
        /// `h_a`, `h_b`, `g_a` or `g_b`, or what was reduced from them.
        quantity: &'static str,
        /// The shape that was given.
        found: Vec<usize>,
        /// The shape that the accumulator needs.
        expected: Vec<usize>,
    },
    /// A value is NaN or infinite.
    #[error("{quantity} holds {value} at row {row}, column {column}; every value must be finite")]
    NonFinite {
        /// What holds the value.
        quantity: &'static str,
        /// Row, counted from 0 within the block.
        row: usize,
        /// Column, counted from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// More zero samples than samples.
    #[error("{found} samples of norm zero among {samples}")]
    TooManyZeros {
        /// How many were said to be zero.
        found: usize,
        /// How many there are.
        samples: usize,
    },
    /// Values are finite, but so large that their products are not.
    #[error(
        "layer `{}`: the second moments of side {side} overflow f64; rescale the samples",
        text::name(layer)
    )]
    Overflow {
        /// Name of the layer.
        layer: String,
        /// `a` or `b`.
        side: char,
    },
    /// The weight does not fit the samples.
    #[error(
        "layer `{}`: weight is {found:?}, expected [d_b, d_a] = {expected:?} (h_b = W h_a)",
        text::name(layer)
    )]
    WeightShape {
        /// Name of the layer.
        layer: String,
        /// The shape that was given.
        found: Vec<usize>,
        /// `[d_b, d_a]`.
        expected: Vec<usize>,
    },
    /// A layer without neurons on one side.
    #[error(
        "layer `{}`: d_a = {d_a}, d_b = {d_b}; both sides need at least one neuron",
        text::name(layer)
    )]
    NoNeurons {
        /// Name of the layer.
        layer: String,
        /// Width of the input.
        d_a: usize,
        /// Width of the output.
        d_b: usize,
    },
    /// A covariance needs two samples.
    #[error(
        "layer `{}`: {found} samples, at least 2 are needed for a covariance",
        text::name(layer)
    )]
    TooFewSamples {
        /// Name of the layer.
        layer: String,
        /// How many there were.
        found: usize,
    },
    /// Two layers' moments do not belong together.
    #[error(
        "cannot merge moments whose {what} differ: {} and {}",
        text::reason(left),
        text::reason(right)
    )]
    MergeMismatch {
        /// What differs.
        what: &'static str,
        /// Ours.
        left: String,
        /// The other's.
        right: String,
    },
    /// The operating system refused to read or write.
    #[error("{}: {source}", text::path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file is not a readable safetensors file: damaged, truncated, or something else altogether.
    #[error(
        "{}: not a readable safetensors file: {}",
        text::path(path),
        text::reason(reason)
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// What the reader met.
        reason: String,
    },
    /// The file was written under another schema.
    #[error(
        "{}: schema_version is {}, this version reads {expected}; measure again",
        text::path(path),
        text::reason(found)
    )]
    SchemaVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: String,
        /// [`SCHEMA_VERSION`](crate::SCHEMA_VERSION).
        expected: u32,
    },
    /// A metadata entry is missing or makes no sense.
    #[error(
        "{}: metadata `{key}` is {}, expected {expected}",
        text::path(path),
        text::reason(found)
    )]
    Metadata {
        /// The file.
        path: PathBuf,
        /// The entry.
        key: &'static str,
        /// What the file says.
        found: String,
        /// What it should say.
        expected: &'static str,
    },
    /// A tensor of the file is missing, or is not what it should be.
    #[error(
        "{}: tensor `{tensor}` is {}, expected {expected}",
        text::path(path),
        text::reason(found)
    )]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// What the file holds.
        found: String,
        /// What it should hold.
        expected: String,
    },
}

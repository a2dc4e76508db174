//! Errors of making and reading data.

use std::path::{Path, PathBuf};

use formant_catalog::CatalogError;

use crate::Md5;

/// Why data could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A configuration has an invalid value.
    #[error("{field} is {found}, expected {expected}")]
    Config {
        /// The field, as written in a configuration file.
        field: &'static str,
        /// The value found.
        found: String,
        /// Description of a valid value.
        expected: &'static str,
    },
    /// A batch or held-out set of 0 samples was requested.
    #[error("{what} of 0 samples was requested; expected at least 1")]
    Empty {
        /// What was requested.
        what: &'static str,
    },
    /// More samples were requested than there are.
    #[error(
        "{requested} samples of {set} were requested for {what}, but it has {available}; request at most {available}"
    )]
    TooMany {
        /// The set, for example `mnist test`.
        set: String,
        /// What was requested.
        what: &'static str,
        /// Number of samples requested.
        requested: usize,
        /// How many there are.
        available: usize,
    },
    /// A data set has no samples.
    #[error("{set} has no samples")]
    EmptySet {
        /// The set.
        set: String,
    },
    /// The numbers of inputs and targets differ.
    #[error(
        "{set} has {inputs} rows of inputs, but {targets} rows of targets; expected one target for each input"
    )]
    TargetCount {
        /// The set.
        set: String,
        /// Rows of inputs.
        inputs: usize,
        /// Rows of targets.
        targets: usize,
    },
    /// A given number is NaN or infinite.
    #[error("the {what} of item {item} of {set} contain {value}; every number must be finite")]
    NonFinite {
        /// The set.
        set: String,
        /// `inputs` or `targets`.
        what: &'static str,
        /// The item, from 0.
        item: usize,
        /// The number.
        value: f32,
    },
    /// Only classes can be made one-hot.
    #[error("the task's targets are values already; only classes can be made one-hot")]
    NotClasses,
    /// An index is beyond the end of a set.
    #[error("sample {index} of {set} was requested, but it has {len}, numbered from 0")]
    Index {
        /// The set.
        set: String,
        /// The index.
        index: usize,
        /// How many samples there are.
        len: usize,
    },
    /// A training set and a test set do not belong together.
    #[error("{train} has {in_train} {what}, but {test} has {in_test}; they must agree")]
    SplitMismatch {
        /// `inputs` or `classes`.
        what: &'static str,
        /// The training set.
        train: String,
        /// Its number.
        in_train: usize,
        /// The test set.
        test: String,
        /// Its number.
        in_test: usize,
    },
    /// The files are in no folder that was searched.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", shown(.file))]
    Read {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file is larger than any that is read.
    #[error(
        "{} is larger than {} MiB, the most that is read into memory; it is another file",
        shown(.file), limit >> 20
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// Maximum number of bytes.
        limit: u64,
    },
    /// A file differs from the published one.
    #[error(
        "{} is damaged or another file: its md5 is {found} ({bytes} bytes), expected {expected}; \
        delete it and run `cargo xtask fetch-data mnist`", shown(.file)
    )]
    Checksum {
        /// The file.
        file: PathBuf,
        /// Its length.
        bytes: usize,
        /// The published checksum.
        expected: Md5,
        /// The file's checksum.
        found: Md5,
    },
    /// A file of records has another length than the published one.
    #[error("{} has {found} bytes, expected {expected}: {records} records of {record} bytes", shown(.file), records = expected / record)]
    Records {
        /// The file.
        file: PathBuf,
        /// Bytes of one record.
        record: usize,
        /// Bytes of the published file.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// Files are not those of the data set that was named.
    #[error("the files in {} are not {set}, or damaged: the sha256 of the {half} images is {found}, expected {expected}{hint}", shown(.dir))]
    OtherFiles {
        /// Their folder.
        dir: PathBuf,
        /// The data set that was named.
        set: &'static str,
        /// `train` or `test`.
        half: &'static str,
        /// The checksum of the data set.
        expected: String,
        /// The checksum found.
        found: String,
        /// Which data set they are, where that is known.
        hint: String,
    },
    /// A file is not gzip, or ends too early.
    #[error("{} is cut short or is not gzip: {source}", shown(.file))]
    Gzip {
        /// The file.
        file: PathBuf,
        /// The decoder's error.
        source: std::io::Error,
    },
    /// The content of an idx file does not match its name.
    #[error("{} begins with the magic number {found}, expected {expected} (2051 images, 2049 labels)", shown(.file))]
    MagicNumber {
        /// The file.
        file: PathBuf,
        /// The expected magic number.
        expected: u32,
        /// The magic number found.
        found: u32,
    },
    /// An idx file's header holds impossible sizes.
    #[error("{} has the sizes {sizes:?} in its header; expected positive sizes with a product below 2^31", shown(.file))]
    Sizes {
        /// The file.
        file: PathBuf,
        /// The sizes in its header.
        sizes: Vec<u32>,
    },
    /// An idx file is longer or shorter than its header says.
    #[error(
        "{} holds {} bytes after its header, expected {expected}", shown(.file),
        if found > expected { "more".to_owned() } else { found.to_string() }
    )]
    Length {
        /// The file.
        file: PathBuf,
        /// The product of the sizes in its header.
        expected: usize,
        /// Number of bytes found, counted up to one beyond `expected`.
        found: usize,
    },
    /// The numbers of images and labels differ.
    #[error("{} holds {image_count} images, but {} holds {label_count} labels; expected one label for each image", shown(.images), shown(.labels))]
    LabelCount {
        /// The file of images.
        images: PathBuf,
        /// Number of images.
        image_count: usize,
        /// The file of labels.
        labels: PathBuf,
        /// Number of labels.
        label_count: usize,
    },
    /// A label is not a class.
    #[error("{} has the label {found} at position {position}, expected 0 to {}", shown(.file), classes - 1)]
    Label {
        /// The file.
        file: PathBuf,
        /// Index of the label, from 0.
        position: usize,
        /// The label.
        found: u8,
        /// Number of classes.
        classes: u8,
    },
}

/// A path as messages show it.
fn shown(path: &Path) -> String {
    formant_text::path(path, 80)
}

//! What can go wrong with data.

use std::path::PathBuf;

use formant_catalog::CatalogError;

use crate::Md5;

/// Why data could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A configuration asks for something that does not exist.
    #[error("{field} is {found}, expected {expected}")]
    Config {
        /// The field, as it is written in a configuration file.
        field: &'static str,
        /// The value found there.
        found: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A batch or held-out set of no samples was asked for.
    #[error("{what} of 0 samples was asked for, expected at least 1")]
    Empty {
        /// What was asked for.
        what: &'static str,
    },
    /// More samples were asked for than there are.
    #[error(
        "{asked} samples of {set} were asked for in one {what}, but it has {available}; ask for {available} or fewer"
    )]
    TooMany {
        /// The set, for example `mnist test`.
        set: String,
        /// What was asked for.
        what: &'static str,
        /// How many samples were asked for.
        asked: usize,
        /// How many there are.
        available: usize,
    },
    /// A data set has no samples.
    #[error("{set} has no samples")]
    EmptySet {
        /// The set.
        set: String,
    },
    /// Given inputs and targets are not one to one.
    #[error("{set} has {inputs} rows of inputs, but {targets} rows of targets; expected as many")]
    Unpaired {
        /// The set.
        set: String,
        /// Rows of inputs.
        inputs: usize,
        /// Rows of targets.
        targets: usize,
    },
    /// A given number is NaN or infinite.
    #[error("the {what} of item {item} of {set} hold {value}; every number must be finite")]
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
    /// One-hot targets are made of classes only.
    #[error("the task's targets are values already; only classes can be made one-hot")]
    NotClasses,
    /// An index is past the end of a set.
    #[error("sample {index} of {set} was asked for, but it has {len}, numbered from 0")]
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
    Disagree {
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
    #[error("{} cannot be read: {source}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not the published one.
    #[error(
        "{} is damaged or another file: its md5 is {found} ({bytes} bytes), expected {expected}; \
        delete it and run `cargo xtask fetch-data mnist`", .file.display()
    )]
    Checksum {
        /// The file.
        file: PathBuf,
        /// Its length.
        bytes: usize,
        /// The published sum.
        expected: Md5,
        /// The file's sum.
        found: Md5,
    },
    /// A file is not gzip, or ends too early.
    #[error("{} is cut short or is not gzip: {source}", .file.display())]
    Gzip {
        /// The file.
        file: PathBuf,
        /// What the decoder said.
        source: std::io::Error,
    },
    /// An idx file holds something else than its name says.
    #[error("{} begins with the magic number {found}, expected {expected} (2051 images, 2049 labels)", .file.display())]
    Magic {
        /// The file.
        file: PathBuf,
        /// The number of what was expected.
        expected: u32,
        /// The number found.
        found: u32,
    },
    /// An idx file's header holds impossible sizes.
    #[error("{} claims the sizes {sizes:?}, expected none of them 0 and a product below 2^31", .file.display())]
    Sizes {
        /// The file.
        file: PathBuf,
        /// The sizes in its header.
        sizes: Vec<u32>,
    },
    /// An idx file is longer or shorter than its header says.
    #[error(
        "{} holds {} bytes after its header, expected {expected}", .file.display(),
        if found > expected { "more".to_owned() } else { found.to_string() }
    )]
    Length {
        /// The file.
        file: PathBuf,
        /// The product of the sizes in its header.
        expected: usize,
        /// Bytes found, counted to one past `expected`.
        found: usize,
    },
    /// Images and labels are not one to one.
    #[error("{} holds {image_count} images, but {} holds {label_count} labels; expected as many", .images.display(), .labels.display())]
    Count {
        /// The file of images.
        images: PathBuf,
        /// Images in it.
        image_count: usize,
        /// The file of labels.
        labels: PathBuf,
        /// Labels in it.
        label_count: usize,
    },
    /// A label names no class.
    #[error("{} has the label {found} at position {position}, expected 0 to {}", .file.display(), classes - 1)]
    Label {
        /// The file.
        file: PathBuf,
        /// Which label, from 0.
        position: usize,
        /// The label.
        found: u8,
        /// Number of classes.
        classes: u8,
    },
}

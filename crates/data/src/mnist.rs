//! MNIST from its four standard files (idx format, gzipped), verified by checksum before use.
//!
//! Images are flattened to 784 inputs, row by row, and normalised as `(x / 255 - 0.1307) / 0.3081`: the mean and
//! standard deviation of the training pixels, as in PyTorch's examples. 60,000 images are for training, 10,000 for
//! testing.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use formant_catalog::DataSet;

use crate::dataset::PixelParts;
use crate::{DataError, Md5, PixelSet, Split};

mod idx;

/// Where the files are published.
pub const URL: &str = "https://ossci-datasets.s3.amazonaws.com/mnist/";

/// Maximum size of a gzipped file; the largest published one has 9.9 MB.
const MAX_FILE: u64 = 512 << 20;

const CLASSES: u8 = 10;
const MEAN: f64 = 0.1307;
const STD: f64 = 0.3081;

/// One of the four files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MnistFile {
    /// 60,000 images.
    TrainImages,
    /// Their labels.
    TrainLabels,
    /// 10,000 images.
    TestImages,
    /// Their labels.
    TestLabels,
}

impl MnistFile {
    /// All four, in the order of [`Checksums`] and of [`DataSet::files`].
    pub const ALL: [Self; 4] = [
        Self::TrainImages,
        Self::TrainLabels,
        Self::TestImages,
        Self::TestLabels,
    ];

    /// The file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        DataSet::Mnist.files()[self as usize]
    }
}

/// The checksums that the four gzipped files must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksums(pub [Md5; 4]);

impl Checksums {
    /// The checksums of the published files.
    pub const CANONICAL: Self = Self([
        Md5(0xf68b_3c2d_cbea_aa9f_bdd3_48bb_deb9_4873),
        Md5(0xd53e_105e_e54e_a407_49a0_9fcb_cd1e_9432),
        Md5(0x9fb6_29c4_1895_51a2_d022_fa33_0f95_73f3),
        Md5(0xec29_112d_d5af_a061_1ce8_0d1b_7f02_629c),
    ]);

    /// The checksum of `file`.
    #[must_use]
    pub const fn of(&self, file: MnistFile) -> Md5 {
        self.0[file as usize]
    }
}

/// The folder that holds the four files; see [`DataSet::locate`] for where it is looked for.
///
/// # Errors
/// If there is none. The message lists the folders searched and the possible remedies.
pub fn locate(explicit: Option<&Path>) -> Result<PathBuf, DataError> {
    Ok(DataSet::Mnist.locate(explicit)?)
}

/// Reads the four files in `dir`.
///
/// # Errors
/// If one is missing or differs from the published file in any byte. The message names it.
pub fn load(dir: &Path) -> Result<Split, DataError> {
    load_with(dir, &Checksums::CANONICAL)
}

/// Like [`load`], for files with other checksums: excerpts, or another data set in MNIST's format.
///
/// # Errors
/// If a file is missing, does not have its checksum, or does not follow its format.
pub fn load_with(dir: &Path, checksums: &Checksums) -> Result<Split, DataError> {
    Ok(Split {
        train: part(
            dir,
            checksums,
            "mnist train",
            MnistFile::TrainImages,
            MnistFile::TrainLabels,
        )?,
        test: part(
            dir,
            checksums,
            "mnist test",
            MnistFile::TestImages,
            MnistFile::TestLabels,
        )?,
    })
}

fn part(
    dir: &Path,
    checksums: &Checksums,
    name: &'static str,
    images: MnistFile,
    labels: MnistFile,
) -> Result<Arc<PixelSet>, DataError> {
    let (images_path, labels_path) = (dir.join(images.name()), dir.join(labels.name()));
    let (width, pixels) = idx::images(&images_path, &read(&images_path, checksums.of(images))?)?;
    let labels_read = idx::labels(&labels_path, &read(&labels_path, checksums.of(labels))?)?;
    let count = pixels.len().checked_div(width).unwrap_or(0);
    if count != labels_read.len() {
        return Err(DataError::LabelCount {
            images: images_path,
            image_count: count,
            labels: labels_path,
            label_count: labels_read.len(),
        });
    }
    if let Some(position) = labels_read.iter().position(|label| *label >= CLASSES) {
        return Err(DataError::Label {
            file: labels_path,
            position,
            found: labels_read[position],
            classes: CLASSES,
        });
    }
    let hashes = [images, labels].map(|f| {
        (
            format!("mnist/{}", f.name()),
            format!("md5:{}", checksums.of(f)),
        )
    });
    let parts = PixelParts {
        name: name.to_owned(),
        width,
        classes: usize::from(CLASSES),
        pixels,
        labels: labels_read,
        hashes: BTreeMap::from(hashes),
    };
    Ok(Arc::new(PixelSet::new(parts, 255.0, &[(MEAN, STD)])))
}

/// The bytes of a file, after its checksum was verified.
fn read(file: &Path, expected: Md5) -> Result<Vec<u8>, DataError> {
    let bytes = read_at_most(file, MAX_FILE)?;
    let found = Md5::of(&bytes);
    if found != expected {
        return Err(DataError::Checksum {
            file: file.to_owned(),
            bytes: bytes.len(),
            expected,
            found,
        });
    }
    Ok(bytes)
}

/// The bytes of a file, unless there are more than `limit`.
pub(crate) fn read_at_most(file: &Path, limit: u64) -> Result<Vec<u8>, DataError> {
    let read = || {
        let open = std::fs::File::open(file)?;
        let mut bytes = Vec::new();
        // What has no length of its own, a pipe for example, is read up to the limit.
        let too_large = open.metadata()?.len() > limit || {
            open.take(limit + 1).read_to_end(&mut bytes)?;
            bytes.len() as u64 > limit
        };
        Ok((!too_large).then_some(bytes))
    };
    match read() {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(DataError::TooLarge {
            file: file.to_owned(),
            limit,
        }),
        Err(source) => Err(DataError::Read {
            file: file.to_owned(),
            source,
        }),
    }
}

//! CIFAR-10 (Krizhevsky 2009) from its binary files: records of a label byte and 3,072 bytes, the red, green and blue planes of
//! 32x32 pixels, row by row.
//!
//! Images are flattened to 3,072 inputs in that order, `[3, 32, 32]`, and normalised channel by channel as
//! `(x / 255 - mean) / std` with means 0.4914, 0.4822, 0.4465 and standard deviations 0.2470, 0.2435, 0.2616: those of the
//! training pixels.
//!
//! Three sets go by that name, and are never mixed: the published one, one that was decoded from lossy JPEG, and an excerpt
//! with exact pixels ([`Source`]). Results carry the name of the set.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::augment::{Channel, ImageFormat};
use crate::dataset::PixelParts;
use crate::mnist::read_at_most;
use crate::{DataError, PixelSet, Split};

/// Bytes of a record: its label, then its pixels.
pub const RECORD: usize = 1 + PIXELS;
const PIXELS: usize = 3 * 32 * 32;
const CLASSES: u8 = 10;
const CHANNELS: [(f64, f64); 3] = [(0.4914, 0.2470), (0.4822, 0.2435), (0.4465, 0.2616)];

const BATCHES: [&str; 5] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
];
const TEST_BATCH: [&str; 1] = ["test_batch.bin"];

/// How a row holds an image.
#[must_use]
pub fn image_format() -> ImageFormat {
    ImageFormat {
        height: 32,
        width: 32,
        channels: CHANNELS.map(|(mean, std)| Channel { mean, std }).into(),
    }
}

/// Which of the sets that are called CIFAR-10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The published files, 50,000 and 10,000 images.
    Official,
    /// The same images decoded from JPEG of quality 75, in files of the same names.
    Jpeg,
    /// The first 4,000 and 1,000 images of the published files.
    Exact,
}

/// The files of a set, and what they are known by.
#[derive(Debug, Clone, Copy)]
pub struct Files {
    /// The name of the set.
    pub name: &'static str,
    /// Training images.
    pub train: Part,
    /// Test images.
    pub test: Part,
}

/// Files of one half of a set, and what they are known by.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Their names.
    pub files: &'static [&'static str],
    /// Records of each file.
    pub records: usize,
    /// How many records, from the first, the checksum is of.
    pub known: usize,
    /// The checksum, in hexadecimal digits.
    pub sha256: &'static str,
}

impl Part {
    const fn new(
        files: &'static [&'static str],
        records: usize,
        known: usize,
        sha256: &'static str,
    ) -> Self {
        Self {
            files,
            records,
            known,
            sha256,
        }
    }
}

const FIRST_TRAIN: &str = "0993cf8b8e43bc207603aef9787006995746513f5e3fa5a52e06d1b069926330";
const FIRST_TEST: &str = "8314c96d7cd65618193bab23acdd5d4c4af15bf6dd00a1781d55beedf3be1ef5";
const JPEG_TRAIN: &str = "7450458f57eb6c68104fd44423cd450335965f53e8d4440555741100cf63c2c6";
const JPEG_TEST: &str = "e5e5e124c3e41d5ae05f9df143b215d788bbe549525349bcd33ab461c79f600d";

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Official, Self::Jpeg, Self::Exact];

    /// The name of the set, in results too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.files().name
    }

    /// Its files. Of the published ones the checksums are of the first records, those of [`Exact`](Self::Exact): that of a whole
    /// file is not published, only that of the archive.
    #[must_use]
    pub const fn files(self) -> Files {
        match self {
            Self::Official => Files {
                name: "cifar10",
                train: Part::new(&BATCHES, 10_000, 4_000, FIRST_TRAIN),
                test: Part::new(&TEST_BATCH, 10_000, 1_000, FIRST_TEST),
            },
            Self::Jpeg => Files {
                name: "cifar10-jpeg",
                train: Part::new(&BATCHES, 10_000, 50_000, JPEG_TRAIN),
                test: Part::new(&TEST_BATCH, 10_000, 10_000, JPEG_TEST),
            },
            Self::Exact => Files {
                name: "cifar10-exact",
                train: Part::new(&["train_first4000.bin"], 4_000, 4_000, FIRST_TRAIN),
                test: Part::new(&["test_first1000.bin"], 1_000, 1_000, FIRST_TEST),
            },
        }
    }
}

/// Reads a set from the files in `dir`.
///
/// # Errors
/// If a file is missing or has another length, a label is none, or the files are those of another set. The message names the
/// file, or the set that they are.
pub fn load(dir: &Path, source: Source) -> Result<Split, DataError> {
    load_files(dir, &source.files())
}

/// Like [`load`], for other files of this format.
///
/// # Errors
/// As for [`load`].
pub fn load_files(dir: &Path, files: &Files) -> Result<Split, DataError> {
    let read = |half, part| read(dir, files.name, half, part);
    Ok(Split {
        train: read("train", &files.train)?,
        test: read("test", &files.test)?,
    })
}

fn read(
    dir: &Path,
    set: &'static str,
    half: &'static str,
    part: &Part,
) -> Result<Arc<PixelSet>, DataError> {
    let (mut all, mut hashes) = (Vec::new(), BTreeMap::new());
    for file in part.files {
        let bytes = records(&dir.join(file), part.records)?;
        hashes.insert(
            format!("{set}/{file}"),
            format!("sha256:{}", sha256(&bytes)),
        );
        all.extend(bytes);
    }
    let found = first(&all, part.known);
    if found != part.sha256 {
        return Err(DataError::OtherFiles {
            dir: dir.to_owned(),
            set,
            half,
            expected: part.sha256.to_owned(),
            found,
            hint: hint(&all),
        });
    }
    let records = || all.chunks_exact(RECORD);
    let parts = PixelParts {
        name: format!("{set} {half}"),
        width: PIXELS,
        classes: usize::from(CLASSES),
        pixels: records().flat_map(|record| &record[1..]).copied().collect(),
        labels: records().map(|record| record[0]).collect(),
        hashes,
    };
    Ok(Arc::new(PixelSet::new(parts, 255.0, &CHANNELS)))
}

/// The checksum of the first records.
fn first(all: &[u8], records: usize) -> String {
    sha256(&all[..all.len().min(records * RECORD)])
}

/// The bytes of a file of this many records, whose labels are classes.
fn records(file: &Path, records: usize) -> Result<Vec<u8>, DataError> {
    let expected = records * RECORD;
    let bytes = read_at_most(file, expected as u64 + 1)?;
    if bytes.len() != expected {
        return Err(DataError::Records {
            file: file.to_owned(),
            record: RECORD,
            expected,
            found: bytes.len(),
        });
    }
    let mut labels = bytes.iter().step_by(RECORD);
    if let Some(position) = labels.position(|label| *label >= CLASSES) {
        return Err(DataError::Label {
            file: file.to_owned(),
            position,
            found: bytes[position * RECORD],
            classes: CLASSES,
        });
    }
    Ok(bytes)
}

/// Which set the files are, where a checksum tells.
fn hint(all: &[u8]) -> String {
    let is = |part: Part| {
        part.files.len() * part.records * RECORD == all.len()
            && first(all, part.known) == part.sha256
    };
    let sets = Source::ALL.map(Source::files);
    let is = sets.iter().find(|set| is(set.train) || is(set.test));
    is.map_or(String::new(), |set| {
        format!("; they are {}: name that set", set.name)
    })
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // a string takes whatever it is given
        text
    })
}

//! The readers of files, fuzzed: damage before and after compression, in files of the right checksum.

#[path = "../../moments/tests/common/fuzz.rs"]
mod harness;

use std::fs;
use std::path::PathBuf;

use flate2::Crc;
use formant_data::cifar10::{Files, Part, RECORD, load_files};
use formant_data::mnist::{Checksums, MnistFile, load_with};
use formant_data::{Md5, Split};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::cifar10::{records, sha256};
use crate::mnist::{gunzip, tiny};

/// What buffers of the decoder take, whatever the input is.
const BUFFERS: u64 = 1 << 20;

/// The most that a byte of deflate becomes.
const INFLATED: u64 = 1100;

/// A folder of sound files, one of which is damaged at a time, and whose name is long and would spoil a terminal.
struct Folder {
    _parent: TempDir,
    path: PathBuf,
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Folder {
    fn new(files: Vec<(&'static str, Vec<u8>)>) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let path = parent
            .path()
            .join("\u{1b}[31m\n".repeat(12) + &"x".repeat(180));
        fs::create_dir(&path).unwrap();
        let folder = Self {
            _parent: parent,
            path,
            files,
        };
        folder
            .files
            .iter()
            .for_each(|(name, bytes)| folder.put(name, bytes));
        folder
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path.join(name), bytes).unwrap();
    }

    /// Loads with another file in the place of one. An error names it.
    fn with(
        &self,
        which: usize,
        bytes: &[u8],
        load: impl Fn(&Self) -> Result<Split, formant_data::DataError>,
    ) -> Result<(), String> {
        let (name, sound) = &self.files[which];
        self.put(name, bytes);
        let result = load(self).map_err(|error| error.to_string());
        self.put(name, sound);
        result.map(drop)
    }
}

/// The number of a file, then its bytes.
fn numbered(which: usize, bytes: Vec<u8>) -> Vec<u8> {
    [vec![which as u8], bytes].concat()
}

thread_local! {
    static MNIST: Folder = Folder::new(MnistFile::ALL.map(MnistFile::name).into_iter().zip(tiny()).collect());
    static CIFAR10: Folder = Folder::new(vec![("a.bin", records(&[9])), ("b.bin", records(&[1]))]);
}

/// gzip in one block that is not compressed: a tenth of the time, and what a reader sees is the same.
fn stored(body: &[u8]) -> Vec<u8> {
    let length = body.len() as u16;
    let mut sum = Crc::new();
    sum.update(body);
    let block = [[length, !length].map(u16::to_le_bytes).as_flattened(), body].concat();
    let end = [sum.sum(), sum.amount()].map(u32::to_le_bytes);
    let head: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    [head, &block, end.as_flattened()].concat()
}

#[test]
fn fuzz_mnist() {
    let files = tiny();
    let sums = files.each_ref().map(|file| Md5::of(file));
    let bodies = files.each_ref().map(|file| gunzip(file));
    let make = |rng: &mut ChaCha8Rng| {
        let which = rng.random_range(0..4);
        let file = match rng.random_range(0..3) {
            0 => harness::mutated(rng, &files[which..=which]),
            1 => stored(&harness::mutated(rng, &bodies[which..=which])),
            _ => stored(&harness::mutated(rng, &bodies)),
        };
        numbered(which, file)
    };
    let bound = |input: &[u8]| BUFFERS + INFLATED * input.len() as u64;
    harness::fuzz(5, harness::inputs(), make, bound, |input| {
        let (which, bytes) = (usize::from(input[0]), &input[1..]);
        let mut sums = sums;
        sums[which] = Md5::of(bytes);
        MNIST.with(|folder| {
            let loaded = folder.with(which, bytes, |folder| {
                load_with(&folder.path, &Checksums(sums))
            });
            let names = |error: &String| error.contains(MnistFile::ALL[which].name());
            assert!(loaded.as_ref().err().is_none_or(names), "{loaded:?}");
            loaded
        })
    });
}

#[test]
fn fuzz_cifar10() {
    let files = [records(&[9]), records(&[1])];
    // Of one half nothing is known but its length, as of most records of the published set.
    let part = |files, known, of: &[u8]| Part {
        files,
        records: 1,
        known,
        sha256: sha256(&of[..known * RECORD]).leak(),
    };
    let known = Files {
        name: "tiny",
        train: part(&["a.bin"], 0, &files[0]),
        test: part(&["b.bin"], 1, &files[1]),
    };
    let make = |rng: &mut ChaCha8Rng| {
        let which = rng.random_range(0..2);
        numbered(which, harness::mutated(rng, &files[which..=which]))
    };
    let bound = |input: &[u8]| BUFFERS + 8 * input.len() as u64;
    harness::fuzz(6, harness::inputs(), make, bound, |input| {
        let (which, bytes) = (usize::from(input[0]), &input[1..]);
        CIFAR10.with(|folder| folder.with(which, bytes, |folder| load_files(&folder.path, &known)))
    });
}

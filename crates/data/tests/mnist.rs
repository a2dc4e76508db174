//! The reader of MNIST, on tiny files made here, whole and damaged.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use formant_data::mnist::{Checksums, MnistFile, load, load_with};
use formant_data::{Dataset, Md5, Targets};
use proptest::prelude::*;
use tempfile::TempDir;

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut body).unwrap();
    body
}

fn idx(magic: u32, sizes: &[u32], body: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = magic.to_be_bytes().to_vec();
    sizes.iter().for_each(|s| bytes.extend(s.to_be_bytes()));
    bytes.extend(body);
    bytes
}

/// Three training and two test images of 2x2; every pixel is another byte.
pub fn tiny() -> [Vec<u8>; 4] {
    [
        gzip(&idx(
            2051,
            &[3, 2, 2],
            &[0, 255, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        )),
        gzip(&idx(2049, &[3], &[9, 0, 5])),
        gzip(&idx(2051, &[2, 2, 2], &[20, 21, 22, 23, 24, 25, 26, 27])),
        gzip(&idx(2049, &[2], &[1, 2])),
    ]
}

fn write(files: &[Vec<u8>; 4]) -> (TempDir, Checksums) {
    let dir = tempfile::tempdir().unwrap();
    for (file, bytes) in MnistFile::ALL.iter().zip(files) {
        fs::write(dir.path().join(file.name()), bytes).unwrap();
    }
    (dir, Checksums([0, 1, 2, 3].map(|i| Md5::of(&files[i]))))
}

/// The message for the tiny files with one of them changed, its checksum too.
fn message(which: usize, changed: Vec<u8>) -> String {
    let mut files = tiny();
    files[which] = changed;
    let (dir, checksums) = write(&files);
    let message = load_with(dir.path(), &checksums).unwrap_err().to_string();
    assert!(
        message.contains(MnistFile::ALL[which].name()),
        "the file is not named: {message}"
    );
    message
}

#[test]
fn tiny_files_are_read_and_normalised() {
    let (dir, checksums) = write(&tiny());
    let split = load_with(dir.path(), &checksums).unwrap();
    assert_eq!((split.train.len(), split.test.len()), (3, 2));
    assert_eq!((split.train.input_dim(), split.train.classes()), (4, 10));
    assert_eq!(split.train.image(1), Some(&[4, 5, 6, 7][..]));
    assert_eq!(split.train.image(3), None);

    let batch = split.train.gather(&[2, 0, 2]).unwrap();
    assert_eq!(batch.targets, Targets::Classes(vec![5, 9, 5]));
    let expected = [8, 9, 10, 11, 0, 255, 2, 3, 8, 9, 10, 11]
        .map(|p| (f64::from(p) / 255.0 - 0.1307) / 0.3081);
    for (found, expected) in batch.inputs.iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() < 1e-6);
    }
    let hashes = split.test.hashes();
    assert_eq!(
        hashes["mnist/t10k-labels-idx1-ubyte.gz"],
        format!("md5:{}", checksums.of(MnistFile::TestLabels))
    );
    assert!(
        split
            .train
            .gather(&[0, 3])
            .unwrap_err()
            .to_string()
            .contains("sample 3 of mnist train")
    );
}

#[test]
fn other_files_than_the_published_ones_are_refused() {
    let (dir, _) = write(&tiny());
    let message = load(dir.path()).unwrap_err().to_string();
    for part in [
        "train-images-idx3-ubyte.gz",
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "fetch-data mnist",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let message = load(Path::new("/nowhere")).unwrap_err().to_string();
    assert!(
        message.contains("/nowhere/train-images-idx3-ubyte.gz cannot be read"),
        "{message}"
    );
}

#[test]
fn damage_is_named() {
    let [images, labels, ..] = tiny();
    let cut = images[..images.len() - 9].to_vec();
    assert!(message(0, cut).contains("cut short"));
    assert!(message(1, b"plain text".to_vec()).contains("is not gzip"));
    assert!(message(1, Vec::new()).contains("is not gzip"));
    assert!(message(0, labels.clone()).contains("magic number 2049, expected 2051"));
    assert!(message(3, images).contains("magic number 2051, expected 2049"));
    assert!(
        message(2, gzip(&idx(2051, &[2, 2, 2], &[0; 7])))
            .contains("holds 7 bytes after its header, expected 8")
    );
    assert!(
        message(2, gzip(&idx(2051, &[2, 2, 2], &[0; 9])))
            .contains("holds more bytes after its header, expected 8")
    );
    assert!(message(2, gzip(&idx(2051, &[2, 0, 2], &[]))).contains("sizes [2, 0, 2]"));
    assert!(message(2, gzip(&idx(2051, &[u32::MAX; 3], &[]))).contains("expected positive sizes"));
    assert!(message(2, gzip(&idx(2051, &[0x7fff_ffff, 1, 1], &[1, 2]))).contains("holds 2 bytes"));
    assert!(message(1, gzip(&idx(2049, &[2], &[0, 1]))).contains("3 images, but"));
    assert!(
        message(1, gzip(&idx(2049, &[3], &[0, 1, 10])))
            .contains("label 10 at position 2, expected 0 to 9")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_changed_byte_is_an_error(which in 0..4_usize, position: prop::sample::Index, flip in 1..=255_u8) {
        let (dir, checksums) = write(&tiny());
        let path = dir.path().join(MnistFile::ALL[which].name());
        let mut bytes = fs::read(&path).unwrap();
        let at = position.index(bytes.len());
        bytes[at] ^= flip;
        fs::write(&path, bytes).unwrap();
        prop_assert!(load_with(dir.path(), &checksums).is_err());
    }

    #[test]
    fn no_bytes_panic_or_exhaust_memory(header in prop::collection::vec(any::<u8>(), 0..40), magic: bool) {
        let mut files = tiny();
        let mut bytes = if magic { 2051_u32.to_be_bytes().to_vec() } else { Vec::new() };
        bytes.extend(header);
        files[0] = gzip(&bytes);
        let (dir, checksums) = write(&files);
        // 3 images of any shape would be right by chance.
        if let Ok(split) = load_with(dir.path(), &checksums) {
            prop_assert_eq!(split.train.len(), 3);
        }
    }
}

#[test]
fn what_inflates_beyond_its_header_is_not_inflated() {
    let mut bomb = gzip(&idx(2051, &[2, 2, 2], &vec![0; 16 << 20]));
    assert!(bomb.len() < 1 << 20);
    // A reader that went on to the end would find that the file is cut short.
    bomb.truncate(bomb.len() / 2);
    assert!(message(2, bomb).contains("holds more bytes after its header, expected 8"));
}

#[test]
fn files_that_are_too_large_are_not_read() {
    let (dir, checksums) = write(&tiny());
    let path = dir.path().join(MnistFile::TrainLabels.name());
    // A sparse file: it takes no space on the disk.
    let file = fs::File::create(path).unwrap();
    file.set_len(1 << 40).unwrap();
    let message = load_with(dir.path(), &checksums).unwrap_err().to_string();
    for part in [MnistFile::TrainLabels.name(), "larger than 512 MiB"] {
        assert!(message.contains(part), "{message}");
    }
}

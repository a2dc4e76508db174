//! The reader of CIFAR-10, on tiny files made here, whole and damaged.

use std::fs;

use formant_data::cifar10::{Files, Part, RECORD, Source, load, load_files};
use formant_data::{Dataset, Targets};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Labels 9, 0, 5 and 1, 2; every pixel of a record is another byte.
pub fn records(labels: &[u8]) -> Vec<u8> {
    let record = |(k, label): (usize, &u8)| {
        let pixels = (1..RECORD).map(move |at| (at * 7 + k * 31) as u8);
        std::iter::once(*label).chain(pixels)
    };
    labels.iter().enumerate().flat_map(record).collect()
}

/// Two files of two training images, one of one test image.
const TINY: Files = Files {
    name: "tiny",
    train: Part {
        files: &["a.bin", "b.bin"],
        records: 2,
        known: 3,
        sha256: "e8e27fffa3eb6676bfcdc9da0f0332e1f0adbb726d11a318c7c4fdbfc1faefe7",
    },
    test: Part {
        files: &["c.bin"],
        records: 1,
        known: 1,
        sha256: "0be512864a843171a35a78061f7b0401422556ac1eba1f0b2daca97c92afc306",
    },
};

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn write(train: &[u8], test: &[u8]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = train.split_at(train.len().min(2 * RECORD));
    for (name, bytes) in [("a.bin", a), ("b.bin", b), ("c.bin", test)] {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn tiny() -> TempDir {
    write(&records(&[9, 0, 5, 3]), &records(&[1]))
}

fn message(dir: &TempDir) -> String {
    load_files(dir.path(), &TINY).unwrap_err().to_string()
}

#[test]
fn tiny_files_are_read_and_normalised_channel_by_channel() {
    let split = load_files(tiny().path(), &TINY).unwrap();
    assert_eq!((split.train.len(), split.test.len()), (4, 1));
    assert_eq!((split.train.input_dim(), split.train.classes()), (3072, 10));
    assert_eq!(split.train.name(), "tiny train");
    let batch = split.train.gather(&[2, 0]).unwrap();
    assert_eq!(batch.targets, Targets::Classes(vec![5, 9]));
    let channels = [(0.4914, 0.2470), (0.4822, 0.2435), (0.4465, 0.2616)];
    // The third record is the first of the second file.
    for (row, record) in [(0, 2), (1, 0)] {
        for (at, found) in batch.inputs.row(row).iter().enumerate() {
            let pixel = ((at + 1) * 7 + record * 31) as u8;
            let (mean, std) = channels[at / 1024];
            let expected = (f64::from(pixel) / 255.0 - mean) / std;
            assert!((f64::from(*found) - expected).abs() < 1e-6, "{row} {at}");
        }
    }
    assert!(split.train.hashes().contains_key("tiny/b.bin"));
}

#[test]
fn damage_is_named() {
    let short = write(&records(&[9, 0, 5]), &records(&[1]));
    assert!(message(&short).contains("b.bin has 3073 bytes, expected 6146: 2 records"));
    let long = write(&records(&[9, 0, 5, 3, 3]), &records(&[1]));
    assert!(message(&long).contains("b.bin has") || message(&long).contains("b.bin is larger"));
    let label = write(&records(&[9, 0, 5, 10]), &records(&[1]));
    assert!(message(&label).contains("b.bin has the label 10 at position 1, expected 0 to 9"));
    let other = write(&records(&[9, 1, 5, 3]), &records(&[1]));
    let said = message(&other);
    assert!(
        said.contains("not tiny, or damaged: the sha256 of the train images is"),
        "{said}"
    );
    let gone = tiny();
    fs::remove_file(gone.path().join("c.bin")).unwrap();
    assert!(message(&gone).contains("c.bin cannot be read"));
}

#[test]
fn sets_of_the_same_name_are_told_apart() {
    let names: Vec<_> = Source::ALL.map(Source::name).into();
    assert_eq!(names, ["cifar10", "cifar10-jpeg", "cifar10-exact"]);
    for source in Source::ALL {
        let empty = tempfile::tempdir().unwrap();
        let said = load(empty.path(), source).unwrap_err().to_string();
        let first = source.files().train.files[0];
        assert!(
            said.contains(first) && said.contains("cannot be read"),
            "{said}"
        );
    }
    // An excerpt of another set has the right length.
    let dir = tempfile::tempdir().unwrap();
    let labels: Vec<u8> = (0..4_000).map(|k| (k % 10) as u8).collect();
    fs::write(dir.path().join("train_first4000.bin"), records(&labels)).unwrap();
    let said = load(dir.path(), Source::Exact).unwrap_err().to_string();
    assert!(
        said.contains("not cifar10-exact") && !said.contains("they are"),
        "{said}"
    );
}

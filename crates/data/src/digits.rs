//! Handwritten digits of 8x8 pixels, embedded in the program: real data without any files.
//!
//! 1797 images, the test part of the UCI set [Optical Recognition of Handwritten
//! Digits](https://doi.org/10.24432/C50P49) (Alpaydin and Kaynak, 1998; licence CC BY 4.0), which are also those of
//! scikit-learn's `load_digits`. Pixels are 0 to 16; they are divided by 16, then standardised with one mean and one
//! standard deviation over all training pixels.
//!
//! The split is fixed and ours: the first 1437 of a permutation drawn with seed 0 are for training, the other 360 for testing. The
//! test images come from the same writers as the training images.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use flate2::read::GzDecoder;
use rand::seq::SliceRandom;
use sha2::{Digest, Sha256};

use crate::dataset::PixelParts;
use crate::rng::{Purpose, stream};
use crate::{PixelSet, Split};

/// Number of training images; the other 360 are for testing.
const TRAIN: usize = 1437;
const WIDTH: usize = 64;
const FULL: f64 = 16.0;

/// A byte for each pixel, image after image, and then a byte for each label; gzipped.
static PACKED: &[u8] = include_bytes!("digits.gz");
const IMAGES: usize = 1797;

/// The digits, split into 1437 for training and 360 for testing.
#[must_use]
pub fn load() -> Split {
    let bytes = unpack();
    let hashes = BTreeMap::from([("digits".to_owned(), hash(&bytes))]);
    let (pixels, labels) = bytes.split_at(IMAGES * WIDTH);

    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.shuffle(&mut stream(0, Purpose::Shuffle, 0));
    let (train, test) = order.split_at(TRAIN);
    let parts = |name: &str, indices: &[usize]| PixelParts {
        name: name.to_owned(),
        width: WIDTH,
        classes: 10,
        pixels: indices
            .iter()
            .flat_map(|i| &pixels[i * WIDTH..(i + 1) * WIDTH])
            .copied()
            .collect(),
        labels: indices.iter().map(|i| labels[*i]).collect(),
        hashes: hashes.clone(),
    };
    let (train, test) = (parts("digits train", train), parts("digits test", test));
    let (mean, std) = mean_and_std(&train.pixels);
    Split {
        train: Arc::new(PixelSet::new(train, FULL, &[(mean, std)])),
        test: Arc::new(PixelSet::new(test, FULL, &[(mean, std)])),
    }
}

fn mean_and_std(pixels: &[u8]) -> (f64, f64) {
    let n = pixels.len() as f64;
    let mean = pixels.iter().map(|p| f64::from(*p) / FULL).sum::<f64>() / n;
    let variance = pixels
        .iter()
        .map(|p| (f64::from(*p) / FULL - mean).powi(2))
        .sum::<f64>()
        / n;
    (mean, variance.sqrt())
}

/// Pixels and labels; a test pins them by their hash.
fn unpack() -> Vec<u8> {
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(PACKED).read_to_end(&mut bytes);
    // invariant: the packed bytes are part of the program, and a test unpacks them.
    assert!(unpacked.is_ok() && bytes.len() == IMAGES * (WIDTH + 1));
    bytes
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold("sha256:".to_owned(), |text, byte| {
            text + &format!("{byte:02x}")
        })
}

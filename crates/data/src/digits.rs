//! Handwritten digits of 8x8 pixels, embedded in the program: real data without any files.
//!
//! 1797 images from the test part of the UCI set "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak,
//! 1998), the same ones as in scikit-learn's `load_digits`, included in the crate smartcore. Pixels are 0 to 16; they
//! are divided by 16, then standardised with one mean and one standard deviation over all training pixels.
//!
//! The split is fixed and ours: the first 1437 of a permutation drawn with seed 0 are for training, the other 360 for testing. The
//! test images come from the same writers as the training images.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::seq::SliceRandom;
use sha2::{Digest, Sha256};

use crate::dataset::PixelParts;
use crate::rng::{Purpose, stream};
use crate::{PixelSet, Split};

/// Number of training images; the other 360 are for testing.
const TRAIN: usize = 1437;
const WIDTH: usize = 64;
const FULL: f64 = 16.0;

/// The digits, split into 1437 for training and 360 for testing.
#[must_use]
pub fn load() -> Split {
    let raw = smartcore::dataset::digits::load_dataset();
    // Whole numbers from 0 to 16 and from 0 to 9; a test pins the bytes with their hash.
    let pixels: Vec<u8> = raw.data.iter().map(|p| *p as u8).collect();
    let labels: Vec<u8> = raw.target.iter().map(|label| *label as u8).collect();
    let hashes = BTreeMap::from([("digits".to_owned(), hash(&pixels, &labels))]);

    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.shuffle(&mut stream(0, Purpose::Shuffle, 0));
    let (train, test) = order.split_at(TRAIN);
    let parts = |name, indices: &[usize]| PixelParts {
        name,
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
        train: Arc::new(PixelSet::new(train, FULL, mean, std)),
        test: Arc::new(PixelSet::new(test, FULL, mean, std)),
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

fn hash(pixels: &[u8], labels: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(pixels);
    hash.update(labels);
    let digest = hash.finalize();
    digest.iter().fold("sha256:".to_owned(), |text, byte| {
        text + &format!("{byte:02x}")
    })
}

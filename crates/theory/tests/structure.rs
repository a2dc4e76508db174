//! The predicted structure: against the definition written out, for both forms, and refusals.

use formant_theory::{PixelScale, TheoryError, predicted_structure};
use ndarray::{Array2, array};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Images of whole numbers up to `most`, of `classes` classes in a random order; the first image has a label, every label an image.
fn images(n: usize, d: usize, classes: u8, most: u8, seed: u64) -> (Array2<f64>, Vec<u8>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let labels = (0..n).map(|i| match i as u8 {
        i if i < classes => 2 * i,
        _ => 2 * rng.random_range(0..classes),
    });
    let labels: Vec<u8> = labels.collect();
    let pixels = Array2::from_shape_simple_fn((n, d), || f64::from(rng.random_range(0..=most)));
    (pixels, labels)
}

/// \\(S A S\\), entry by entry.
fn slow(pixels: &Array2<f64>, labels: &[u8], unit: f64) -> Array2<f64> {
    let n = labels.len();
    let one_hot = Array2::from_shape_fn((n, 256), |(i, c)| {
        f64::from(u8::from(usize::from(labels[i]) == c))
    });
    let distance = |m: &Array2<f64>, i: usize, j: usize| {
        let e = &m.row(i) - &m.row(j);
        e.dot(&e).sqrt()
    };
    let scaled = pixels / unit;
    let a = Array2::from_shape_fn((n, n), |(i, j)| {
        distance(&scaled, i, j) * distance(&one_hot, i, j)
    });
    let s = a.mapv(|a| (-a).exp());
    Array2::from_shape_fn((n, n), |(i, j)| {
        let mut sum = 0.0;
        for k in 0..n {
            for l in 0..n {
                sum += s[[i, k]] * a[[k, l]] * s[[l, j]];
            }
        }
        sum
    })
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * (1.0 + a.abs().max(b.abs()))
}

fn count(labels: &[u8], label: u8) -> f64 {
    labels.iter().filter(|l| **l == label).count() as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn both_forms_are_the_definition(n in 4..20_usize, classes in 2..4_u8, seed in 0..1000_u64, raw: bool) {
        // 100 pixels of up to 255 are some 1000 apart, 16 of up to 9 some 15.
        let (d, most) = if raw { (100, 255) } else { (16, 9) };
        let (pixels, labels) = images(n, d, classes, most, seed);
        for (scale, unit) in [(PixelScale::Raw, 1.0), (PixelScale::Unit, 255.0)] {
            let structure = predicted_structure(pixels.view(), &labels, scale).unwrap();
            let by_class = raw && scale == PixelScale::Raw;
            prop_assert_eq!(structure.is_by_class(), by_class);
            let expected = slow(&pixels, &labels, unit);
            for ((i, j), value) in expected.indexed_iter() {
                prop_assert!(near(structure.predicted(i, j).unwrap(), *value));
                prop_assert!(near(structure.squared(i, j).unwrap(), value * value));
                let pairs = count(&labels, labels[i]) * count(&labels, labels[j]);
                prop_assert!(near(structure.balanced(i, j).unwrap() * pairs, *value));
                if by_class {
                    prop_assert_eq!(structure.between(labels[i], labels[j]), structure.predicted(i, j));
                }
            }
        }
    }

    #[test]
    fn classes_are_means_of_images(n in 4..16_usize, seed in 0..1000_u64) {
        let (pixels, labels) = images(n, 9, 3, 255, seed);
        let structure = predicted_structure(pixels.view(), &labels, PixelScale::Unit).unwrap();
        prop_assert_eq!(structure.labels(), &[0, 2, 4][..]);
        for (label, found) in structure.labels().iter().zip(structure.counts()) {
            prop_assert_eq!(*found as f64, count(&labels, *label));
        }
        let expected = slow(&pixels, &labels, 255.0);
        for a in [0, 2, 4] {
            for b in [0, 2, 4] {
                let pairs = expected.indexed_iter().filter(|((i, j), _)| (labels[*i], labels[*j]) == (a, b));
                let (sum, pairs) = pairs.fold((0.0, 0.0), |(sum, pairs), (_, v)| (sum + v, pairs + 1.0));
                prop_assert!(near(structure.between(a, b).unwrap(), sum / pairs));
            }
        }
    }
}

#[test]
fn blocks_of_rows_join() {
    // More images of a class than a block has, each of one pixel: sums of |x - y| by hand.
    let n = 700;
    let labels: Vec<u8> = (0..n).map(|i| u8::from(i >= 600)).collect();
    let pixel = |i: usize| if i < 600 { i as f64 } else { 2000.0 + i as f64 };
    let pixels = Array2::from_shape_fn((n, 1), |(i, _)| pixel(i));
    let expected: f64 = (0..600)
        .flat_map(|i| (600..n).map(move |j| pixel(j) - pixel(i)))
        .sum();
    let structure = predicted_structure(pixels.view(), &labels, PixelScale::Raw).unwrap();
    assert!(structure.is_by_class());
    assert!(near(
        structure.between(0, 1).unwrap(),
        2.0_f64.sqrt() * expected
    ));
    assert_eq!(structure.between(0, 0), Some(0.0));
    assert_eq!(structure.between(0, 7), None);
    assert_eq!(structure.predicted(0, n), None);
    assert_eq!(
        (structure.squared(n, 0), structure.balanced(n, 0)),
        (None, None)
    );
}

#[test]
fn impossible_input_is_refused() {
    let refused = |pixels: &Array2<f64>, labels: &[u8]| {
        predicted_structure(pixels.view(), labels, PixelScale::Raw).unwrap_err()
    };
    let empty = TheoryError::NoPixels {
        images: 0,
        pixels: 3,
    };
    assert_eq!(refused(&Array2::zeros((0, 3)), &[]), empty);
    assert!(matches!(
        refused(&Array2::zeros((2, 0)), &[0, 1]),
        TheoryError::NoPixels { .. }
    ));
    let labels = TheoryError::LabelCount {
        found: 1,
        images: 2,
    };
    assert_eq!(refused(&Array2::zeros((2, 3)), &[1]), labels);
    assert_eq!(
        refused(&Array2::zeros((2, 3)), &[1, 1]),
        TheoryError::OneClass { images: 2 }
    );
    let message = refused(&array![[1.0, 2.0], [3.0, f64::NAN]], &[0, 1]).to_string();
    assert!(message.contains("pixel 1 of image 1 is NaN"), "{message}");
    // Two images of different classes that are the same: nothing underflows between them.
    let n = 2001;
    let labels: Vec<u8> = (0..n).map(|i| (i % 2) as u8).collect();
    let error = refused(&Array2::zeros((n, 1)), &labels);
    assert_eq!(
        error,
        TheoryError::TooManyImages {
            found: n,
            limit: 2000
        }
    );
}

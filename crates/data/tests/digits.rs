//! The embedded digits: their bytes, their split, their normalisation.

use formant_data::{Dataset, PixelSet, digits};

fn normalised(set: &PixelSet) -> Vec<f64> {
    let all: Vec<usize> = (0..set.len()).collect();
    set.gather(&all)
        .unwrap()
        .inputs
        .iter()
        .map(|x| f64::from(*x))
        .collect()
}

#[test]
fn bytes_and_split_are_pinned() {
    let split = digits::load();
    assert_eq!((split.train.len(), split.test.len()), (1437, 360));
    assert_eq!((split.train.input_dim(), split.train.classes()), (64, 10));
    assert_eq!(split.train.hashes()["digits"], GOLDEN_HASH);
    assert_eq!(split.train.hashes(), split.test.hashes());
    assert_eq!(split.test.labels()[..8], GOLDEN_TEST_LABELS);
}

const GOLDEN_HASH: &str = "sha256:87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826";
const GOLDEN_TEST_LABELS: [u8; 8] = [1, 5, 5, 3, 4, 0, 1, 3];

#[test]
fn every_class_is_there_as_often_as_it_should_be() {
    let split = digits::load();
    let mut counts = [0; 10];
    for label in split.train.labels().iter().chain(split.test.labels()) {
        counts[usize::from(*label)] += 1;
    }
    // As the source gives them.
    assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
}

#[test]
fn training_pixels_are_standardised() {
    let split = digits::load();
    let pixels = normalised(&split.train);
    let n = pixels.len() as f64;
    let mean = pixels.iter().sum::<f64>() / n;
    let variance = pixels.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    assert!(
        mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-5,
        "mean {mean}, variance {variance}"
    );
    // The same map for the test set, whose moments are near.
    let test = normalised(&split.test);
    assert!((test.iter().sum::<f64>() / test.len() as f64).abs() < 0.05);
}

#[test]
fn labels_belong_to_their_images() {
    // The nearest class mean of the training set names most test images; permuted labels would leave 10 %.
    let split = digits::load();
    let mut means = vec![[0.0_f64; 64]; 10];
    let mut counts = [0.0_f64; 10];
    for (i, label) in split.train.labels().iter().enumerate() {
        let class = usize::from(*label);
        counts[class] += 1.0;
        for (mean, pixel) in means[class].iter_mut().zip(split.train.image(i).unwrap()) {
            *mean += f64::from(*pixel);
        }
    }
    for (mean, count) in means.iter_mut().zip(counts) {
        mean.iter_mut().for_each(|m| *m /= count);
    }
    let distance = |mean: &[f64; 64], image: &[u8]| -> f64 {
        mean.iter()
            .zip(image)
            .map(|(m, p)| (m - f64::from(*p)).powi(2))
            .sum()
    };
    let right = split.test.labels().iter().enumerate().filter(|(i, label)| {
        let image = split.test.image(*i).unwrap();
        let named = (0..10)
            .min_by(|a, b| distance(&means[*a], image).total_cmp(&distance(&means[*b], image)));
        named == Some(usize::from(**label))
    });
    let right = right.count();
    assert!(right > 306, "{right} of 360, expected more than 85 %");
}

//! Two networks compared: every pair, p-values against a slow twin and against chance, noise ceilings.

use crate::common::normal;
use formant_alignment::similarity::{NamedRows, TESTED_SAMPLES};
use formant_alignment::{
    AlignmentError, CompareOptions, Kind, RepresentationMeasure, Threads, compare_networks,
    compare_rows, permutation_test,
};
use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

fn network(rows: impl IntoIterator<Item = Array2<f64>>) -> Vec<NamedRows> {
    let rows = rows.into_iter().enumerate();
    rows.map(|(at, rows)| (format!("layer{at}"), rows))
        .collect()
}

/// The measure of every permutation by the function for two representations.
fn slow_test(
    measure: RepresentationMeasure,
    x: &Array2<f64>,
    y: &Array2<f64>,
    permutations: usize,
    seed: u64,
) -> (f64, f64) {
    let distance = measure.description().kind == Kind::Distance;
    let found = measure.of(x.view(), y.view()).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..x.nrows()).collect();
    let (mut reached, mut sum) = (1, 0.0);
    for _ in 0..permutations {
        order.shuffle(&mut rng);
        let value = measure
            .of(x.view(), y.select(Axis(0), &order).view())
            .unwrap();
        reached += usize::from(if distance {
            value <= found
        } else {
            value >= found
        });
        sum += value;
    }
    (
        reached as f64 / (permutations + 1) as f64,
        sum / permutations as f64,
    )
}

#[test]
fn a_permutation_test_is_its_slow_twin() {
    for (seed, width) in [(1, 3), (2, 30)] {
        let x = normal(20, 4, seed);
        let y = x.dot(&normal(4, width, seed + 10)) + normal(20, width, seed + 20) * 4.0;
        for measure in RepresentationMeasure::ALL {
            let found = permutation_test(measure, x.view(), y.view(), 39, 7).unwrap();
            let (p_value, mean) = slow_test(measure, &x, &y, 39, 7);
            assert_eq!(found.p_value, p_value, "{measure:?}");
            assert!((found.null_mean - mean).abs() < 1e-9, "{measure:?}");
            let value = measure.of(x.view(), y.view()).unwrap();
            assert!(
                (found.value - value).abs() < 1e-7,
                "{measure:?}: {} {value}",
                found.value
            );
            assert_eq!((found.permutations, found.samples), (39, 20));
        }
    }
}

#[test]
fn p_values_of_unrelated_representations_are_uniform_and_of_related_ones_least() {
    for measure in RepresentationMeasure::ALL {
        let p = |seed: u64, share: f64| {
            let x = normal(24, 5, seed);
            let y = normal(24, 5, seed + 1000) + &x * share;
            permutation_test(measure, x.view(), y.view(), 19, seed)
                .unwrap()
                .p_value
        };
        let unrelated: Vec<f64> = (0..100).map(|seed| p(seed, 0.0)).collect();
        let small = unrelated.iter().filter(|p| **p <= 0.1).count();
        let mean = unrelated.iter().sum::<f64>() / 100.0;
        assert!(
            (2..=20).contains(&small) && (0.42..0.63).contains(&mean),
            "{measure:?}: {small}, {mean}"
        );
        assert!((0..5).all(|seed| p(seed, 10.0) == 0.05), "{measure:?}");
    }
}

#[test]
fn a_test_that_cannot_be_made_is_refused() {
    let (x, y) = (normal(6, 3, 1), normal(5, 3, 2));
    for measure in RepresentationMeasure::ALL {
        let of = |x: &Array2<f64>, y: &Array2<f64>, n| {
            permutation_test(measure, x.view(), y.view(), n, 0)
        };
        assert_eq!(
            of(&x, &y, 9),
            Err(AlignmentError::Unpaired { left: 6, right: 5 })
        );
        assert_eq!(of(&x, &x, 1), Err(AlignmentError::TooFewDraws { found: 1 }));
        assert!(of(&x, &Array2::ones((6, 3)), 9).is_err());
    }
    let many = normal(TESTED_SAMPLES + 9, 2, 3);
    let found = permutation_test(
        RepresentationMeasure::LinearCka,
        many.view(),
        many.view(),
        9,
        0,
    );
    assert_eq!(found.unwrap().samples, TESTED_SAMPLES);
}

fn options(permutations: usize, splits: usize) -> CompareOptions {
    CompareOptions {
        measures: RepresentationMeasure::ALL.into(),
        permutations,
        splits,
        seed: 3,
    }
}

#[test]
fn each_layer_of_one_meets_each_of_the_other() {
    let left = network([normal(30, 4, 1), normal(30, 40, 2)]);
    let right = network([
        normal(30, 3, 3),
        left[0].1.dot(&normal(4, 6, 4)),
        normal(30, 5, 5),
    ]);
    let measures = RepresentationMeasure::ALL;
    let found = compare_rows(&left, &right, &measures, Threads::One);
    assert_eq!(found.len(), 6 * measures.len());
    for (at, found) in found.iter().enumerate() {
        let (pair, measure) = (at / measures.len(), measures[at % measures.len()]);
        let (x, y) = (&left[pair / 3], &right[pair % 3]);
        assert_eq!((&found.x, &found.y, found.measure), (&x.0, &y.0, measure));
        let expected = measure.of(x.1.view(), y.1.view()).unwrap();
        assert!(
            (found.value.unwrap() - expected).abs() < 1e-7,
            "{measure:?}"
        );
    }
    let both = compare_networks(&left, &right, &options(9, 4), Threads::Pool);
    for (tested, plain) in both.comparisons.iter().zip(&found) {
        assert_eq!(&tested.compared, plain);
        let chance = tested.chance.unwrap();
        assert!(chance.p_value >= 0.1 && chance.permutations == 9);
        let halves = tested.halves.unwrap();
        assert!(halves.low <= halves.mean && halves.mean <= halves.high);
    }
    assert_eq!(both.ceilings.len(), measures.len());
    assert_eq!(
        both,
        compare_networks(&left, &right, &options(9, 4), Threads::One)
    );
    let without = compare_networks(&left, &right, &options(0, 0), Threads::One);
    assert!(without.ceilings.is_empty());
    assert!(
        without
            .comparisons
            .iter()
            .all(|pair| pair.chance.is_none() && pair.halves.is_none())
    );
}

#[test]
fn other_numbers_of_samples_have_a_reason_in_place_of_a_value() {
    let (left, right) = (network([normal(30, 4, 1)]), network([normal(20, 4, 1)]));
    let found = compare_networks(&left, &right, &options(9, 3), Threads::One);
    assert!(found.ceilings.is_empty());
    for pair in found.comparisons {
        assert!(pair.compared.value.is_none() && pair.compared.reason.is_some());
        assert!(pair.chance.is_none() && pair.halves.is_none());
    }
}

/// Networks whose layers share less and less, from `n` samples.
fn ladder(n: usize, seed: u64) -> [Vec<NamedRows>; 2] {
    let common = normal(n, 4, seed);
    [1, 2].map(|which| {
        network((0..4).map(|depth| {
            let noise = 0.4 * f64::from(depth) * f64::from(which);
            &common + &(normal(n, 4, seed + 10 * which as u64 + depth as u64) * noise)
        }))
    })
}

#[test]
fn a_noise_ceiling_rises_with_samples_to_one_and_is_that_of_new_samples() {
    let measures = vec![RepresentationMeasure::LinearCkaUnbiased];
    let options = |splits| CompareOptions {
        measures: measures.clone(),
        permutations: 0,
        splits,
        seed: 0,
    };
    let ceiling = |n| {
        let [left, right] = ladder(n, 5);
        compare_networks(&left, &right, &options(10), Threads::Pool).ceilings[0]
    };
    let (few, many) = (ceiling(24), ceiling(800));
    assert_eq!((few.half, many.splits), (12, 10));
    assert!(
        few.ceiling.mean < many.ceiling.mean - 0.02 && many.ceiling.mean > 0.98,
        "{few:?} {many:?}"
    );
    // Networks without structure have none that other samples could show.
    let unrelated =
        [1, 2].map(|which| network((0..4).map(|depth| normal(60, 4, 10 * which + depth))));
    let none = compare_networks(&unrelated[0], &unrelated[1], &options(10), Threads::Pool).ceilings;
    assert!(none.iter().all(|none| none.ceiling.mean < 0.6), "{none:?}");
}

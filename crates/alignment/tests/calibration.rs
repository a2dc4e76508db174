//! The permutation null, against all permutations; calibrated values; and reports that do not depend on threads.

use crate::common::{layer, layer_of, normal, orthogonal, positive};
use formant_alignment::{
    AlignmentError, LayerReport, NullLevel, NullOptions, Relation, ReportOptions, Threads,
    calibrated, pearson, permutation_mean, permutation_null, relation_nulls,
    relation_permutation_nulls,
};
use formant_moments::{Moment, Side, Variant};
use ndarray::{Array1, Array2};
use proptest::prelude::*;

fn options(draws: usize) -> NullOptions {
    NullOptions {
        draws: Some(draws),
        seed: 1,
    }
}

/// All orders of `0..d`.
fn orders(d: usize) -> Vec<Vec<usize>> {
    if d == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(d - 1);
    let with = |order: &Vec<usize>, at: usize| {
        let mut longer = order.clone();
        longer.insert(at, d - 1);
        longer
    };
    shorter
        .iter()
        .flat_map(|order| (0..d).map(|at| with(order, at)))
        .collect()
}

/// `alpha(A, P B P^T)` for every permutation, by permuting.
fn every_permutation(a: &Array2<f64>, b: &Array2<f64>) -> Vec<f64> {
    let permuted =
        |order: &Vec<usize>| Array2::from_shape_fn(b.dim(), |(i, j)| b[[order[i], order[j]]]);
    let alpha = |order| pearson(a.view(), permuted(order).view()).unwrap();
    orders(a.nrows()).iter().map(alpha).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn draws_are_permutations_each_as_likely() {
    let (a, b) = (positive(4, 1), positive(4, 2));
    let all = every_permutation(&a, &b);
    let draws = permutation_null(a.view(), b.view(), options(4800)).unwrap();
    let mut counts = vec![0; all.len()];
    for value in &draws {
        let at = all.iter().position(|x| (x - value).abs() < 1e-12);
        counts[at.unwrap()] += 1;
    }
    // 200 expected each; six standard deviations are 83.
    assert!(
        counts.iter().all(|count| (117..283).contains(count)),
        "{counts:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_mean_is_that_of_all_permutations(d in 2..6_usize, seed in 0..500_u64) {
        let (a, b) = (positive(d, seed), positive(d, seed + 1000));
        let exact = permutation_mean(a.view(), b.view()).unwrap();
        prop_assert!((exact - mean(&every_permutation(&a, &b))).abs() < 1e-12);
    }

    #[test]
    fn permuting_both_alike_or_scaling_changes_no_mean(seed in 0..500_u64) {
        let (a, b) = (positive(6, seed), positive(6, seed + 1000));
        let one = permutation_mean(a.view(), b.view()).unwrap();
        let order = [3, 1, 5, 0, 4, 2];
        let moved = Array2::from_shape_fn((6, 6), |(i, j)| b[[order[i], order[j]]]);
        prop_assert!((one - permutation_mean(a.view(), moved.view()).unwrap()).abs() < 1e-12);
        let scaled = (&a * 7.0) + 0.5;
        prop_assert!((one - permutation_mean(scaled.view(), b.view()).unwrap()).abs() < 1e-10);
    }

    #[test]
    fn calibration_is_affine(alpha in -1.0..1.0_f64, null in -0.9..0.9_f64) {
        let value = calibrated(alpha, null).unwrap();
        prop_assert!(value <= 1.0 + 1e-12);
        prop_assert_eq!(value > 0.0, alpha > null);
        prop_assert!((null + value * (1.0 - null) - alpha).abs() < 1e-12);
    }
}

#[test]
fn ends_of_the_calibrated_scale() {
    assert_eq!(calibrated(1.0, 0.3), Some(1.0));
    assert_eq!(calibrated(0.3, 0.3), Some(0.0));
    assert!(calibrated(0.1, 0.3).unwrap() < 0.0);
    assert_eq!(calibrated(1.0, 1.0), None);
    assert_eq!(calibrated(1.0, 1.0 - 1e-12), None);
    assert_eq!(calibrated(f64::NAN, 0.3), None);
}

#[test]
fn unrelated_layers_are_at_zero_and_aligned_ones_at_one() {
    let (d, n) = (40, 4000);
    // Spectra over a factor of a thousand, eigenvectors of their own: raw alpha is far from 0, the calibrated one not.
    let scales: Array1<f64> = (0..d).map(|i| 0.917_f64.powi(i)).collect();
    let samples =
        |seed| (normal(n, d as usize, seed) * &scales).dot(&orthogonal(d as usize, seed + 50).t());
    let weight = orthogonal(d as usize, 7) * &scales;
    let report = LayerReport::new(
        &layer_of(&samples(1), &samples(2), &weight),
        &ReportOptions::default(),
    )
    .unwrap();
    for (side, relation) in [(Side::A, Relation::Rwa), (Side::B, Relation::Gwa)] {
        let alpha = report.alpha(side, relation, Variant::Normalized).unwrap();
        let value = report.alpha_calibrated.get(side, relation).unwrap();
        assert!(value.abs() < 0.15, "{side:?} {relation:?} {alpha} {value}");
    }
    // One relation by construction: H_a = Z_a.
    let related = layer_of(&normal(n, d as usize, 3).dot(&weight), &samples(2), &weight);
    let report = LayerReport::new(&related, &ReportOptions::default()).unwrap();
    let value = *report.alpha_calibrated.get(Side::A, Relation::Rwa);
    assert!(value.unwrap() > 0.9, "{value:?}");
    let null = report.null.get(Side::A, Relation::Rwa).mean.unwrap();
    let alpha = report
        .alpha(Side::A, Relation::Rwa, Variant::Normalized)
        .unwrap();
    assert_eq!(value, calibrated(alpha, null));
}

#[test]
fn the_levels_of_a_layer_are_those_of_its_pairs() {
    for (d_a, d_b) in [(5, 5), (6, 4)] {
        let layer = layer(50, d_a, d_b, 9);
        let levels = relation_permutation_nulls(&layer, options(40)).unwrap();
        for side in Side::ALL {
            let h = layer.second_moment(side, Moment::H, Variant::Normalized);
            let g = layer.second_moment(side, Moment::G, Variant::Normalized);
            let z = layer.weight_gram(side);
            for (relation, a, b) in [
                (Relation::Rga, &h, &g),
                (Relation::Rwa, &h, &z),
                (Relation::Gwa, &g, &z),
            ] {
                let own = options(40).for_layer(layer.name());
                let draws = permutation_null(a.view(), b.view(), own).unwrap();
                let found = levels.get(side, relation);
                assert_eq!(found.q95, NullLevel::of(draws).q95);
                assert_eq!(
                    found.mean,
                    Some(permutation_mean(a.view(), b.view()).unwrap())
                );
            }
        }
        let report = LayerReport::new(
            &layer,
            &ReportOptions {
                null_draws: Some(40),
                null_seed: 1,
            },
        )
        .unwrap();
        assert_eq!(report.null_permutation, levels);
        assert_eq!(report.null, relation_nulls(&layer, options(40)).unwrap());
    }
}

#[test]
fn what_has_no_permutation_null_is_refused() {
    let a = positive(4, 1);
    for (a, b, which) in [
        (Array2::ones((4, 4)), a.clone(), "first"),
        (a.clone(), Array2::zeros((4, 4)), "second"),
    ] {
        let error = permutation_null(a.view(), b.view(), options(10)).unwrap_err();
        assert!(
            matches!(error, AlignmentError::Constant { which: found, .. } if found == which),
            "{error}"
        );
    }
    assert_eq!(
        permutation_null(a.view(), a.view(), options(1)),
        Err(AlignmentError::TooFewDraws { found: 1 })
    );
    assert!(matches!(
        permutation_mean(a.view(), positive(5, 1).view()),
        Err(AlignmentError::ShapeMismatch { .. })
    ));
    let mut skew = a.clone();
    skew[[0, 1]] += 1.0;
    assert!(matches!(
        permutation_null(a.view(), skew.view(), options(10)),
        Err(AlignmentError::NotSymmetric { .. })
    ));
    // A gradient of zero: its relations have neither a null nor a calibrated value.
    let layer = layer_of(&normal(30, 4, 1), &Array2::zeros((30, 3)), &normal(3, 4, 2));
    let report = LayerReport::new(&layer, &ReportOptions::default()).unwrap();
    assert_eq!(report.null_permutation.a_rga, NullLevel::default());
    assert_eq!(report.alpha_calibrated.b_gwa, None);
    assert!(report.alpha_calibrated.b_rwa.is_some());
}

#[test]
fn threads_change_no_bit() {
    for layer in [
        layer(60, 12, 9, 1),
        layer(60, 10, 10, 2),
        layer(30, 1, 1, 3),
    ] {
        let options = ReportOptions {
            null_draws: Some(10),
            null_seed: 3,
        };
        let one = LayerReport::new(&layer, &options).unwrap();
        assert_eq!(
            LayerReport::new_on(&layer, &options, Threads::Pool).unwrap(),
            one
        );
    }
}

//! Metric MDS: a slow twin of its step, planted configurations, invariances, refusals.

use crate::common::{normal, orthogonal};
use formant_alignment::{AlignmentError, Mds, MdsOptions, metric_mds};
use ndarray::{Array2, Axis, array, concatenate, s};
use proptest::prelude::*;

fn mds(points: &Array2<f64>, dims: usize, steps: usize) -> Mds {
    let options = MdsOptions {
        max_iterations: steps,
        tolerance: 0.0,
    };
    metric_mds(points.view(), dims, options).unwrap()
}

fn distances(x: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((x.nrows(), x.nrows()), |(i, j)| {
        let e = &x.row(i) - &x.row(j);
        e.dot(&e).sqrt()
    })
}

fn slow_stress(points: &Array2<f64>, coordinates: &Array2<f64>) -> f64 {
    let (wanted, found) = (distances(points), distances(coordinates));
    let square = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>();
    (square(&(&found - &wanted)) / square(&wanted)).sqrt()
}

/// The Guttman transform as a product of matrices, \\(\tfrac1n B(X) X\\).
fn slow_step(points: &Array2<f64>, x: &Array2<f64>) -> Array2<f64> {
    let (wanted, found) = (distances(points), distances(x));
    let n = x.nrows();
    let mut b = Array2::zeros((n, n));
    for i in 0..n {
        for j in (0..n).filter(|j| *j != i && found[[i, *j]] > 0.0) {
            b[[i, j]] = -wanted[[i, j]] / found[[i, j]];
        }
        b[[i, i]] = -b.row(i).sum();
    }
    b.dot(x) / n as f64
}

/// Points that spread differently along each of `d` turned axes.
fn cloud(n: usize, d: usize, seed: u64) -> Array2<f64> {
    let mut x = normal(n, d, seed);
    for (k, mut column) in x.columns_mut().into_iter().enumerate() {
        column *= 3.0 / (1.0 + k as f64);
    }
    x.dot(&orthogonal(d, seed + 1))
}

fn far(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    (a - b).iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

#[test]
fn impossible_requests_are_refused() {
    let points = normal(5, 3, 1);
    let ask = |points: &Array2<f64>, dims, tolerance| {
        let options = MdsOptions {
            max_iterations: 3,
            tolerance,
        };
        metric_mds(points.view(), dims, options).unwrap_err()
    };
    let one = points.slice(s![..1, ..]).to_owned();
    let few = AlignmentError::TooFewSamples {
        found: 1,
        needed: 2,
    };
    assert_eq!(ask(&one, 2, 0.0), few);
    assert_eq!(ask(&points, 0, 0.0), AlignmentError::NoDimensions);
    for tolerance in [-1.0, f64::NAN, f64::INFINITY] {
        let error = ask(&points, 2, tolerance);
        assert!(matches!(error, AlignmentError::Tolerance { .. }));
    }
    let error = ask(&array![[0.0], [f64::NAN]], 1, 0.0);
    assert!(matches!(error, AlignmentError::NonFinite { .. }));
    let error = ask(&Array2::ones((4, 3)), 2, 0.0);
    assert!(error.to_string().contains("distance of every pair"));
    assert!(matches!(
        ask(&Array2::zeros((4, 0)), 2, 0.0),
        AlignmentError::Zero { .. }
    ));
}

#[test]
fn the_tolerance_ends_it() {
    let points = cloud(30, 8, 4);
    let loose = metric_mds(
        points.view(),
        2,
        MdsOptions {
            max_iterations: 300,
            tolerance: 1e-2,
        },
    )
    .unwrap();
    let tight = metric_mds(points.view(), 2, MdsOptions::default()).unwrap();
    assert!(loose.iterations < tight.iterations && tight.iterations < 300);
    assert!(tight.stress < loose.stress);
    assert_eq!(mds(&points, 2, 7).iterations, 7);
}

#[test]
fn dimensions_that_are_not_there_stay_empty() {
    let found = mds(&array![[0.0], [1.0], [3.0]], 3, 10);
    assert!(
        far(
            &found.coordinates,
            &array![[-4.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [5.0, 0.0, 0.0]].mapv(|x: f64| x / 3.0)
        ) < 1e-12
    );
    assert!(found.stress < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_step_is_its_slow_twin(n in 3..20_usize, d in 2..8_usize, dims in 1..4_usize, seed in 0..1000_u64, steps in 0..4_usize) {
        // With one item given twice: its distance to itself is zero.
        let points = cloud(n, d, seed);
        let points = concatenate![Axis(0), points, points.slice(s![..1, ..])];
        let (before, after) = (mds(&points, dims, steps), mds(&points, dims, steps + 1));
        prop_assert!((before.stress - slow_stress(&points, &before.coordinates)).abs() < 1e-10);
        if after.iterations == steps + 1 {
            let expected = slow_step(&points, &before.coordinates);
            prop_assert!(far(&after.coordinates, &expected) < 1e-10);
        }
    }

    #[test]
    fn planted_configurations_are_recovered(n in 5..30_usize, d in 3..12_usize, seed in 0..1000_u64) {
        let planted = cloud(n, 3, seed);
        let points = planted.dot(&orthogonal(d, seed + 7).slice(s![..3, ..])) + 5.0;
        let found = metric_mds(points.view(), 3, MdsOptions::default()).unwrap();
        prop_assert!(found.stress < 1e-10);
        prop_assert!(far(&distances(&found.coordinates), &distances(&planted)) < 1e-9);
    }

    #[test]
    fn stress_never_increases(n in 3..25_usize, d in 2..10_usize, dims in 1..4_usize, seed in 0..1000_u64) {
        let points = cloud(n, d, seed);
        let stress: Vec<f64> = (0..12).map(|steps| mds(&points, dims, steps).stress).collect();
        prop_assert!(stress.windows(2).all(|pair| pair[1] <= pair[0]), "{:?}", stress);
        prop_assert!(stress[0] <= 1.0);
        if dims < d && n > d + 2 {
            prop_assert!(stress[11] < stress[0]);
        }
    }

    #[test]
    fn rotation_shift_and_order_change_nothing(n in 8..20_usize, seed in 0..1000_u64, scale in 0.01..100.0_f64) {
        let points = cloud(n, 6, seed);
        let turned = points.dot(&orthogonal(6, seed + 3)) * scale - 2.0;
        let turned = turned.slice(s![..;-1, ..]).to_owned();
        let (one, other) = (mds(&points, 3, 5), mds(&turned, 3, 5));
        let back = other.coordinates.slice(s![..;-1, ..]).to_owned() / scale;
        prop_assert!((one.stress - other.stress).abs() < 1e-9);
        prop_assert!(far(&distances(&one.coordinates), &distances(&back)) < 1e-7);
    }

    #[test]
    fn it_is_centred_and_its_start_has_a_fixed_sign(n in 4..20_usize, seed in 0..1000_u64) {
        let points = cloud(n, 5, seed);
        let mean = mds(&points, 2, 9).coordinates.mean_axis(Axis(0)).unwrap();
        prop_assert!(mean.iter().all(|m| m.abs() < 1e-10));
        let (one, mirrored) = (mds(&points, 2, 0), mds(&-&points, 2, 0));
        for column in one.coordinates.columns() {
            let largest = column.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap();
            prop_assert!(largest > 0.0);
        }
        // A mirrored cloud has the same components: both begin alike, whatever signs the decomposition chose.
        prop_assert!(far(&one.coordinates, &mirrored.coordinates) < 1e-9);
    }
}

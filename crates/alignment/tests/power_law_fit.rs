//! One matrix in the eigenbasis of another, and lines through logarithms.

use crate::common::{decades, orthogonal, positive, powers, slow_commutator, turned};
use formant_alignment::{PowerLawOptions, fit_power_law, project};
use ndarray::{Array1, Array2};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// `Q diag(values) Q^T`.
fn with_spectrum(q: &Array2<f64>, values: &[f64]) -> Array2<f64> {
    turned(&Array2::from_diag(&Array1::from(values.to_vec())), q)
}

#[test]
fn the_level_of_unrelated_matrices_is_their_average() {
    let d = 7;
    let (x, y) = (positive(d, 1), positive(d, 2));
    let level = project(x.view(), y.view()).unwrap().commutator_unrelated;
    let draws = 4000;
    let square = |seed| {
        let turned = turned(&y, &orthogonal(d, seed));
        slow_commutator(&x, &turned).powi(2)
    };
    let mean = (0..draws).map(square).sum::<f64>() / draws as f64;
    assert!(
        (mean.sqrt() / level - 1.0).abs() < 0.01,
        "{} {level}",
        mean.sqrt()
    );
}

#[test]
fn rank_one_matrices_reach_the_largest_commutator_of_positive_ones() {
    let at = |angle: f64| {
        let v = ndarray::array![[angle.cos()], [angle.sin()]];
        v.dot(&v.t())
    };
    let (x, y) = (at(0.0), at(std::f64::consts::FRAC_PI_4));
    assert!((project(x.view(), y.view()).unwrap().commutator - 0.5).abs() < 1e-12);
    // And without signs the bound itself.
    let (x, y) = (
        ndarray::array![[1.0, 0.0], [0.0, -1.0]],
        ndarray::array![[0.0, 1.0], [1.0, 0.0]],
    );
    assert!((project(x.view(), y.view()).unwrap().commutator - 1.0).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_planted_exponent_is_found(p in -1.0..3.0_f64, d in 8..20_usize, least in 0.02..0.7_f64, seed in 0..50_u64) {
        let q = orthogonal(d, seed);
        let spectrum = decades(d, least);
        let (x, y) = (with_spectrum(&q, &spectrum), with_spectrum(&q, &powers(&spectrum, p)));
        let projection = project(x.view(), y.view()).unwrap();
        let found = projection.fit(None, &PowerLawOptions::default()).unwrap();
        prop_assert!((found.exponent - p).abs() < 1e-10, "{p} {found:?}");
        prop_assert!(projection.commutator < 1e-12);
    }

    #[test]
    fn swapping_exact_matrices_inverts_the_exponent(p in 0.4..2.5_f64, seed in 0..50_u64) {
        let spectrum = decades(10, 0.1);
        let back = fit_power_law(&powers(&spectrum, p), &spectrum, 200, seed).unwrap();
        prop_assert!((back.exponent - 1.0 / p).abs() < 1e-12);
        let q = orthogonal(10, seed);
        let (x, y) = (with_spectrum(&q, &spectrum), with_spectrum(&q, &powers(&spectrum, p)));
        let back = project(y.view(), x.view()).unwrap().fit(None, &PowerLawOptions::default()).unwrap();
        prop_assert!((back.exponent - 1.0 / p).abs() < 1e-9);
    }

    #[test]
    fn scales_move_the_intercept_only(seed in 0..50_u64, a in -20.0..20.0_f64, b in -20.0..20.0_f64) {
        let (a, b) = (10_f64.powf(a), 10_f64.powf(b));
        let (x, y) = (positive(12, seed), positive(12, seed + 100));
        let fit = |x: Array2<f64>, y: Array2<f64>| {
            let projection = project(x.view(), y.view()).unwrap();
            (projection.fit(None, &PowerLawOptions::default()).unwrap(), projection.commutator)
        };
        let ((one, commutator), (other, scaled)) = (fit(x.clone(), y.clone()), fit(x * a, y * b));
        prop_assert!((one.exponent - other.exponent).abs() < 1e-9);
        prop_assert!((one.ci95[0] - other.ci95[0]).abs() < 1e-9 && (one.ci95[1] - other.ci95[1]).abs() < 1e-9);
        prop_assert!((one.intercept + b.ln() - one.exponent * a.ln() - other.intercept).abs() < 1e-8);
        prop_assert!((commutator - scaled).abs() < 1e-12);
        prop_assert!((one.aic_power - other.aic_power).abs() < 1e-7);
        prop_assert_eq!(one.points, other.points);
    }

    #[test]
    fn commutators_are_in_range_and_symmetric(d in 1..9_usize, seed in 0..500_u64) {
        let (x, y) = (positive(d, seed), positive(d, seed + 1000));
        let (one, other) = (project(x.view(), y.view()).unwrap(), project(y.view(), x.view()).unwrap());
        prop_assert!((0.0..=1.0).contains(&one.commutator));
        prop_assert!((one.commutator - other.commutator).abs() < 1e-12);
        prop_assert!((one.commutator - slow_commutator(&x, &y)).abs() < 1e-12);
        let trace: f64 = one.y.iter().sum();
        prop_assert!((trace - y.diag().sum()).abs() < 1e-10 * trace);
    }
}

/// Share of intervals that hold the planted exponent, for residuals of standard deviation 0.3 drawn by `noise`.
fn coverage(points: usize, noise: impl Fn(&mut ChaCha8Rng) -> f64) -> f64 {
    let x = decades(points, 0.05);
    let covers = |seed: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let y: Vec<f64> = x
            .iter()
            .map(|x| x.powf(1.5) * (0.3 * noise(&mut rng)).exp())
            .collect();
        let [low, high] = fit_power_law(&x, &y, 400, seed).unwrap().ci95;
        (low..=high).contains(&1.5)
    };
    let trials = 600;
    (0..trials).filter(|seed| covers(*seed)).count() as f64 / trials as f64
}

#[test]
fn intervals_cover_as_often_as_the_docs_say() {
    let normal = |rng: &mut ChaCha8Rng| StandardNormal.sample(rng);
    // Skewed: a centred exponential.
    let skewed = |rng: &mut ChaCha8Rng| {
        let x: f64 = Exp1.sample(rng);
        x - 1.0
    };
    for points in [8, 20, 50] {
        for share in [coverage(points, normal), coverage(points, skewed)] {
            // Nominal 0.95; 600 trials have a standard deviation of 0.009.
            assert!((0.90..=0.995).contains(&share), "{points} points: {share}");
        }
    }
}

#[test]
fn an_exponential_is_told_from_a_power() {
    let x = decades(20, 0.01);
    let y: Vec<f64> = x.iter().map(|x| (3.0 * x).exp()).collect();
    let fit = fit_power_law(&x, &y, 200, 0).unwrap();
    assert!(fit.aic_exponential + 100.0 < fit.aic_power, "{fit:?}");
    // Both criteria stay numbers where a line is exact.
    assert!(fit.aic_exponential.is_finite());
}

#[test]
fn floors_keep_noise_out() {
    // Twelve honest directions, and weak ones whose entries are rounding.
    let q = orthogonal(16, 1);
    let (mut x, mut y) = (decades(12, 1e-3), powers(&decades(12, 1e-3), 1.5));
    x.extend([1e-5, 1e-6, 1e-8, 1e-12]);
    y.extend([1e-2, 1e-2, 1e-2, 1e-2]);
    let projection = project(with_spectrum(&q, &x).view(), with_spectrum(&q, &y).view()).unwrap();
    let fit = projection.fit(None, &PowerLawOptions::default()).unwrap();
    assert_eq!(fit.points, 12);
    assert!((fit.exponent - 1.5).abs() < 1e-8);
    // An exponent of 3 falls below the floor of y before x falls below its own.
    let (x, y) = (decades(26, 1e-3), powers(&decades(26, 1e-3), 3.0));
    let projection = project(
        with_spectrum(&orthogonal(26, 2), &x).view(),
        with_spectrum(&orthogonal(26, 2), &y).view(),
    )
    .unwrap();
    let fit = projection.fit(None, &PowerLawOptions::default()).unwrap();
    assert_eq!(fit.points, 17);
    assert!((fit.exponent - 3.0).abs() < 1e-6);
}

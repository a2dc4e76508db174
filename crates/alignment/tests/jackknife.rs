//! The jackknife against its definition, and how often its intervals cover.

use formant_alignment::{AlignmentError, jackknife_correlation};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

type Pair = (f64, f64);

fn pairs(n: usize, rho: f64, rng: &mut ChaCha8Rng) -> Vec<Pair> {
    let mut normal = || -> f64 { StandardNormal.sample(rng) };
    let mut pair = || {
        let (x, e) = (normal(), normal());
        (x, rho * x + (1.0 - rho * rho).sqrt() * e)
    };
    (0..n).map(|_| pair()).collect()
}

fn correlation(pairs: &[Pair]) -> f64 {
    let n = pairs.len() as f64;
    let (x, y) = pairs
        .iter()
        .fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let sum = |f: fn(f64, f64) -> f64| pairs.iter().map(|p| f(p.0 - x, p.1 - y)).sum::<f64>();
    sum(|x, y| x * y) / (sum(|x, _| x * x) * sum(|_, y| y * y)).sqrt()
}

fn left_out(pairs: &[Pair], groups: usize) -> Vec<f64> {
    let without = |group| {
        let kept = pairs
            .iter()
            .enumerate()
            .filter(|(at, _)| at % groups != group);
        correlation(&kept.map(|(_, pair)| *pair).collect::<Vec<_>>())
    };
    (0..groups).map(without).collect()
}

#[test]
fn it_covers_about_as_often_as_it_claims() {
    let rng = &mut ChaCha8Rng::seed_from_u64(7);
    for (groups, n) in [(8, 200), (4, 200)] {
        let covers = (0..1000).filter(|_| {
            let pairs = pairs(n, 0.6, rng);
            let interval =
                jackknife_correlation(correlation(&pairs), &left_out(&pairs, groups), 0.95)
                    .unwrap();
            interval.low <= 0.6 && 0.6 <= interval.high
        });
        let covered = covers.count();
        assert!(
            (920..=975).contains(&covered),
            "{groups} groups: {covered} of 1000"
        );
    }
}

#[test]
fn it_is_its_definition() {
    let (whole, left_out): (f64, [f64; 3]) = (0.5, [0.4, 0.5, 0.7]);
    let found = jackknife_correlation(whole, &left_out, 0.95).unwrap();
    let z = left_out.map(f64::atanh);
    let mean = z.iter().sum::<f64>() / 3.0;
    let spread = (2.0 / 3.0 * z.iter().map(|z| (z - mean).powi(2)).sum::<f64>()).sqrt();
    // Student's t of 2 degrees of freedom at 97.5 %.
    let low = (whole.atanh() - 4.302_652_73 * spread).tanh();
    assert!((found.low - low).abs() < 1e-7, "{found:?}, {low}");
    assert_eq!((found.value, found.n), (0.5, 3));
}

#[test]
fn at_an_end_of_the_range_it_stays_inside() {
    let found = jackknife_correlation(1.0, &[1.0, 0.99, 1.0], 0.95).unwrap();
    assert!(found.low < 0.99 && found.high == 1.0, "{found:?}");
    let equal = jackknife_correlation(1.0, &[1.0, 1.0], 0.95).unwrap();
    assert_eq!((equal.low, equal.high), (1.0, 1.0));
}

#[test]
fn what_is_no_correlation_is_refused() {
    let of = |whole, left_out: &[f64]| jackknife_correlation(whole, left_out, 0.95);
    assert!(matches!(
        of(0.5, &[0.5]),
        Err(AlignmentError::TooFewValues { .. })
    ));
    assert!(matches!(
        of(1.5, &[0.5, 0.4]),
        Err(AlignmentError::NotACorrelation { .. })
    ));
    assert!(matches!(
        of(f64::NAN, &[0.5, 0.4]),
        Err(AlignmentError::NotACorrelation { .. })
    ));
}

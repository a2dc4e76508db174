//! Stationarity over a window of training, and the powers of hyper-parameters over seeds.

use crate::common::{layer, layer_of, normal, orthogonal};
use formant_alignment::balance::{SlopePoint, slope_over_seeds};
use formant_alignment::uncertainty::BootstrapOptions;
use formant_alignment::{AlignmentError, stationarity};
use formant_moments::{Moment, Side, Variant};
use ndarray::{Array1, Array2};
use proptest::prelude::*;

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn close(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
        "{what}: {found}, expected {expected}"
    );
}

#[test]
fn stationarity_is_relative_change() {
    let (before, after) = (layer(20, 4, 3, 1), layer(20, 4, 3, 2));
    let still = stationarity(&before, &before).unwrap();
    assert_eq!([still.h_a, still.g_b, still.z_b, still.z_a], [0.0; 4]);
    let found = stationarity(&before, &after).unwrap();
    let change = |x: Array2<f64>, y: Array2<f64>| norm(&(y - &x)) / norm(&x);
    let moment = |side, moment| {
        let [x, y] = [&before, &after].map(|l| l.second_moment(side, moment, Variant::Raw));
        change(x, y)
    };
    close(found.h_a, moment(Side::A, Moment::H), "H_a");
    close(found.g_b, moment(Side::B, Moment::G), "G_b");
    let weights = [before.weight(), after.weight()];
    let [b, a] = weights.map(|w| w.dot(&w.t()));
    close(found.z_b, change(b, a), "Z_b");
    let [b, a] = weights.map(|w| w.t().dot(&w));
    close(found.z_a, change(b, a), "Z_a");

    let shape = AlignmentError::ShapeMismatch {
        left: [3, 4],
        right: [2, 4],
    };
    assert_eq!(
        stationarity(&before, &layer(20, 4, 2, 1)).unwrap_err(),
        shape
    );
    let dead = layer_of(&normal(9, 4, 1), &Array2::zeros((9, 3)), &normal(3, 4, 2));
    assert_eq!(
        stationarity(&dead, &before).unwrap_err(),
        AlignmentError::Zero { what: "G_b" }
    );
}

fn points(power: f64, noise: f64, seeds: u64) -> Vec<SlopePoint> {
    let settings = [1e-5, 1e-4, 1e-3, 1e-2];
    let errors = normal(seeds as usize, settings.len(), 9) * noise;
    let mut points = Vec::new();
    for seed in 0..seeds {
        for (k, x) in settings.into_iter().enumerate() {
            let y = 7.0 * f64::powf(x, power) * errors[[seed as usize, k]].exp();
            points.push(SlopePoint { x, y, seed });
        }
    }
    points
}

#[test]
fn slopes_over_seeds() {
    let options = BootstrapOptions::default();
    for power in [2.0, 1.0, -1.0, 0.0] {
        let found = slope_over_seeds(&points(power, 0.0, 3), &options).unwrap();
        assert_eq!(found.n, 3);
        for value in [found.value, found.low, found.high] {
            assert!((value - power).abs() < 1e-12, "{found:?}");
        }
        let found = slope_over_seeds(&points(power, 0.3, 10), &options).unwrap();
        assert!(
            found.low < found.value && found.value < found.high,
            "{found:?}"
        );
        // The slope of one seed has a standard deviation of 0.3 / (2.3 sqrt 5) = 0.06, the mean of ten 0.02.
        assert!(
            (found.value - power).abs() < 0.08 && found.high - found.low < 0.15,
            "{found:?}"
        );
    }
    // With the same settings in all seeds, the mean of slopes is the slope of all points.
    let all = points(1.0, 0.5, 5);
    let logs = |f: fn(&SlopePoint) -> f64| all.iter().map(|p| f(p).ln()).collect::<Array1<f64>>();
    let (x, y) = (logs(|p| p.x), logs(|p| p.y));
    let x = &x - x.mean().unwrap();
    let found = slope_over_seeds(&all, &options).unwrap();
    close(found.value, x.dot(&y) / x.dot(&x), "slope");
}

#[test]
fn slopes_that_are_none() {
    let options = BootstrapOptions::default();
    let refuse = |points: &[SlopePoint]| slope_over_seeds(points, &options).unwrap_err();
    let good = points(1.0, 0.1, 3);
    assert_eq!(
        refuse(&good[..8]),
        AlignmentError::TooFewValues {
            found: 2,
            needed: 3
        }
    );
    assert_eq!(refuse(&good[..9]), AlignmentError::OneSetting { seed: 2 });
    let mut bad = good.clone();
    bad[1].y = 0.0;
    assert_eq!(refuse(&bad), AlignmentError::NotPositive { value: 0.0 });
    bad[1].y = f64::INFINITY;
    assert_eq!(
        refuse(&bad),
        AlignmentError::NotPositive {
            value: f64::INFINITY
        }
    );
    // Repeats of one setting are one setting.
    let mut same = good;
    same.iter_mut().for_each(|point| point.x = 0.1);
    assert_eq!(refuse(&same), AlignmentError::OneSetting { seed: 0 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A scale or a rotation of both layers changes nothing; growth by a factor is seen as such.
    #[test]
    fn change_knows_no_units(seed in 0..1000_u64, scale in 0.01..100.0_f64) {
        let parts = |seed| (normal(15, 4, seed), normal(15, 3, seed + 1), normal(3, 4, seed + 2));
        let (p, q) = (orthogonal(4, seed + 6), orthogonal(3, seed + 7));
        let [one, other] = [parts(seed), parts(seed + 3)];
        let plain = |(h, g, w): &(Array2<f64>, Array2<f64>, Array2<f64>)| layer_of(h, g, w);
        let turned = |(h, g, w): &(Array2<f64>, Array2<f64>, Array2<f64>)| {
            layer_of(&(h.dot(&p.t()) * scale), &(g.dot(&q.t()) / scale), &q.dot(w).dot(&p.t()))
        };
        let list = |s: formant_alignment::Stationarity| [s.h_a, s.g_b, s.z_b, s.z_a];
        let before = list(stationarity(&plain(&one), &plain(&other)).unwrap());
        let after = list(stationarity(&turned(&one), &turned(&other)).unwrap());
        for (x, y) in before.iter().zip(after) {
            prop_assert!(*x >= 0.0 && (x - y).abs() < 1e-9 * x.max(1.0), "{x} {y}");
        }
        let grown = layer_of(&(&one.0 * 2.0), &(&one.1 * 2.0), &(&one.2 * 2.0));
        for x in list(stationarity(&plain(&one), &grown).unwrap()) {
            prop_assert!((x - 3.0).abs() < 1e-9);
        }
    }
}

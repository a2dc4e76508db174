//! The rotation null, against really rotating.

use crate::common::{layer, layer_named, normal, orthogonal, positive, turned};
use formant_alignment::{
    AlignmentError, NullLevel, NullOptions, Relation, layer_nulls, pearson, relation_nulls,
    rotation_null,
};
use formant_moments::{Moment, Side, Variant};
use ndarray::{Array2, array};

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (
        mean,
        (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt(),
    )
}

fn options(draws: usize) -> NullOptions {
    NullOptions {
        draws: Some(draws),
        seed: 1,
    }
}

/// Largest distance of two empirical distributions (Kolmogorov and Smirnov).
fn distribution_distance(left: &[f64], right: &[f64]) -> f64 {
    let below = |sample: &[f64], x: f64| {
        sample.iter().filter(|y| **y <= x).count() as f64 / sample.len() as f64
    };
    left.iter()
        .chain(right)
        .map(|&x| (below(left, x) - below(right, x)).abs())
        .fold(0.0, f64::max)
}

/// Two distributions of 1500 draws each differ by more than 0.071 once in a thousand times.
const KS: f64 = 0.071;

#[test]
fn has_the_distribution_of_really_rotating() {
    let rank_one = {
        let v = array![[1.0], [0.5], [-2.0], [0.0], [1.0]];
        v.dot(&v.t())
    };
    for (case, (a, b)) in [
        (positive(5, 1), positive(5, 2)),
        (rank_one.clone(), positive(5, 3)),
        (positive(5, 4), rank_one),
        // The vector of ones is an eigenvector of the first, and its part in it is nearly all.
        (positive(5, 5) * 0.05 + 1.0, positive(5, 6)),
        (positive(2, 7), positive(2, 8)),
    ]
    .into_iter()
    .enumerate()
    {
        let d = a.nrows();
        let fast = rotation_null(a.view(), b.view(), options(1500)).unwrap();
        let slow: Vec<f64> = (0..1500)
            .map(|draw| pearson(a.view(), turned(&b, &orthogonal(d, 1000 + draw)).view()).unwrap())
            .collect();
        let distance = distribution_distance(&fast, &slow);
        assert!(
            distance < KS,
            "case {case}: {distance}, {:?} {:?}",
            moments(&fast),
            moments(&slow)
        );
    }
}

#[test]
fn a_rotation_that_changes_nothing() {
    // Every rotation of the identity is the identity.
    let (a, identity) = (positive(6, 1), Array2::eye(6));
    let expected = pearson(a.view(), identity.view()).unwrap();
    for value in rotation_null(a.view(), identity.view(), options(20)).unwrap() {
        assert!((value - expected).abs() < 1e-12);
    }
}

#[test]
fn unrelated_wide_matrices_are_at_the_null() {
    let d = 60;
    let (a, b) = (positive(d, 1), positive(d, 2));
    let (mean, spread) = moments(&rotation_null(a.view(), b.view(), options(200)).unwrap());
    let unrelated = pearson(a.view(), b.view()).unwrap();
    assert!(
        (unrelated - mean).abs() < 5.0 * spread,
        "{unrelated} {mean} {spread}"
    );
    // The mean of the covariance is known: E<A, QBQ^T> = tr A tr B / d, and E[1^T QBQ^T 1] = tr B.
    let (trace_a, trace_b) = (a.diag().sum(), b.diag().sum());
    let n = (d * d) as f64;
    let scatter = |x: &Array2<f64>, sum: f64| x.iter().map(|x| x * x).sum::<f64>() - sum * sum / n;
    let expected = (trace_a * trace_b / d as f64 - a.sum() * trace_b / n)
        / (scatter(&a, a.sum()) * scatter(&b, trace_b)).sqrt();
    assert!(
        (mean - expected).abs() < 5.0 * spread / 200_f64.sqrt() + 1e-3,
        "{mean} {expected}"
    );
}

#[test]
fn a_seed_decides_and_draws_are_a_prefix() {
    let (a, b) = (positive(7, 1), positive(7, 2));
    let draw = |draws, seed| {
        rotation_null(
            a.view(),
            b.view(),
            NullOptions {
                draws: Some(draws),
                seed,
            },
        )
        .unwrap()
    };
    assert_eq!(draw(10, 3), draw(10, 3));
    assert_eq!(draw(10, 3)[..4], draw(4, 3));
    assert_ne!(draw(10, 3), draw(10, 4));
}

#[test]
fn the_nulls_of_a_layer_are_those_of_its_pairs() {
    for (d_a, d_b) in [(5, 5), (6, 4)] {
        let layer = layer(50, d_a, d_b, 9);
        let nulls = relation_nulls(&layer, options(40)).unwrap();
        let own = options(40).for_layer(layer.name());
        for side in Side::ALL {
            let h = layer.second_moment(side, Moment::H, Variant::Normalized);
            let g = layer.second_moment(side, Moment::G, Variant::Normalized);
            let z = layer.weight_gram(side);
            for (relation, a, b) in [
                (Relation::Rga, &h, &g),
                (Relation::Rwa, &h, &z),
                (Relation::Gwa, &g, &z),
            ] {
                let expected = NullLevel::of(rotation_null(a.view(), b.view(), own).unwrap());
                let found = nulls.get(side, relation);
                for (x, y) in [(found.mean, expected.mean), (found.q95, expected.q95)] {
                    // Equal eigenvalues may come in another order, and then the same rotation in another basis.
                    assert!(
                        (x.unwrap() - y.unwrap()).abs() < 1e-9,
                        "{side:?} {relation:?} {found:?} {expected:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn layers_have_draws_of_their_own() {
    let [one, other] = ["fc1", "fc2"].map(|name| options(40).for_layer(name));
    assert_eq!(one.draws, Some(40));
    assert_ne!(one.seed, other.seed);
    assert_eq!(one, options(40).for_layer("fc1"));
    let seed = |seed| {
        NullOptions {
            seed,
            ..options(40)
        }
        .for_layer("fc1")
        .seed
    };
    assert_ne!(seed(0), seed(1));
    // Two layers whose matrices are the same: only the draws differ, by about their spread.
    let (h_a, g_b, w) = (normal(80, 6, 1), normal(80, 6, 2), normal(6, 6, 3));
    let [one, other] = ["fc1", "fc2"]
        .map(|name| relation_nulls(&layer_named(name, &h_a, &g_b, &w), options(400)).unwrap());
    let (x, y) = (one.a_rga.mean.unwrap(), other.a_rga.mean.unwrap());
    assert!(x != y && (x - y).abs() < 0.05, "{x} {y}");
}

#[test]
fn drawn_means_have_their_monte_carlo_error_beside_them() {
    let layer = layer(60, 7, 6, 5);
    let nulls = layer_nulls(&layer, options(50)).unwrap();
    let [h, g] = [Moment::H, Moment::G].map(|m| layer.second_moment(Side::A, m, Variant::Raw));
    let own = options(50).for_layer(layer.name());
    let (_, spread) = moments(&rotation_null(h.view(), g.view(), own).unwrap());
    let error = nulls.errors.a_rga.raw.unwrap();
    assert!(
        (error - spread / 50_f64.sqrt()).abs() < 1e-9,
        "{error} {spread}"
    );
    // Beyond the width up to which nulls are drawn there is none.
    let wide = layer_nulls(&crate::common::layer(90, 70, 3, 5), NullOptions::default()).unwrap();
    assert_eq!(wide.errors.a_rga.raw, None);
    assert!(wide.relations.a_rga.raw.mean.is_some() && wide.errors.b_rga.raw.is_some());
}

#[test]
fn quantiles_interpolate_as_numpy_does() {
    let level = NullLevel::of(vec![3.0, 1.0, 2.0, 4.0]);
    assert_eq!(
        (level.mean, level.q95),
        (Some(2.5), Some(3.8499999999999996))
    );
    assert_eq!(
        NullLevel::of(vec![7.0]),
        NullLevel {
            mean: Some(7.0),
            q95: Some(7.0)
        }
    );
    assert_eq!(NullLevel::of(Vec::new()), NullLevel::default());
}

#[test]
fn what_has_no_null_is_refused() {
    let a = positive(4, 1);
    let zero = Array2::zeros((4, 4));
    let ones = Array2::ones((4, 4));
    assert!(matches!(
        rotation_null(a.view(), zero.view(), options(10)),
        Err(AlignmentError::Zero { .. })
    ));
    assert!(matches!(
        rotation_null(ones.view(), a.view(), options(10)),
        Err(AlignmentError::Constant { which: "first", .. })
    ));
    // Turning a constant matrix makes it an honest one of rank one.
    assert!(
        rotation_null(a.view(), ones.view(), options(10))
            .unwrap()
            .iter()
            .all(|x| x.abs() <= 1.0)
    );
    assert!(matches!(
        rotation_null(a.view(), positive(5, 1).view(), options(10)),
        Err(AlignmentError::ShapeMismatch { .. })
    ));
    assert_eq!(
        rotation_null(a.view(), a.view(), options(1)),
        Err(AlignmentError::TooFewDraws { found: 1 })
    );
}

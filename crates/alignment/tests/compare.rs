//! Correlation and cosine: slow twins, and the invariances that their documentation states.

use crate::common::{layer, normal, orthogonal, positive, turned};
use formant_alignment::{
    AlignmentError, Comparison, Relation, SideRelation, alpha, cosine, pearson,
    pearson_offdiagonal, relation_table,
};
use formant_moments::{Moment, Side, Variant};
use ndarray::{Array2, ShapeBuilder, array};
use proptest::prelude::*;

const ALL: [Comparison; 3] = [
    Comparison::Pearson,
    Comparison::PearsonOffdiagonal,
    Comparison::Cosine,
];

/// From the definition: gather the entries, subtract the mean (or not), multiply.
fn slow(comparison: Comparison, a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let keep = |(i, j): (usize, usize)| comparison != Comparison::PearsonOffdiagonal || i != j;
    let [a, b] = [a, b].map(|matrix| {
        let x: Vec<f64> = matrix
            .indexed_iter()
            .filter(|(at, _)| keep(*at))
            .map(|(_, x)| *x)
            .collect();
        let mean = if comparison == Comparison::Cosine {
            0.0
        } else {
            x.iter().sum::<f64>() / x.len() as f64
        };
        x.into_iter().map(|x| x - mean).collect::<Vec<_>>()
    });
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn agree_with_the_slow_twin(d in 3_usize..20, seed in 0_u64..1000) {
        let (a, b) = (positive(d, seed), normal(d, d, seed + 1));
        let mut columns = Array2::zeros(b.dim().f());
        columns.assign(&b);
        for comparison in ALL {
            let value = comparison.of(a.view(), b.view()).unwrap();
            prop_assert!((value - slow(comparison, &a, &b)).abs() < 1e-13);
            prop_assert!((-1.0..=1.0).contains(&value));
            prop_assert_eq!(value, comparison.of(a.view(), columns.view()).unwrap());
            prop_assert!((value - comparison.of(b.view(), a.view()).unwrap()).abs() < 1e-15);
            prop_assert!((comparison.of(a.view(), a.view()).unwrap() - 1.0).abs() < 1e-14);
            prop_assert!((comparison.of(a.view(), (-&a).view()).unwrap() + 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn scale_does_not_matter(d in 3_usize..12, exponent in -250_i32..250, seed in 0_u64..1000) {
        let (a, b) = (positive(d, seed), positive(d, seed + 1));
        let scaled = &a * 10_f64.powi(exponent);
        for comparison in ALL {
            let (left, right) = (comparison.of(a.view(), b.view()), comparison.of(scaled.view(), b.view()));
            prop_assert!((left.unwrap() - right.unwrap()).abs() < 1e-13);
        }
    }

    #[test]
    fn a_constant_matters_to_the_cosine_only(d in 3_usize..12, seed in 0_u64..1000) {
        let (a, b) = (positive(d, seed), positive(d, seed + 1));
        let shifted = &a + 3.0;
        let change = |c: Comparison| (c.of(a.view(), b.view()).unwrap() - c.of(shifted.view(), b.view()).unwrap()).abs();
        prop_assert!(change(Comparison::Pearson) < 1e-12);
        prop_assert!(change(Comparison::PearsonOffdiagonal) < 1e-12);
        prop_assert!(change(Comparison::Cosine) > 1e-6);
    }

    #[test]
    fn a_common_rotation_leaves_the_cosine_and_not_the_correlation(d in 4_usize..12, seed in 0_u64..1000) {
        let (a, b, q) = (positive(d, seed), positive(d, seed + 1), orthogonal(d, seed + 2));
        let (c, e) = (turned(&a, &q), turned(&b, &q));
        let change = |f: Comparison| (f.of(a.view(), b.view()).unwrap() - f.of(c.view(), e.view()).unwrap()).abs();
        prop_assert!(change(Comparison::Cosine) < 1e-12);
        prop_assert!(change(Comparison::Pearson) > 1e-9);
    }

    #[test]
    fn a_common_permutation_leaves_all_three(d in 4_usize..12, shift in 1_usize..3, seed in 0_u64..1000) {
        let (a, b) = (positive(d, seed), positive(d, seed + 1));
        let permuted = |x: &Array2<f64>| Array2::from_shape_fn((d, d), |(i, j)| x[[(i + shift) % d, (j + shift) % d]]);
        for c in ALL {
            let (left, right) = (c.of(a.view(), b.view()), c.of(permuted(&a).view(), permuted(&b).view()));
            prop_assert!((left.unwrap() - right.unwrap()).abs() < 1e-13);
        }
    }
}

#[test]
fn undefined_is_an_error_and_never_nan() {
    let a = positive(4, 1);
    let constant = Array2::from_elem((4, 4), 0.1) * 3.0;
    let nearly = &constant + &(&normal(4, 4, 2) * 1e-15);
    for matrix in [&constant, &nearly] {
        let error = pearson(a.view(), matrix.view()).unwrap_err();
        assert!(
            matches!(
                error,
                AlignmentError::Constant {
                    which: "second",
                    ..
                }
            ),
            "{error}"
        );
        let error = pearson(matrix.view(), a.view()).unwrap_err();
        assert!(
            matches!(error, AlignmentError::Constant { which: "first", .. }),
            "{error}"
        );
    }
    // A spread of one part in a billion is still a signal.
    let faint = &constant + &(&a * 1e-9);
    assert!((pearson(a.view(), faint.view()).unwrap() - 1.0).abs() < 1e-6);

    let zero = Array2::zeros((4, 4));
    assert!(matches!(
        pearson(a.view(), zero.view()),
        Err(AlignmentError::Constant { .. })
    ));
    assert!(matches!(
        cosine(zero.view(), a.view()),
        Err(AlignmentError::Zero {
            what: "the first matrix"
        })
    ));
    assert!(matches!(
        pearson_offdiagonal(Array2::eye(4).view(), a.view()),
        Err(AlignmentError::Constant { .. })
    ));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for at in [[0, 0], [3, 3]] {
            let mut holed = a.clone();
            holed[at] = bad;
            for comparison in ALL {
                let result = comparison.of(a.view(), holed.view());
                assert_eq!(
                    result,
                    Err(AlignmentError::NonFinite {
                        what: "the second matrix"
                    })
                );
            }
        }
    }
    assert!(matches!(
        pearson(a.view(), positive(5, 1).view()),
        Err(AlignmentError::ShapeMismatch { .. })
    ));
    let wide = normal(2, 3, 1);
    assert!(matches!(
        pearson_offdiagonal(wide.view(), wide.view()),
        Err(AlignmentError::NotSquare {
            rows: 2,
            columns: 3
        })
    ));
    let one = array![[2.0]];
    assert!(matches!(
        pearson(one.view(), one.view()),
        Err(AlignmentError::TooFewEntries {
            found: 1,
            needed: 2
        })
    ));
    assert!(matches!(
        pearson_offdiagonal(one.view(), one.view()),
        Err(AlignmentError::TooFewEntries { found: 0, .. })
    ));
    assert!(matches!(
        cosine(Array2::zeros((0, 0)).view(), Array2::zeros((0, 0)).view()),
        Err(AlignmentError::TooFewEntries { .. })
    ));
}

#[test]
fn relations_pick_the_matrices_that_they_name() {
    let layer = layer(60, 6, 4, 5);
    let w = layer.weight().to_owned();
    for (side, z) in [(Side::A, w.t().dot(&w)), (Side::B, w.dot(&w.t()))] {
        for variant in Variant::ALL {
            let h = layer.second_moment(side, Moment::H, variant);
            let g = layer.second_moment(side, Moment::G, variant);
            for (relation, left, right) in [
                (Relation::Rga, &h, &g),
                (Relation::Rwa, &h, &z),
                (Relation::Gwa, &g, &z),
            ] {
                let value = alpha(&layer, side, relation, variant).unwrap();
                assert!(
                    (value - slow(Comparison::Pearson, left, right)).abs() < 1e-13,
                    "{side:?} {relation:?} {variant:?}"
                );
            }
        }
    }
}

#[test]
fn the_table_holds_every_comparison() {
    let layer = layer(60, 6, 4, 7);
    for comparison in ALL {
        let table = relation_table(&layer, comparison);
        let (at, variant) = (Relation::Rwa, Variant::Centered);
        let h = layer.second_moment(Side::B, Moment::H, variant);
        let expected = comparison.of(h.view(), layer.weight_gram(Side::B).view());
        let found = table.get(Side::B, at).get(variant);
        assert_eq!(*found, expected.ok());
    }
}

#[test]
fn the_six_relations_have_names() {
    let names = SideRelation::ALL.map(SideRelation::name);
    assert_eq!(
        names,
        ["a_rga", "a_rwa", "a_gwa", "b_rga", "b_rwa", "b_gwa"]
    );
    let last = SideRelation::ALL[5];
    assert_eq!(
        (last.label(), last.matrices()),
        ("GWA b".into(), "G_b ~ Z_b".into())
    );
}

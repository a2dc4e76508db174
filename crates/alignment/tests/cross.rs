//! The cross moment against the matrices of its side.

use crate::common::normal;
use formant_alignment::{
    CrossAlignments, CrossMoment, Invariance, Kind, Statistic, cross_alignment,
};
use formant_moments::{LayerMoments, MomentsAccumulator, SampleAxis, SampleBlock, Side, Variant};
use ndarray::{Array2, Axis, array};
use proptest::prelude::*;

fn layer(h_a: &Array2<f64>, g_b: &Array2<f64>, w: &Array2<f64>) -> LayerMoments {
    let (h_b, g_a) = (h_a.dot(&w.t()), g_b.dot(w));
    let mut accumulator = MomentsAccumulator::new(w.ncols(), w.nrows());
    let block = SampleBlock {
        h_a: h_a.view(),
        h_b: h_b.view(),
        g_a: g_a.view(),
        g_b: g_b.view(),
    };
    accumulator.add(&block).unwrap();
    accumulator
        .finish("fc", w.view(), SampleAxis::Examples)
        .unwrap()
}

/// Pearson correlation of all entries, by its definition.
fn slow(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let n = a.len() as f64;
    let (ma, mb) = (a.sum() / n, b.sum() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma).powi(2);
        bb += (y - mb).powi(2);
    }
    ab / (aa * bb).sqrt()
}

#[test]
fn it_is_the_correlation_of_the_symmetric_part() {
    let h_a = array![
        [1.0, 0.5, -0.3],
        [0.2, -1.0, 0.7],
        [-0.6, 0.4, 1.1],
        [0.9, 0.1, 0.3]
    ];
    let g_b = array![[0.3, -0.2], [1.0, 0.4], [-0.5, 0.8], [0.2, 0.1]];
    let w = array![[0.7, -0.2, 0.5], [0.1, 0.9, -0.4]];
    let found = cross_alignment(&layer(&h_a, &g_b, &w), Side::B, Variant::Raw);
    let h_b = h_a.dot(&w.t());
    let n = h_a.nrows() as f64;
    let cross = g_b.t().dot(&h_b) / n;
    let symmetric = &cross + &cross.t();
    for (found, other) in [
        (found.z, w.dot(&w.t())),
        (found.h, h_b.t().dot(&h_b) / n),
        (found.g, g_b.t().dot(&g_b) / n),
    ] {
        assert!((found.unwrap() - slow(&symmetric, &other)).abs() < 1e-12);
    }
}

#[test]
fn gradients_along_representations_align_and_a_sign_turns_them_round() {
    let h_a = array![[1.0, 0.5], [0.2, -1.0], [-0.6, 0.4], [0.9, 0.1]];
    let w = array![[0.7, -0.2], [0.1, 0.9]];
    let h_b = h_a.dot(&w.t());
    let along = CrossAlignments::new(&layer(&h_a, &h_b, &w));
    let against = CrossAlignments::new(&layer(&h_a, &(-&h_b), &w));
    for variant in Variant::ALL {
        let (along, against) = (along.get(Side::B, variant), against.get(Side::B, variant));
        assert!((along.h.unwrap() - 1.0).abs() < 1e-12, "{variant:?}");
        assert!((against.h.unwrap() + 1.0).abs() < 1e-12, "{variant:?}");
    }
}

#[test]
fn without_gradients_there_is_none() {
    let h_a = array![[1.0, 0.5], [0.2, -1.0]];
    let none = cross_alignment(
        &layer(
            &h_a,
            &Array2::zeros((2, 2)),
            &array![[1.0, 0.2], [0.0, 1.0]],
        ),
        Side::A,
        Variant::Raw,
    );
    assert_eq!((none.z, none.h, none.g), (None, None, None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What the description promises, and that a turn of the gradients turns the sign.
    #[test]
    fn the_statistic_keeps_its_promises(d_a in 2..6_usize, d_b in 2..6_usize, seed in 0..1000_u64, scale in 0.01..100.0_f64) {
        let (h, g, w) = (normal(12, d_a, seed) + 0.2, normal(12, d_b, seed + 1), normal(d_b, d_a, seed + 2));
        let description = CrossMoment.description();
        prop_assert_eq!(description.kind, Kind::Similarity);
        let measure = |h: &Array2<f64>, g: &Array2<f64>, w: &Array2<f64>| CrossMoment.measure(&layer(h, g, w));
        let before = measure(&h, &g, &w);
        prop_assert_eq!(before.len(), 18);
        prop_assert!(before[0].name == "a_z.raw" && before[17].name == "b_g.normalized");
        let mut same = Vec::new();
        for invariance in description.invariances {
            same.push(match invariance {
                Invariance::Scale => measure(&(&h * scale), &(&g * 3.0), &(&w * 0.3)),
                Invariance::Permutation => {
                    let reverse = |d: usize| (0..d).rev().collect::<Vec<_>>();
                    let (a, b) = (reverse(d_a), reverse(d_b));
                    measure(
                        &h.select(Axis(1), &a),
                        &g.select(Axis(1), &b),
                        &w.select(Axis(0), &b).select(Axis(1), &a),
                    )
                }
                other => panic!("{other:?}"),
            });
        }
        for after in same {
            for (x, y) in before.iter().zip(&after) {
                prop_assert!((x.value.unwrap() - y.value.unwrap()).abs() < 1e-9, "{}", x.name);
            }
        }
        for (x, y) in before.iter().zip(&measure(&h, &-&g, &w)) {
            let (x, y) = (x.value.unwrap(), y.value.unwrap());
            prop_assert!((-1.0..=1.0).contains(&x) && (x + y).abs() < 1e-9);
        }
    }
}

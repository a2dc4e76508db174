//! The cross moment against the matrices of its side.

use crate::common::normal;
use formant_alignment::{CrossAlignments, cross_alignment};
use formant_moments::{LayerMoments, MomentsAccumulator, SampleAxis, SampleBlock, Side, Variant};
use ndarray::{Array2, array};
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

    #[test]
    fn a_turn_of_the_gradients_turns_the_sign(d_a in 2..6_usize, d_b in 2..6_usize, seed in 0..1000_u64) {
        let (h, g, w) = (normal(12, d_a, seed) + 0.2, normal(12, d_b, seed + 1), normal(d_b, d_a, seed + 2));
        let [along, against] = [layer(&h, &g, &w), layer(&h, &-&g, &w)].map(|layer| CrossAlignments::new(&layer));
        for (side, variant) in Side::ALL.into_iter().flat_map(|side| Variant::ALL.map(|v| (side, v))) {
            let (along, against) = (along.get(side, variant), against.get(side, variant));
            for (x, y) in [(along.z, against.z), (along.h, against.h), (along.g, against.g)] {
                let (x, y) = (x.unwrap(), y.unwrap());
                prop_assert!((-1.0..=1.0).contains(&x) && (x + y).abs() < 1e-9);
            }
        }
    }
}

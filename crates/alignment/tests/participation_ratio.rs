//! The participation ratio against its definition, and where it is known.

use crate::common::{layer, layer_of, normal};
use formant_alignment::{MeasuredLayer, NullOptions, Readings, Threads};
use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;
use proptest::prelude::*;

fn ratio(layer: &LayerMoments, matrix: &str, side: Side) -> Option<f64> {
    let measured = MeasuredLayer::new(layer, NullOptions::default(), Threads::One);
    let name = format!("participation_ratio_{matrix}");
    Readings::of(&measured).value(&name, side, Variant::Raw)
}

/// `(tr M)² / tr M²`, with the product written out.
fn slow(matrix: &Array2<f64>) -> f64 {
    matrix.diag().sum().powi(2) / matrix.dot(matrix).diag().sum()
}

#[test]
fn a_flat_spectrum_counts_its_directions_and_zero_has_none() {
    let (d, weight) = (4, Array2::eye(4) * 2.0);
    let flat = layer_of(&Array2::eye(d), &Array2::zeros((d, d)), &weight);
    assert!((ratio(&flat, "h", Side::A).unwrap() - 4.0).abs() < 1e-12);
    assert!((ratio(&flat, "z", Side::B).unwrap() - 4.0).abs() < 1e-12);
    assert_eq!(ratio(&flat, "g", Side::A), None);
    let one = normal(6, 1, 1).dot(&normal(1, d, 2));
    let one = layer_of(&one, &one, &weight);
    assert!((ratio(&one, "h", Side::B).unwrap() - 1.0).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn it_is_its_slow_twin_and_no_more_than_the_effective_rank(d_a in 2..7_usize, d_b in 2..7_usize, seed in 0..1000_u64) {
        let layer = layer(20, d_a, d_b, seed);
        let readings = Readings::of(&MeasuredLayer::new(&layer, NullOptions::default(), Threads::One));
        for side in Side::ALL {
            for (name, matrix) in [
                ("h", layer.second_moment(side, Moment::H, Variant::Raw)),
                ("g", layer.second_moment(side, Moment::G, Variant::Raw)),
                ("z", layer.weight_gram(side)),
            ] {
                let value = |family: &str| readings.value(&format!("{family}_{name}"), side, Variant::Raw).unwrap();
                let found = value("participation_ratio");
                prop_assert!((found - slow(&matrix)).abs() < 1e-9 * found, "{name} {side:?}");
                prop_assert!(found <= value("effective_rank") + 1e-9);
            }
        }
    }
}

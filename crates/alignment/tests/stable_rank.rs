//! The stable rank against its definition, and where it is known.

use crate::common::{layer, layer_of, normal};
use formant_alignment::{MeasuredLayer, NullOptions, Readings, Threads};
use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;
use proptest::prelude::*;

fn rank(layer: &LayerMoments, matrix: &str, side: Side) -> Option<f64> {
    let measured = MeasuredLayer::new(layer, NullOptions::default(), Threads::One);
    let name = format!("stable_rank_{matrix}");
    Readings::of(&measured).value(&name, side, Variant::Raw)
}

/// Trace over largest eigenvalue, the latter by many powers.
fn slow(matrix: &Array2<f64>) -> f64 {
    let mut vector = matrix.diag().to_owned();
    for _ in 0..20_000 {
        vector = matrix.dot(&vector);
        vector /= vector.dot(&vector).sqrt();
    }
    matrix.diag().sum() / vector.dot(&matrix.dot(&vector))
}

#[test]
fn a_flat_spectrum_counts_its_directions_and_zero_has_none() {
    let (d, weight) = (4, Array2::eye(4) * 2.0);
    let flat = layer_of(&Array2::eye(d), &Array2::zeros((d, d)), &weight);
    assert!((rank(&flat, "h", Side::A).unwrap() - 4.0).abs() < 1e-12);
    assert!((rank(&flat, "z", Side::B).unwrap() - 4.0).abs() < 1e-12);
    assert_eq!(rank(&flat, "g", Side::A), None);
    let one = normal(6, 1, 1).dot(&normal(1, d, 2));
    let one = layer_of(&one, &one, &weight);
    assert!((rank(&one, "h", Side::B).unwrap() - 1.0).abs() < 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn it_is_its_slow_twin_and_between_one_and_the_width(d_a in 2..7_usize, d_b in 2..7_usize, seed in 0..1000_u64) {
        let layer = layer(20, d_a, d_b, seed);
        let readings = Readings::of(&MeasuredLayer::new(&layer, NullOptions::default(), Threads::One));
        for side in Side::ALL {
            for (name, matrix) in [
                ("h", layer.second_moment(side, Moment::H, Variant::Raw)),
                ("g", layer.second_moment(side, Moment::G, Variant::Raw)),
                ("z", layer.weight_gram(side)),
            ] {
                let value = |family: &str| readings.value(&format!("{family}_{name}"), side, Variant::Raw).unwrap();
                let found = value("stable_rank");
                prop_assert!((found - slow(&matrix)).abs() < 1e-6 * found, "{name} {side:?}");
                // 1 is the share of the largest eigenvalue, and nothing has a larger one.
                prop_assert!(found >= 1.0 && found <= matrix.nrows() as f64);
            }
        }
    }
}

//! The accuracy of our own functions on flex.

use burn::tensor::{Tensor, TensorData};
use formant_backend::{Flex, tanh};

fn tanh_of(values: Vec<f32>) -> Vec<f32> {
    let data = TensorData::new(values.clone(), [values.len()]);
    let x = Tensor::<Flex, 1>::from_data(data, &Default::default());
    tanh(x).into_data().into_vec().unwrap()
}

#[test]
fn tanh_is_within_a_few_units_in_the_last_place() {
    let inputs: Vec<f32> = (-200_000..=200_000_i32).map(|i| i as f32 * 5e-5).collect();
    let mut worst = 0.0_f64;
    for (x, y) in inputs.iter().zip(tanh_of(inputs.clone())) {
        let exact = f64::from(*x).tanh();
        let error = (f64::from(y) - exact).abs();
        worst = worst.max(error / exact.abs().max(1e-30) / f64::from(f32::EPSILON));
    }
    assert!(worst < 6.0, "worst relative error {worst} epsilon");
}

#[test]
fn tanh_keeps_its_limits() {
    let found = tanh_of(vec![0.0, 50.0, f32::NEG_INFINITY, f32::NAN, 1e-20]);
    assert_eq!(found[0], 0.0);
    assert!((found[1] - 1.0).abs() < 1e-6 && found[1] <= 1.0);
    assert!((found[2] + 1.0).abs() < 1e-6);
    assert!(found[3].is_nan());
    assert!((found[4] / 1e-20 - 1.0).abs() < 1e-6);
}

//! The suite that every backend passes: what the rest of the project relies on.

use burn::tensor::backend::Backend;
use burn::tensor::{Distribution, Tensor, TensorData};

use crate::{KernelsAutodiff, matmul, tanh};

/// One check of the suite and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// The largest relative error found.
    pub error: f64,
    /// The largest that is allowed.
    pub tolerance: f64,
}

impl Check {
    /// Whether the error is within the tolerance. A NaN is not.
    pub fn passed(&self) -> bool {
        self.error <= self.tolerance
    }
}

/// Runs the suite on one device: each operation that training and measuring rest on, against the same
/// arithmetic on the host in `f64`.
pub fn conformance<B: KernelsAutodiff>(device: &B::Device) -> Vec<Check> {
    vec![
        round_trip::<B>(device),
        batched_product::<B>(device),
        product_gradient::<B>(device),
        tanh_value::<B>(device),
        tanh_gradient::<B>(device),
        zero_leaf_gradient::<B>(device),
        reductions::<B>(device),
        no_ambient_randomness::<B>(device),
    ]
}

/// Deterministic entries in (-1, 1) that no backend has a hand in.
fn entries(count: usize, salt: u32) -> Vec<f32> {
    (0..count as u32)
        .map(|i| {
            let bits = (i + 1).wrapping_mul(2_654_435_761) ^ salt.wrapping_mul(40_503);
            (bits.wrapping_mul(2_246_822_519) >> 8) as f32 / (1u32 << 23) as f32 - 1.0
        })
        .collect()
}

fn tensor<B: KernelsAutodiff>(shape: [usize; 3], salt: u32, device: &B::Device) -> Tensor<B, 3> {
    let values = entries(shape.iter().product(), salt);
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn host<B: Backend, const D: usize>(x: Tensor<B, D>) -> Vec<f64> {
    x.into_data().iter::<f64>().collect()
}

/// Largest difference relative to the largest expected entry.
fn error(found: &[f64], expected: &[f64]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let scale = expected.iter().fold(1e-30, |m: f64, e| m.max(e.abs()));
    found.iter().zip(expected).fold(0.0, |worst, (f, e)| {
        let error = (f - e).abs() / scale;
        if error.is_nan() {
            f64::INFINITY
        } else {
            error.max(worst)
        }
    })
}

fn round_trip<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let expected: Vec<f64> = entries(24, 1).into_iter().map(f64::from).collect();
    let found = host(tensor::<B>([2, 3, 4], 1, device));
    Check {
        name: "host round trip",
        error: error(&found, &expected),
        tolerance: 0.0,
    }
}

/// `[m, n, k] x [m, k, p]` on the host.
fn product(a: &[f32], b: &[f32], [m, n, k, p]: [usize; 4]) -> Vec<f64> {
    let mut out = vec![0.0; m * n * p];
    for e in 0..m {
        for i in 0..n {
            for j in 0..p {
                out[(e * n + i) * p + j] = (0..k)
                    .map(|l| f64::from(a[(e * n + i) * k + l]) * f64::from(b[(e * k + l) * p + j]))
                    .sum();
            }
        }
    }
    out
}

fn batched_product<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let dims = [3, 17, 33, 9];
    let [m, n, k, p] = dims;
    let a = tensor::<B>([m, n, k], 2, device);
    let b = tensor::<B>([m, k, p], 3, device);
    let expected = product(&entries(m * n * k, 2), &entries(m * k * p, 3), dims);
    // 2e-3 allows for products in TF32, whose mantissa has 10 bits.
    Check {
        name: "batched product",
        error: error(&host(matmul(a, b)), &expected),
        tolerance: 2e-3,
    }
}

/// The gradient of \\(\sum (AB)^2 / 2\\) with respect to \\(A\\) is \\(AB\,B^\top\\), and \\(A^\top AB\\) to \\(B\\).
fn product_gradient<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let [m, n, k, p] = [2, 7, 5, 6];
    let a = tensor::<B>([m, n, k], 9, device).require_grad();
    let b = tensor::<B>([m, k, p], 10, device).require_grad();
    let grads = matmul(a.clone(), b.clone())
        .powi_scalar(2)
        .mul_scalar(0.5)
        .sum()
        .backward();
    let plain = a.clone().inner().matmul(b.clone().inner());
    let expected_a = plain.clone().matmul(b.clone().inner().swap_dims(1, 2));
    let expected_b = a.clone().inner().swap_dims(1, 2).matmul(plain);
    let gap = |x: &Tensor<B, 3>, expected| {
        error(
            &x.grad(&grads).map(host).unwrap_or_default(),
            &host(expected),
        )
    };
    let error = gap(&a, expected_a).max(gap(&b, expected_b));
    Check {
        name: "gradients of a product",
        error,
        tolerance: 2e-3,
    }
}

fn tanh_value<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let expected: Vec<f64> = entries(60, 4)
        .iter()
        .map(|x| f64::from(*x * 4.0).tanh())
        .collect();
    let found = host(tanh(tensor::<B>([3, 4, 5], 4, device).mul_scalar(4.0)));
    Check {
        name: "tanh",
        error: error(&found, &expected),
        tolerance: 1e-6,
    }
}

fn tanh_gradient<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let x = tensor::<B>([3, 4, 5], 5, device).require_grad();
    let grads = tanh(x.clone()).powi_scalar(2).sum().backward();
    let expected: Vec<f64> = entries(60, 5)
        .iter()
        .map(|x| {
            let y = f64::from(*x).tanh();
            2.0 * y * (1.0 - y * y)
        })
        .collect();
    let found = x.grad(&grads).map(host).unwrap_or_default();
    Check {
        name: "gradient of tanh",
        error: error(&found, &expected),
        tolerance: 3e-6,
    }
}

/// The zero-tap: a zero leaf added to an intermediate receives that intermediate's gradient.
fn zero_leaf_gradient<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let x = tensor::<B>([2, 3, 4], 6, device);
    let leaf = Tensor::<B, 3>::zeros([1, 1, 1], device)
        .expand([2, 3, 4])
        .require_grad();
    let grads = (x + leaf.clone()).powi_scalar(3).sum().backward();
    let expected: Vec<f64> = entries(24, 6)
        .iter()
        .map(|x| 3.0 * f64::from(x * x))
        .collect();
    let found = leaf.grad(&grads).map(host).unwrap_or_default();
    Check {
        name: "gradient through a zero leaf",
        error: error(&found, &expected),
        tolerance: 1e-5,
    }
}

fn reductions<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let x = tensor::<B>([2, 30, 4], 7, device);
    let values = entries(240, 7);
    let expected: Vec<f64> = (0..8)
        .map(|c| {
            (0..30)
                .map(|i| f64::from(values[(c / 4) * 120 + i * 4 + c % 4]))
                .sum()
        })
        .collect();
    Check {
        name: "sum over samples",
        error: error(&host(x.sum_dim(1)), &expected),
        tolerance: 1e-5,
    }
}

/// Results must not depend on a generator that the process shares: the same data twice is the same.
fn no_ambient_randomness<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let once = host(tanh(tensor::<B>([2, 3, 4], 8, device)));
    let _elsewhere = Tensor::<B, 1>::random([16], Distribution::Default, device);
    let twice = host(tanh(tensor::<B>([2, 3, 4], 8, device)));
    Check {
        name: "same result twice",
        error: error(&twice, &once),
        tolerance: 0.0,
    }
}

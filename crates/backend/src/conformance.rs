//! The suite that every backend passes: what the rest of the project relies on.

mod images;

use burn::tensor::backend::Backend;
use burn::tensor::{Distribution, Tensor, TensorData};

use crate::{Descent, KernelsAutodiff, descend, matmul, tanh, unfold};

/// Of products, which a device may form with ten bits of mantissa (TF32).
const PRODUCT_TOLERANCE: f64 = 2e-3;

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
        descent::<B>(device),
        windows_gradient::<B>(device),
        images::convolution::<B>(device),
        images::patches_gradient::<B>(device),
        images::norm_gradient::<B>(device),
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
        tolerance: PRODUCT_TOLERANCE,
    }
}

/// The gradient of \\(\sum (AB)^2 / 2\\) with respect to \\(A\\) is \\(AB\\,B^\top\\), and \\(A^\top AB\\) to \\(B\\).
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
        tolerance: PRODUCT_TOLERANCE,
    }
}

/// Steps with every number of samples around those for which a backend may have a loop of its own.
fn descent<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let mut worst = 0.0_f64;
    for samples in [1, 2, 3, 4, 5] {
        let [members, d_a, d_b] = [2, 37, 71];
        let steps = [(0.3, 1.0), (0.1, 0.9)].map(|(rate, keep)| Descent { rate, keep });
        let shapes = [
            [members, d_a, d_b],
            [members, samples, d_a],
            [members, samples, d_b],
        ];
        let [weight, h_a, g_b] = [0, 1, 2].map(|i| tensor::<B>(shapes[i], 30 + i as u32, device));
        let [w, h, g] = [&weight, &h_a, &g_b].map(|x| host(x.clone()));
        let (after, g_a) = descend(weight.inner(), h_a.inner(), g_b.inner(), &steps);
        let (mut expected, mut expected_g) = (Vec::new(), vec![0.0; members * samples * d_a]);
        for m in 0..members {
            let (rate, keep) = (f64::from(steps[m].rate), f64::from(steps[m].keep));
            for i in 0..d_a {
                for j in 0..d_b {
                    let w = w[(m * d_a + i) * d_b + j];
                    let mut gradient = 0.0;
                    for s in 0..samples {
                        let g = g[(m * samples + s) * d_b + j];
                        gradient += h[(m * samples + s) * d_a + i] * g;
                        expected_g[(m * samples + s) * d_a + i] += w * g;
                    }
                    expected.push(keep * w - rate * gradient);
                }
            }
        }
        worst = worst
            .max(error(&host(after), &expected))
            .max(error(&host(g_a), &expected_g));
    }
    Check {
        name: "gradient descent on a linear map",
        error: worst,
        tolerance: PRODUCT_TOLERANCE,
    }
}

/// Windows of a sequence, and the gradient through them, against both written out.
fn windows_gradient<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let ([samples, length, channels, window], salt) = ([2, 7, 3, 4], 40);
    let positions = length + 1 - window;
    let shape = [1, samples, length, channels];
    let load = |shape: [usize; 4], salt| {
        let values = entries(shape.iter().product(), salt);
        Tensor::<B, 4>::from_data(TensorData::new(values, shape), device)
    };
    let x = load(shape, salt).require_grad();
    let weights = load([1, samples, positions, window * channels], salt + 1);
    let (values, factors) = (host(x.clone()), host(weights.clone()));
    let windows = unfold(x.clone(), window);
    let found = host(windows.clone());
    let mut gradients = (windows * weights).sum().backward();
    let gradient = x.grad_remove(&mut gradients).map_or_else(Vec::new, host);
    let (mut expected, mut expected_gradient) = (Vec::new(), vec![0.0; values.len()]);
    for s in 0..samples {
        for position in 0..positions {
            for i in 0..window * channels {
                let from = s * length * channels + position * channels + i;
                expected_gradient[from] += factors[expected.len()];
                expected.push(values[from]);
            }
        }
    }
    Check {
        name: "windows of a sequence and their gradient",
        error: error(&found, &expected).max(error(&gradient, &expected_gradient)),
        tolerance: PRODUCT_TOLERANCE,
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

//! Random matrices and layers for the tests.
#![allow(clippy::unwrap_used)]

use formant_moments::{LayerMoments, MomentsAccumulator, SampleAxis, SampleBlock};
use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

pub fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
}

/// A positive definite matrix.
pub fn positive(d: usize, seed: u64) -> Array2<f64> {
    let x = normal(d + 3, d, seed);
    symmetric(&(x.t().dot(&x) / d as f64))
}

pub fn symmetric(matrix: &Array2<f64>) -> Array2<f64> {
    (matrix + &matrix.t()) / 2.0
}

/// A Haar-random orthogonal matrix, by Gram and Schmidt.
pub fn orthogonal(d: usize, seed: u64) -> Array2<f64> {
    let mut q = normal(d, d, seed);
    for k in 0..d {
        let mut column = q.column(k).to_owned();
        for _ in 0..2 {
            for j in 0..k {
                let done = q.column(j).to_owned();
                let part = done.dot(&column);
                column.scaled_add(-part, &done);
            }
        }
        column /= column.dot(&column).sqrt();
        q.column_mut(k).assign(&column);
    }
    q
}

/// `Q A Q^T`, symmetric to the last bit.
pub fn turned(matrix: &Array2<f64>, q: &Array2<f64>) -> Array2<f64> {
    symmetric(&q.dot(matrix).dot(&q.t()))
}

pub fn layer_of(h_a: &Array2<f64>, g_b: &Array2<f64>, weight: &Array2<f64>) -> LayerMoments {
    layer_named("fc", h_a, g_b, weight)
}

pub fn layer_named(
    name: &str,
    h_a: &Array2<f64>,
    g_b: &Array2<f64>,
    weight: &Array2<f64>,
) -> LayerMoments {
    let accumulator = MomentsAccumulator::new(weight.ncols(), weight.nrows());
    layer_by(accumulator, name, h_a, g_b, weight)
}

pub fn layer_by(
    mut accumulator: MomentsAccumulator,
    name: &str,
    h_a: &Array2<f64>,
    g_b: &Array2<f64>,
    weight: &Array2<f64>,
) -> LayerMoments {
    let (h_b, g_a) = (h_a.dot(&weight.t()), g_b.dot(weight));
    let block = SampleBlock {
        h_a: h_a.view(),
        h_b: h_b.view(),
        g_a: g_a.view(),
        g_b: g_b.view(),
    };
    accumulator.add(&block).unwrap();
    accumulator
        .finish(name, weight.view(), SampleAxis::Examples)
        .unwrap()
}

pub fn layer(n: usize, d_a: usize, d_b: usize, seed: u64) -> LayerMoments {
    layer_of(
        &(normal(n, d_a, seed) + 0.3),
        &normal(n, d_b, seed + 1),
        &normal(d_b, d_a, seed + 2),
    )
}

/// `d` numbers from 1 down to `least`, evenly spaced in the logarithm.
pub fn decades(d: usize, least: f64) -> Vec<f64> {
    let exponent = |i: usize| i as f64 / (d - 1) as f64;
    (0..d).map(|i| least.powf(exponent(i))).collect()
}

pub fn powers(values: &[f64], p: f64) -> Vec<f64> {
    values.iter().map(|x| x.powf(p)).collect()
}

/// The commutator of two matrices by its definition: two products.
pub fn slow_commutator(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
    norm(&(x.dot(y) - y.dot(x))) / (2.0_f64.sqrt() * norm(x) * norm(y))
}

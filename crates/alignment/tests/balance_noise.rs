//! What sampling alone makes of the residuals of the balance equations: against resampling, and for layers whose
//! population is in balance and whose sample therefore is not quite.

use crate::common::{normal, orthogonal};
use formant_alignment::{Balance, BalanceAccumulator, Sgd};
use formant_moments::SampleBlock;
use ndarray::{Array1, Array2, Axis, s};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn measure(h_a: &Array2<f64>, g_b: &Array2<f64>, weight: &Array2<f64>, sgd: &Sgd) -> Balance {
    in_blocks(h_a, g_b, weight, sgd, usize::MAX / 2)
}

fn in_blocks(
    h_a: &Array2<f64>,
    g_b: &Array2<f64>,
    weight: &Array2<f64>,
    sgd: &Sgd,
    block: usize,
) -> Balance {
    let mut accumulator = BalanceAccumulator::new(weight.ncols(), weight.nrows());
    for start in (0..h_a.nrows()).step_by(block) {
        let rows = s![start..h_a.nrows().min(start + block), ..];
        let (h_a, g_b) = (h_a.slice(rows), g_b.slice(rows));
        accumulator
            .add(&SampleBlock {
                h_a,
                h_b: g_b,
                g_a: h_a,
                g_b,
            })
            .unwrap();
    }
    accumulator.finish(weight.view(), sgd).unwrap()
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn sym(matrix: Array2<f64>) -> Array2<f64> {
    &matrix + &matrix.t()
}

/// Left minus right of (i) and (ii), and the two right-hand sides, as the documentation writes them.
fn side(x: &Array2<f64>, y: &Array2<f64>, w: &Array2<f64>, sgd: &Sgd) -> [Array2<f64>; 4] {
    let n = x.nrows() as f64;
    let (eta, gamma, batch) = (sgd.learning_rate, sgd.weight_decay, sgd.batch_size as f64);
    let (h, g, m) = (x.t().dot(x) / n, y.t().dot(y) / n, y.t().dot(x) / n);
    let s = h.diag().sum();
    let c = sym(m.dot(&w.t()));
    let d = sym(m.dot(&h).dot(&w.t()));
    let mm = m.dot(&m.t());
    let z = w.dot(&w.t()) * (2.0 * gamma);
    let output = w.dot(&h).dot(&w.t()) * (2.0 * gamma);
    let two = &c + &((&g * (s / batch) + &mm * ((batch - 1.0) / batch)) * eta) - &z;
    let square = norm(&h).powi(2);
    let noise = &g * (s * s + (batch - 1.0) * square)
        + &mm * (2.0 * (batch - 1.0) * s)
        + m.dot(&h).dot(&m.t()) * ((batch - 1.0) * (batch - 2.0));
    let one = c * (s / batch) + d * ((batch - 1.0) / batch) + noise * (eta / batch.powi(2));
    [one - &output, two, output, z]
}

/// The matrices whose norms the residuals are (mean step, (i), (ii), (iii), (iv)), and what they are relative to.
fn residuals(
    h: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
    sgd: &Sgd,
) -> [(Array2<f64>, f64); 5] {
    let decayed = w * sgd.weight_decay;
    let mean = g.t().dot(h) / h.nrows() as f64 - &decayed;
    let [one, two, output, z] = side(h, g, w, sgd);
    let [three, four, output_a, z_a] = side(g, h, &w.t().to_owned(), sgd);
    [
        (mean, norm(&decayed)),
        (one, norm(&output)),
        (two, norm(&z)),
        (three, norm(&output_a)),
        (four, norm(&z_a)),
    ]
}

fn found(balance: &Balance) -> [[f64; 3]; 5] {
    let (r, noise, left) = (
        balance.residuals,
        balance.noise.unwrap(),
        balance.debiased.unwrap(),
    );
    [
        [
            balance.mean_stationarity,
            noise.mean_stationarity,
            left.mean_stationarity,
        ],
        [r.h_b, noise.h_b, left.h_b],
        [r.z_b, noise.z_b, left.z_b],
        [r.g_a, noise.g_a, left.g_a],
        [r.z_a, noise.z_a, left.z_a],
    ]
}

/// The root mean square change of each residual matrix over bootstrap resamples, relative.
fn by_bootstrap(h: &Array2<f64>, g: &Array2<f64>, w: &Array2<f64>, sgd: &Sgd) -> [f64; 5] {
    let whole = residuals(h, g, w, sgd);
    let (n, resamples) = (h.nrows(), 400);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut squares = [0.0; 5];
    for _ in 0..resamples {
        let rows: Vec<usize> = (0..n).map(|_| rng.random_range(0..n)).collect();
        let again = residuals(&h.select(Axis(0), &rows), &g.select(Axis(0), &rows), w, sgd);
        for (sum, ((x, _), (y, _))) in squares.iter_mut().zip(again.iter().zip(&whole)) {
            *sum += norm(&(x - y)).powi(2) / resamples as f64;
        }
    }
    let relative = |at: usize| squares[at].sqrt() / whole[at].1;
    [0, 1, 2, 3, 4].map(relative)
}

fn sgd(learning_rate: f64, weight_decay: f64, batch_size: usize) -> Sgd {
    Sgd {
        learning_rate,
        weight_decay,
        batch_size,
    }
}

/// Correlated inputs and gradients; `tail` spreads the norms.
fn data(n: usize, d_a: usize, d_b: usize, tail: f64, seed: u64) -> [Array2<f64>; 3] {
    let sizes = |seed| normal(n, 1, seed).mapv(|x| (tail * x).exp());
    let w = normal(d_b, d_a, seed) / (d_a as f64).sqrt();
    let h = (normal(n, d_a, seed + 1) + 0.3) * &sizes(seed + 2);
    let g = (normal(n, d_b, seed + 3) + h.dot(&w.t()) * 0.5) * &sizes(seed + 4);
    [h, g, w]
}

#[test]
fn levels_are_those_of_resampling() {
    // Fewer samples than are kept, so that only the bootstrap is random; and many more, of very uneven norms.
    for (n, tail, tolerance) in [(400, 0.0, 0.1), (500, 0.5, 0.1), (4000, 0.5, 0.15)] {
        for batch in [1, 2, 8] {
            for (eta, gamma) in [(0.1, 0.01), (0.001, 0.1)] {
                let [h, g, w] = data(n, 6, 4, tail, 7);
                let sgd = sgd(eta, gamma, batch);
                let found = found(&measure(&h, &g, &w, &sgd));
                let expected = by_bootstrap(&h, &g, &w, &sgd);
                for (at, ([residual, noise, left], expected)) in
                    found.iter().zip(expected).enumerate()
                {
                    let what = format!("n {n}, batch {batch}, eta {eta}, residual {at}");
                    assert!(
                        (noise / expected - 1.0).abs() < tolerance,
                        "{what}: {noise}, resampled {expected}"
                    );
                    let rest = (residual.powi(2) - noise.powi(2)).max(0.0).sqrt();
                    assert!((left - rest).abs() < 1e-12, "{what}");
                }
            }
        }
    }
}

/// White inputs, and gradients whose mean product with them is given.
fn with_mean(mean: &Array2<f64>, n: usize, seed: u64) -> [Array2<f64>; 2] {
    let (d_b, d_a) = mean.dim();
    let h = normal(n, d_a, seed);
    let g = normal(n, d_b, seed + 1) + h.dot(&mean.t());
    [h, g]
}

#[test]
fn a_stationary_layer_has_the_residual_of_noise_and_nothing_else() {
    let (d, n, gamma) = (50, 8000, 1e-4);
    let w = orthogonal(d, 1);
    let [h, g] = with_mean(&(&w * gamma), n, 2);
    let [residual, noise, left] = found(&measure(&h, &g, &w, &sgd(0.1, gamma, 1)))[0];
    // (E|g|²|h|²)^(1/2) / (n^(1/2) gamma d^(1/2)) is d^(1/2) / (n^(1/2) gamma).
    let expected = (d as f64 / n as f64).sqrt() / gamma;
    assert!((noise / expected - 1.0).abs() < 0.05, "{noise} {expected}");
    assert!(
        residual > 100.0 && (residual / noise - 1.0).abs() < 0.05,
        "{residual} {noise}"
    );
    assert!(left < 0.35 * noise, "{left} {noise}");
}

#[test]
fn the_weight_gram_in_balance_likewise() {
    // M such that (ii) holds in the population: C = gamma Z - eta s G_b / 2.
    let (d, n, gamma, eta) = (40, 6000, 1e-3, 1e-4);
    let w = orthogonal(d, 1);
    let mut mean = Array2::zeros((d, d));
    for _ in 0..50 {
        let second: Array2<f64> = Array2::eye(d) + mean.dot(&mean.t());
        mean = &w * gamma - second.dot(&w) * (eta * d as f64 / 2.0);
    }
    let [h, g] = with_mean(&mean, n, 3);
    let [residual, noise, left] = found(&measure(&h, &g, &w, &sgd(eta, gamma, 1)))[2];
    assert!(
        residual > 5.0 && (residual / noise - 1.0).abs() < 0.05,
        "{residual} {noise}"
    );
    assert!(left < 0.35 * noise, "{left} {noise}");
}

#[test]
fn what_is_not_stationary_keeps_its_residual() {
    let (d, n, gamma) = (30, 5000, 1e-3);
    let w = orthogonal(d, 1);
    // The mean gradient is off by 200 times the decay. The noise is 80, and along the mean known to 80/30 of it.
    let [h, g] = with_mean(&(&w * (201.0 * gamma)), n, 2);
    let [residual, noise, left] = found(&measure(&h, &g, &w, &sgd(0.1, gamma, 1)))[0];
    assert!(noise > 60.0 && residual > 1.04 * left, "{residual} {noise}");
    assert!((left / 200.0 - 1.0).abs() < 0.05, "{left}");
}

#[test]
fn residuals_relative_to_the_weight() {
    let [h, g, w] = data(300, 5, 4, 0.2, 3);
    let sgd = sgd(0.1, 0.05, 4);
    let found = measure(&h, &g, &w, &sgd);
    let against = found.residuals_against_z.unwrap();
    let sides = [
        (against.h_b, side(&h, &g, &w, &sgd), &h),
        (against.g_a, side(&g, &h, &w.t().to_owned(), &sgd), &g),
    ];
    for (against, [one, _, _, z], x) in sides {
        let s = x.iter().map(|x| x * x).sum::<f64>() / x.nrows() as f64;
        let expected = norm(&one) / (s * norm(&z));
        assert!((against.residual / expected - 1.0).abs() < 1e-9);
        let noise = against.noise.unwrap();
        let rest = (against.residual.powi(2) - noise.powi(2)).max(0.0).sqrt();
        assert!((against.debiased.unwrap() - rest).abs() < 1e-12);
    }
    let ratio = against.h_b.residual / found.residuals.h_b;
    let noise = against.h_b.noise.unwrap() / found.noise.unwrap().h_b;
    assert!((ratio / noise - 1.0).abs() < 1e-12);
}

#[test]
fn the_samples_that_are_kept_do_not_depend_on_blocks() {
    let [h, g, w] = data(1500, 3, 2, 0.4, 5);
    let sgd = sgd(0.1, 0.05, 2);
    let whole = found(&measure(&h, &g, &w, &sgd));
    for block in [1, 7, 600] {
        let blocks = found(&in_blocks(&h, &g, &w, &sgd, block));
        for (x, y) in whole.iter().flatten().zip(blocks.iter().flatten()) {
            assert!((x - y).abs() < 1e-9 * x.abs().max(1e-3), "{block}: {x} {y}");
        }
    }
}

#[test]
fn records_without_levels_are_read() {
    let [h, g, w] = data(30, 3, 2, 0.0, 5);
    let balance = measure(&h, &g, &w, &sgd(0.1, 0.05, 2));
    let mut json = serde_json::to_value(balance).unwrap();
    for key in ["noise", "debiased", "residuals_against_z"] {
        assert!(
            json.as_object_mut()
                .unwrap()
                .remove(key)
                .unwrap()
                .is_object()
        );
    }
    let back: Balance = serde_json::from_value(json).unwrap();
    assert_eq!((back.noise, back.debiased), (None, None));
    assert_eq!(back.residuals, balance.residuals);
    let whole: Balance = serde_json::from_str(&serde_json::to_string(&balance).unwrap()).unwrap();
    assert_eq!(whole, balance);
}

#[test]
fn equal_samples_have_no_noise() {
    // Every sample the same: nothing is uncertain.
    let row = |values: &[f64]| {
        let row = Array1::from(values.to_vec());
        Array2::from_shape_fn((20, row.len()), |(_, j)| row[j])
    };
    let (h, g, w) = (row(&[1.0, 2.0]), row(&[0.5, -1.0, 0.3]), normal(3, 2, 1));
    for [residual, noise, left] in found(&measure(&h, &g, &w, &sgd(0.1, 0.05, 3))) {
        assert!(noise < 1e-6 && (left - residual).abs() < 1e-9, "{noise}");
    }
}

//! The balance in the mean over iterates: against the definitions, and for a training that is stationary.

use formant_alignment::{BalanceAccumulator, Deviations, EQUATIONS, Sgd, averaged_residuals};
use formant_moments::{LayerMoments, SampleBlock};
use ndarray::Array2;

use crate::common::{layer_of, normal};

const SGD: Sgd = Sgd {
    learning_rate: 0.05,
    weight_decay: 0.2,
    batch_size: 1,
};

/// Samples and weight of an iterate.
struct Iterate {
    h_a: Array2<f64>,
    g_b: Array2<f64>,
    weight: Array2<f64>,
}

impl Iterate {
    fn accumulator(&self) -> BalanceAccumulator {
        let (h_b, g_a) = (self.h_a.dot(&self.weight.t()), self.g_b.dot(&self.weight));
        let mut accumulator = BalanceAccumulator::new(self.h_a.ncols(), self.g_b.ncols());
        let block = SampleBlock {
            h_a: self.h_a.view(),
            h_b: h_b.view(),
            g_a: g_a.view(),
            g_b: self.g_b.view(),
        };
        accumulator.add(&block).unwrap();
        accumulator
    }

    fn deviations(&self) -> Deviations {
        let accumulator = self.accumulator();
        accumulator.deviations(self.weight.view(), &SGD).unwrap()
    }
}

/// Linear regression by SGD with batches of one sample: every `every`-th iterate after it has become stationary, each measured on
/// `samples` samples of its own.
fn trained(count: usize, every: usize, samples: usize, seed: u64) -> Vec<Iterate> {
    let (d_a, d_b) = (3, 2);
    let teacher = normal(d_b, d_a, seed);
    let targets = |h: &Array2<f64>, seed| h.dot(&teacher.t()) + normal(h.nrows(), d_b, seed) * 0.7;
    let mut weight = teacher.clone();
    let mut iterates = Vec::new();
    let warm_up = 2_000;
    for step in 0..warm_up + count * every {
        let seed = seed + 10 + 4 * step as u64;
        let h = normal(1, d_a, seed);
        let g = targets(&h, seed + 1) - h.dot(&weight.t());
        let pull = g.t().dot(&h) - &weight * SGD.weight_decay;
        weight.scaled_add(SGD.learning_rate, &pull);
        if step >= warm_up && (step - warm_up) % every == 0 {
            let h_a = normal(samples, d_a, seed + 2);
            let g_b = targets(&h_a, seed + 3) - h_a.dot(&weight.t());
            let weight = weight.clone();
            iterates.push(Iterate { h_a, g_b, weight });
        }
    }
    iterates
}

fn whole(iterates: &[Iterate]) -> LayerMoments {
    let of = |iterate: &Iterate| layer_of(&iterate.h_a, &iterate.g_b, &iterate.weight);
    let mut layers = iterates.iter().map(of);
    let mut first = layers.next().unwrap();
    layers.for_each(|layer| first.add_iterate(&layer).unwrap());
    first
}

fn blocks(iterates: &[Iterate], count: usize) -> Vec<Deviations> {
    let blocks = iterates.chunks(iterates.len() / count);
    let of_block = |block: &[Iterate]| {
        let mut all = block.iter().map(Iterate::deviations);
        let mut first = all.next().unwrap();
        all.for_each(|other| first.add(&other));
        first
    };
    blocks.map(of_block).collect()
}

fn norm(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The mean step and (ii) for batches of one sample, written out: sums over samples, iterate by iterate.
fn slow(iterates: &[Iterate]) -> [f64; 2] {
    let (gamma, eta) = (SGD.weight_decay, SGD.learning_rate);
    let mean = |of: &dyn Fn(&Iterate) -> Array2<f64>| {
        let sum = iterates.iter().map(of).reduce(|sum, of| sum + of).unwrap();
        sum / iterates.len() as f64
    };
    let products = |of: &Iterate| of.g_b.t().dot(&of.h_a) / of.h_a.nrows() as f64;
    let step = mean(&|of| products(of) - &of.weight * gamma);
    let decayed = mean(&|of| &of.weight * gamma);
    let gram = mean(&|of| of.weight.dot(&of.weight.t()) * (2.0 * gamma));
    let equation = mean(&|of| {
        let n = of.h_a.nrows() as f64;
        let pull = products(of).dot(&of.weight.t());
        let size = of.h_a.iter().map(|x| x * x).sum::<f64>() / n;
        let noise = of.g_b.t().dot(&of.g_b) / n * (size * eta);
        &pull + &pull.t() + noise - of.weight.dot(&of.weight.t()) * (2.0 * gamma)
    });
    [norm(&step) / norm(&decayed), norm(&equation) / norm(&gram)]
}

#[test]
fn residuals_of_means_are_their_slow_twin() {
    let iterates = trained(12, 5, 40, 3);
    let blocks = blocks(&iterates, 4);
    let blocks: Vec<&Deviations> = blocks.iter().collect();
    let found = averaged_residuals(&blocks, &whole(&iterates), SGD.weight_decay).unwrap();
    let [step, equation] = slow(&iterates);
    assert_eq!(EQUATIONS[0], "mean_stationarity");
    for (found, slow) in [(found[0], step), (found[2], equation)] {
        assert!((found.residual - slow).abs() < 1e-12, "{found:?} {slow}");
        let debiased = (found.residual.powi(2) - found.noise.powi(2))
            .max(0.0)
            .sqrt();
        assert!((found.debiased - debiased).abs() < 1e-12);
    }
    // One block alone tells nothing of its own error.
    assert!(averaged_residuals(&blocks[..1], &whole(&iterates), SGD.weight_decay).is_err());
}

#[test]
fn the_mean_over_a_stationary_training_balances_where_one_iterate_does_not() {
    let iterates = trained(2_000, 20, 60, 1);
    let blocks = blocks(&iterates, 10);
    let blocks: Vec<&Deviations> = blocks.iter().collect();
    let mean = averaged_residuals(&blocks, &whole(&iterates), SGD.weight_decay).unwrap()[0];
    let single = |iterate: &Iterate| {
        let accumulator = iterate.accumulator();
        accumulator
            .finish(iterate.weight.view(), &SGD)
            .unwrap()
            .mean_stationarity
    };
    let singles = iterates.iter().map(single).sum::<f64>() / iterates.len() as f64;
    assert!(singles > 1.0 && mean.residual < 0.15, "{singles} {mean:?}");
    // What is left is chance.
    assert!(mean.residual < 3.0 * mean.noise, "{mean:?}");
}

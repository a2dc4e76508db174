//! Universal dimensions: which directions of a representation other networks have too (Chen and Bonner 2024, "Universal
//! dimensions of visual representation").
//!
//! For \\(m \ge 3\\) networks on the same \\(n\\) samples, let \\(y_k = \bar X v_k\\) be the scores of the \\(k\\)-th principal
//! dimension of one network, `[n]`, and \\(Z\\), `[n, d]`, the representation of another. \\(y_k\\) is predicted from \\(Z\\) by
//! ridge regression, on samples that the regression has not seen (\\(f\\) folds), and
//!
//! \\[ R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y_i)^2}, \\]
//!
//! with \\(\bar y_i\\) the mean of the training samples: 1 where the other network has the dimension, 0 or a little less where
//! it tells nothing. A dimension is as universal as the mean of its \\(R^2\\) over the other networks. The penalty is chosen a
//! dimension, by generalized cross-validation on the training samples alone, among [`PENALTIES`] (OURS). The null permutes the
//! samples of the network that is predicted, the same way for all of its dimensions.
//!
//! The principal dimensions themselves are those of all samples: what is predicted is known beforehand, how to predict it is
//! not.

use std::ops::Range;

use faer::MatRef;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::decompose::eigen;
use crate::sample_rows::{checked_rows, cross_product, gram};
use crate::similarity::{NamedRows, narrow};
use crate::uncertainty::quantile;
use crate::{AlignmentError, ROUNDING, Threads};

/// Networks without which nothing is universal.
const LEAST_NETWORKS: usize = 3;

/// Penalties, as shares of the largest eigenvalue of the predicting samples' scatter.
pub const PENALTIES: [f64; 21] = [
    1e2, 3e1, 1e1, 3e0, 1e0, 3e-1, 1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6,
    1e-6, 3e-7, 1e-7, 1e-8, 1e-9,
];

/// The share of the training samples that a fit has to leave free, or cross-validation could not judge it.
const FREE: f64 = 0.05;

/// What is predicted, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UniversalOptions {
    /// Principal dimensions of each network, at most.
    pub dimensions: usize,
    /// Parts of the samples, each of which is predicted from the others; at least 2.
    pub folds: usize,
    /// Permutations of the samples, at least 2.
    pub permutations: usize,
    /// Of folds and permutations.
    pub seed: u64,
}

impl Default for UniversalOptions {
    fn default() -> Self {
        Self {
            dimensions: 20,
            folds: 5,
            permutations: 99,
            seed: 0,
        }
    }
}

/// The principal dimensions of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UniversalNetwork {
    /// Its name.
    pub name: String,
    /// The networks that its dimensions are predicted from.
    pub from: Vec<String>,
    /// In descending order of variance.
    pub dimensions: Vec<UniversalDimension>,
}

/// A principal dimension, and how well other networks predict it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UniversalDimension {
    /// From 1.
    pub dimension: usize,
    /// Its share of the network's variance.
    pub variance: f64,
    /// \\(R^2\\) on held-out samples, the mean over the other networks.
    pub r2: f64,
    /// \\(R^2\\) from each of the other networks.
    pub r2_from: Vec<f64>,
    /// Mean of `r2` over permutations.
    pub null_mean: f64,
    /// Its 95 % quantile.
    pub null_q95: f64,
    /// The share of the permutations, and of the samples as they are, that reach `r2`.
    pub p_value: f64,
}

/// How well each principal dimension of each network is predicted from the others, which are taken to be of the same samples in
/// the same order. Networks come in `[n, d]` each.
///
/// # Errors
///
/// For fewer than three networks, different numbers of samples, fewer samples than two a fold, a value that is not finite, a
/// network whose samples are all equal, or fewer than 2 permutations.
pub fn universal_dimensions(
    networks: &[NamedRows],
    options: &UniversalOptions,
    threads: Threads,
) -> Result<Vec<UniversalNetwork>, AlignmentError> {
    check(networks, options)?;
    let centred: Result<Vec<Array2<f64>>, AlignmentError> = networks
        .iter()
        .map(|(_, rows)| centred(rows.view()))
        .collect();
    let centred = centred?;
    let targets: Result<Vec<Targets>, AlignmentError> = centred
        .iter()
        .map(|rows| Targets::new(rows, options))
        .collect();
    let targets = targets?;
    let folds = folds(centred[0].nrows(), options.folds, options.seed);
    // Each network predicts all others at once: a decomposition a fold is the dearest part.
    let each: Vec<usize> = (0..networks.len()).collect();
    let predicted = threads.map(&each, |&from| {
        let others = each.iter().filter(|to| **to != from);
        let columns: Vec<ArrayView2<'_, f64>> =
            others.map(|&to| targets[to].columns.view()).collect();
        let columns = concatenate(Axis(1), &columns).map_err(|_| unpaired(networks))?;
        r2_of_columns(&centred[from], &columns, &folds)
    });
    let predicted: Vec<Array1<f64>> = predicted.into_iter().collect::<Result<_, _>>()?;
    Ok(each
        .iter()
        .map(|&to| finish(networks, &targets, &predicted, to, options))
        .collect())
}

fn check(networks: &[NamedRows], options: &UniversalOptions) -> Result<(), AlignmentError> {
    let found = networks.len();
    if found < LEAST_NETWORKS {
        let needed = LEAST_NETWORKS;
        return Err(AlignmentError::TooFewNetworks { found, needed });
    }
    let n = networks[0].1.nrows();
    if networks.iter().any(|(_, rows)| rows.nrows() != n) {
        return Err(unpaired(networks));
    }
    let needed = 2 * options.folds.max(2);
    if n < needed {
        return Err(AlignmentError::TooFewSamples { found: n, needed });
    }
    if options.permutations < 2 {
        let found = options.permutations;
        return Err(AlignmentError::TooFewDraws { found });
    }
    Ok(())
}

fn unpaired(networks: &[NamedRows]) -> AlignmentError {
    let counts = networks.iter().map(|(_, rows)| rows.nrows());
    AlignmentError::Unpaired {
        left: counts.clone().min().unwrap_or(0),
        right: counts.max().unwrap_or(0),
    }
}

/// Centred rows of a largest magnitude of 1, in no more columns than rows.
fn centred(rows: ArrayView2<'_, f64>) -> Result<Array2<f64>, AlignmentError> {
    let mut rows = checked_rows("the representation", rows, rows.dim())?;
    let largest = rows
        .iter()
        .fold(f64::MIN_POSITIVE, |max, x| max.max(x.abs()));
    rows /= largest;
    if let Some(mean) = rows.mean_axis(Axis(0)) {
        rows -= &mean;
    }
    narrow(rows)
}

/// What is predicted of a network.
struct Targets {
    /// Shares of the variance of its principal dimensions.
    shares: Vec<f64>,
    /// Their scores, and then those of each permutation, `[n, dimensions (1 + permutations)]`.
    columns: Array2<f64>,
}

impl Targets {
    fn new(rows: &Array2<f64>, options: &UniversalOptions) -> Result<Self, AlignmentError> {
        let scatter = Scatter::new(rows)?;
        let total: f64 = scatter.values.iter().sum();
        let floor = ROUNDING * scatter.values.first().copied().unwrap_or(0.0);
        let values = scatter.values.iter().take(options.dimensions);
        let shares: Vec<f64> = values
            .take_while(|value| **value > floor.max(f64::MIN_POSITIVE))
            .map(|value| value / total)
            .collect();
        if shares.is_empty() {
            return Err(AlignmentError::ConstantSamples { which: "predicted" });
        }
        let scores = rows.dot(&scatter.vectors.slice(s![.., ..shares.len()]));
        let mut order: Vec<usize> = (0..rows.nrows()).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream(1); // that of folds is another
        let mut columns = vec![scores.clone()];
        for _ in 0..options.permutations {
            order.shuffle(&mut rng);
            columns.push(scores.select(Axis(0), &order));
        }
        let views: Vec<ArrayView2<'_, f64>> = columns.iter().map(|some| some.view()).collect();
        let columns = concatenate(Axis(1), &views).map_err(|_| AlignmentError::TooFewSamples {
            found: 0,
            needed: 1,
        })?;
        Ok(Self { shares, columns })
    }
}

/// A scatter matrix in its own basis.
struct Scatter {
    /// In descending order, none below zero.
    values: Vec<f64>,
    /// One column a value.
    vectors: Array2<f64>,
}

impl Scatter {
    fn new(rows: &Array2<f64>) -> Result<Self, AlignmentError> {
        let d = rows.ncols();
        let scatter = gram(rows);
        let found = eigen(MatRef::from_row_major_slice(
            scatter.as_slice().unwrap_or_default(),
            d,
            d,
        ))?;
        Ok(Self {
            values: found.values.iter().map(|value| value.max(0.0)).collect(),
            vectors: Array2::from_shape_fn((d, d), |(i, j)| found.vectors[(i, j)]),
        })
    }
}

/// The samples of each fold, disjoint and as equal in number as can be.
#[must_use]
pub fn folds(samples: usize, folds: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..samples).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let folds = folds.max(2);
    let ends =
        |fold: usize| -> Range<usize> { fold * samples / folds..(fold + 1) * samples / folds };
    (0..folds).map(|fold| order[ends(fold)].to_vec()).collect()
}

/// \\(R^2\\) of each column of `y`, `[n, m]`, predicted from `z`, `[n, d]`.
fn r2_of_columns(
    z: &Array2<f64>,
    y: &Array2<f64>,
    folds: &[Vec<usize>],
) -> Result<Array1<f64>, AlignmentError> {
    let (mut missed, mut spread) = (Array1::zeros(y.ncols()), Array1::zeros(y.ncols()));
    for (at, test) in folds.iter().enumerate() {
        let others = folds.iter().enumerate().filter(|(other, _)| *other != at);
        let train: Vec<usize> = others.flat_map(|(_, fold)| fold.iter().copied()).collect();
        let ridge = Ridge::new(z.select(Axis(0), &train), y.select(Axis(0), &train))?;
        let held_out = y.select(Axis(0), test) - &ridge.y_mean;
        let predicted = ridge.predict(z.select(Axis(0), test));
        missed += &(&held_out - &predicted).mapv(|x| x * x).sum_axis(Axis(0));
        spread += &held_out.mapv(|x| x * x).sum_axis(Axis(0));
    }
    Ok(1.0 - missed / spread)
}

/// A regression of many columns on the same rows, with a penalty of its own for each.
struct Ridge {
    z_mean: Array1<f64>,
    y_mean: Array1<f64>,
    /// `[d, d]`.
    basis: Array2<f64>,
    /// In that basis, `[d, m]`.
    coefficients: Array2<f64>,
}

impl Ridge {
    fn new(mut z: Array2<f64>, mut y: Array2<f64>) -> Result<Self, AlignmentError> {
        let mean = |rows: &Array2<f64>| rows.mean_axis(Axis(0)).unwrap_or_default();
        let (z_mean, y_mean) = (mean(&z), mean(&y));
        z -= &z_mean;
        y -= &y_mean;
        let scatter = Scatter::new(&z)?;
        let mut coefficients = scatter.vectors.t().dot(&cross_product(&z, &y));
        let largest = scatter.values.first().copied().unwrap_or(0.0);
        let judged = Judged::new(&scatter.values, z.nrows());
        for (mut column, y) in coefficients.columns_mut().into_iter().zip(y.columns()) {
            let penalty = judged.penalty(column.view(), y.dot(&y));
            for (c, value) in column.iter_mut().zip(&scatter.values) {
                *c = if largest > 0.0 {
                    *c / (value + penalty * largest)
                } else {
                    0.0
                };
            }
        }
        Ok(Self {
            z_mean,
            y_mean,
            basis: scatter.vectors,
            coefficients,
        })
    }

    /// Less the mean of the training samples.
    fn predict(&self, z: Array2<f64>) -> Array2<f64> {
        (z - &self.z_mean).dot(&self.basis).dot(&self.coefficients)
    }
}

/// Generalized cross-validation: of each penalty that leaves enough samples free, how much it shrinks each direction.
struct Judged {
    penalties: Vec<(f64, Vec<f64>, f64)>,
}

impl Judged {
    fn new(values: &[f64], samples: usize) -> Self {
        let n = samples as f64;
        let largest = values
            .first()
            .copied()
            .unwrap_or(0.0)
            .max(f64::MIN_POSITIVE);
        let judged = PENALTIES.iter().map(|&penalty| {
            let shrunk: Vec<f64> = values
                .iter()
                .map(|value| value / (value + penalty * largest))
                .collect();
            // The mean takes one sample.
            let free = n - 1.0 - shrunk.iter().sum::<f64>();
            // What a direction explains of a column, from its coefficient before the penalty.
            let explained = values.iter().zip(&shrunk);
            let explained = explained.map(|(value, share)| match *value > ROUNDING * largest {
                true => share * (2.0 - share) / value,
                false => 0.0,
            });
            (penalty, explained.collect(), free)
        });
        let penalties = judged.filter(|(_, _, free)| *free > FREE * n).collect();
        Self { penalties }
    }

    /// The penalty of a column with these products with the directions, and this sum of squares.
    fn penalty(&self, products: ndarray::ArrayView1<'_, f64>, square: f64) -> f64 {
        let criterion = |explained: &[f64], free: f64| {
            let products = products.iter().zip(explained);
            let explained: f64 = products.map(|(p, e)| p * p * e).sum();
            (square - explained).max(0.0) / (free * free)
        };
        let each = self.penalties.iter();
        let each = each.map(|(penalty, explained, free)| (*penalty, criterion(explained, *free)));
        let best = each.min_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(PENALTIES[0], |(penalty, _)| penalty)
    }
}

/// The dimensions of the network at `to`, from what the others predict.
fn finish(
    networks: &[NamedRows],
    targets: &[Targets],
    predicted: &[Array1<f64>],
    to: usize,
    options: &UniversalOptions,
) -> UniversalNetwork {
    let shares = &targets[to].shares;
    let from: Vec<usize> = (0..networks.len()).filter(|from| *from != to).collect();
    // Where this network's columns begin among those that `from` predicts.
    let begin = |from: usize| -> usize {
        let before = targets[..to]
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != from);
        before.map(|(_, targets)| targets.columns.ncols()).sum()
    };
    let of = |dimension: usize, draw: usize| -> Vec<f64> {
        let at = dimension + draw * shares.len();
        from.iter()
            .map(|&from| predicted[from][begin(from) + at])
            .collect()
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let dimension = |(dimension, &variance): (usize, &f64)| {
        let r2_from = of(dimension, 0);
        let r2 = mean(&r2_from);
        let mut null: Vec<f64> = (1..=options.permutations)
            .map(|draw| mean(&of(dimension, draw)))
            .collect();
        null.sort_by(f64::total_cmp);
        let reached = null.iter().filter(|null| **null >= r2).count();
        UniversalDimension {
            dimension: dimension + 1,
            variance,
            r2,
            r2_from,
            null_mean: mean(&null),
            null_q95: quantile(&null, 0.95),
            p_value: (reached + 1) as f64 / (options.permutations + 1) as f64,
        }
    };
    UniversalNetwork {
        name: networks[to].0.clone(),
        from: from.iter().map(|&from| networks[from].0.clone()).collect(),
        dimensions: shares.iter().enumerate().map(dimension).collect(),
    }
}

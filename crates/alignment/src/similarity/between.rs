//! The layers of one network against those of another.

use ndarray::{Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::layers::{Prepared, compare, distances_needed, named};
use super::paired::Paired;
use super::{LayerComparison, RepresentationMeasure};
use crate::{AlignmentError, Threads};

/// Samples on which independence is tested, at most; their pairs are taken at each permutation.
pub const TESTED_SAMPLES: usize = 256;

/// A representation by its name: `[n, d]`, one row a sample.
pub type NamedRows = (String, Array2<f64>);

/// Some measures of every representation of one network with every one of another, which are taken to be of the same samples in
/// the same order: for each on the left all on the right. What [`compare_layers`](super::compare_layers) does for the layers of
/// a dump.
#[must_use]
pub fn compare_rows(
    left: &[NamedRows],
    right: &[NamedRows],
    measures: &[RepresentationMeasure],
    threads: Threads,
) -> Vec<LayerComparison> {
    let distances = distances_needed(measures);
    let prepare = |named: &NamedRows| Prepared::of(named.1.clone(), distances);
    let (prepared_left, prepared_right) = threads.join(
        || threads.map(left, prepare),
        || threads.map(right, prepare),
    );
    let pairs: Vec<(usize, usize)> = (0..left.len())
        .flat_map(|x| (0..right.len()).map(move |y| (x, y)))
        .collect();
    let values = threads.map(&pairs, |&(x, y)| {
        compare(&prepared_left[x], &prepared_right[y], measures)
    });
    let pairs = pairs.into_iter().zip(values);
    pairs
        .flat_map(|((x, y), values)| named(&left[x].0, &right[y].0, left[x].1.nrows(), values))
        .collect()
}

/// How often representations that have nothing to do with each other are as alike as these, by the unbiased HSIC with the linear
/// kernel: the share of `permutations` of the samples of one, and of the pairing as it is, that reach it (so that a test at any
/// level is exact). On at most [`TESTED_SAMPLES`] samples, the first ones.
///
/// Samples have to be exchangeable: tokens of one sequence and positions of one image are not, and make it too small.
///
/// # Errors
///
/// As [`linear_cka_unbiased`](super::linear_cka_unbiased).
pub fn permutation_p_value(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    permutations: usize,
    seed: u64,
) -> Result<f64, AlignmentError> {
    let few = |rows: ArrayView2<'_, f64>| {
        let n = rows.nrows().min(TESTED_SAMPLES);
        rows.split_at(Axis(0), n).0.to_owned()
    };
    if x.nrows() != y.nrows() {
        let (left, right) = (x.nrows(), y.nrows());
        return Err(AlignmentError::Unpaired { left, right });
    }
    let Paired { x, y } = Paired::new(few(x).view(), few(y).view(), 4)?;
    let [k, l] = [x, y].map(|rows| u_centred(rows.dot(&rows.t())));
    let mut order: Vec<usize> = (0..k.nrows()).collect();
    let found = paired_product(&k, &l, &order);
    // Equal but for rounding is as alike.
    let least =
        found - 1e-12 * (paired_product(&k, &k, &order) * paired_product(&l, &l, &order)).sqrt();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut reached = 1;
    for _ in 0..permutations {
        order.shuffle(&mut rng);
        reached += usize::from(paired_product(&k, &l, &order) >= least);
    }
    Ok(reached as f64 / (permutations + 1) as f64)
}

/// Székely and Rizzo's centring, which makes the inner product of two kernels the unbiased HSIC.
fn u_centred(mut kernel: Array2<f64>) -> Array2<f64> {
    kernel.diag_mut().fill(0.0);
    let n = kernel.nrows() as f64;
    let rows = kernel.sum_axis(Axis(1)) / (n - 2.0);
    let all = kernel.sum() / ((n - 1.0) * (n - 2.0));
    for ((i, j), entry) in kernel.indexed_iter_mut() {
        *entry = if i == j {
            0.0
        } else {
            *entry - rows[i] - rows[j] + all
        };
    }
    kernel
}

fn paired_product(k: &Array2<f64>, l: &Array2<f64>, order: &[usize]) -> f64 {
    let rows = k.outer_iter().zip(order);
    rows.map(|(k, &i)| {
        let l = l.row(i);
        let entries = k.iter().zip(order);
        entries.map(|(k, &j)| k * l[j]).sum::<f64>()
    })
    .sum()
}

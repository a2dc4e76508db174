//! The layers of one network against those of another.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::chance::{Form, PermutationTest};
use super::halves::{Halves, NoiseCeiling, Splits};
use super::layers::{Prepared, compare, distances_needed, named};
use super::{LayerComparison, RepresentationMeasure};
use crate::{AlignmentError, Threads};

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
    let pairs = all_pairs(left, right);
    let values = threads.map(&pairs, |&(x, y)| {
        compare(&prepared_left[x], &prepared_right[y], measures)
    });
    let pairs = pairs.into_iter().zip(values);
    pairs
        .flat_map(|((x, y), values)| named(&left[x].0, &right[y].0, left[x].1.nrows(), values))
        .collect()
}

/// For each on the left all on the right.
fn all_pairs(left: &[NamedRows], right: &[NamedRows]) -> Vec<(usize, usize)> {
    (0..left.len())
        .flat_map(|x| (0..right.len()).map(move |y| (x, y)))
        .collect()
}

/// What is measured of two networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompareOptions {
    /// How representations are compared.
    pub measures: Vec<RepresentationMeasure>,
    /// Permutations of the samples, for p-values; 0 for none.
    pub permutations: usize,
    /// Splits of the samples into halves, for noise ceilings; 0 for none.
    pub splits: usize,
    /// Of permutations and splits.
    pub seed: u64,
}

/// Two networks, layer by layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkComparison {
    /// For each layer of the first network all of the second, each by all measures.
    pub comparisons: Vec<PairComparison>,
    /// One a measure where it is defined.
    pub ceilings: Vec<NoiseCeiling>,
}

/// One measure of two representations, beside what chance gives and what other samples would.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairComparison {
    /// The value on all samples.
    #[serde(flatten)]
    pub compared: LayerComparison,
    /// Against permuted samples; `None` without permutations, or where the measure is not defined.
    pub chance: Option<PermutationTest>,
    /// On random halves of the samples; `None` without splits, or where one is not defined.
    pub halves: Option<Halves>,
}

/// [`compare_rows`], with p-values and noise ceilings. Both networks' samples have to be the same, in the same order, and
/// exchangeable.
#[must_use]
pub fn compare_networks(
    left: &[NamedRows],
    right: &[NamedRows],
    options: &CompareOptions,
    threads: Threads,
) -> NetworkComparison {
    let measures = &options.measures;
    let compared = compare_rows(left, right, measures, threads);
    let tests = tests(left, right, options, threads);
    let (splits, seed) = (options.splits, options.seed);
    let splits = Splits::new(left, right, measures, splits, seed, threads);
    let pairs = compared.into_iter().zip(tests).enumerate();
    NetworkComparison {
        comparisons: pairs
            .map(|(at, (compared, chance))| PairComparison {
                compared,
                chance,
                halves: splits.of(at),
            })
            .collect(),
        ceilings: measures
            .iter()
            .filter_map(|measure| splits.ceiling(*measure))
            .collect(),
    }
}

/// In the order of comparisons.
fn tests(
    left: &[NamedRows],
    right: &[NamedRows],
    options: &CompareOptions,
    threads: Threads,
) -> Vec<Option<PermutationTest>> {
    let forms = |named: &NamedRows| -> Vec<Result<Form, AlignmentError>> {
        let measures = options.measures.iter();
        measures
            .map(|measure| Form::new(*measure, named.1.view(), "first"))
            .collect()
    };
    let (left_forms, right_forms) = (threads.map(left, forms), threads.map(right, forms));
    let found = threads.map(&all_pairs(left, right), |&(x, y)| {
        let paired = left[x].1.nrows() == right[y].1.nrows();
        let forms = left_forms[x].iter().zip(&right_forms[y]);
        let tests = forms.map(|(x, y)| {
            let (Ok(x), Ok(y), true) = (x, y, paired) else {
                return None;
            };
            x.test(y, options.permutations, options.seed).ok()
        });
        tests.collect::<Vec<_>>()
    });
    found.into_iter().flatten().collect()
}

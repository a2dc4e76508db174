//! How much of a comparison is a matter of which samples there are: random halves of them.

use ndarray::Axis;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::between::{NamedRows, compare_rows};
use super::{LayerComparison, RepresentationMeasure};
use crate::compare::list_pearson;
use crate::uncertainty::quantile;
use crate::{ROUNDING, Threads};

/// The share of the halves that intervals leave out on each side.
const TAIL: f64 = 0.025;

/// A value over random halves of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Halves {
    /// Mean.
    pub mean: f64,
    /// 2.5 % quantile over the halves.
    pub low: f64,
    /// 97.5 % quantile.
    pub high: f64,
}

impl Halves {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then(|| Self {
            mean: values.iter().sum::<f64>() / values.len() as f64,
            low: quantile(&values, TAIL),
            high: quantile(&values, 1.0 - TAIL),
        })
    }
}

/// How far a matrix of comparisons, layer by layer, says the same of other samples: what is read off it cannot be surer.
///
/// The samples are split into two random halves, and the matrix of one half is correlated with that of the other,
/// \\(r\\). By Spearman and Brown's formula the matrix of all samples would correlate by \\(2r / (1 + r)\\) with that of as many
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NoiseCeiling {
    /// Which measure's matrix.
    pub measure: RepresentationMeasure,
    /// \\(2r / (1 + r)\\), the mean over splits with its 2.5 % and 97.5 % quantiles.
    #[serde(flatten)]
    pub ceiling: Halves,
    /// How many splits there were.
    pub splits: usize,
    /// Samples in a half.
    pub half: usize,
}

/// All comparisons on both halves of some splits, in the order of [`compare_rows`].
pub(super) struct Splits {
    halves: Vec<[Vec<LayerComparison>; 2]>,
    half: usize,
}

impl Splits {
    /// Splits that depend on the seed and on the number of samples alone.
    pub(super) fn new(
        left: &[NamedRows],
        right: &[NamedRows],
        measures: &[RepresentationMeasure],
        splits: usize,
        seed: u64,
        threads: Threads,
    ) -> Self {
        let samples = left.first().map_or(0, |(_, rows)| rows.nrows());
        let paired = left
            .iter()
            .chain(right)
            .all(|(_, rows)| rows.nrows() == samples);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(1); // that of permutations is another
        let mut order: Vec<usize> = (0..samples).collect();
        let half = samples / 2;
        let splits = if paired { splits } else { 0 };
        let halves = (0..splits).map(|_| {
            order.shuffle(&mut rng);
            [&order[..half], &order[half..2 * half]].map(|chosen| {
                let [left, right] = [left, right].map(|networks| some(networks, chosen));
                compare_rows(&left, &right, measures, threads)
            })
        });
        Self {
            halves: halves.collect(),
            half,
        }
    }

    /// Of the comparison at this place.
    pub(super) fn of(&self, at: usize) -> Option<Halves> {
        let values = self.halves.iter().flatten();
        let values: Option<Vec<f64>> = values.map(|compared| compared[at].value).collect();
        Halves::of(values?)
    }

    /// Of the matrix of one measure; `None` where a half has none, or its entries are all equal.
    pub(super) fn ceiling(&self, measure: RepresentationMeasure) -> Option<NoiseCeiling> {
        let entries = |compared: &[LayerComparison]| -> Option<Vec<f64>> {
            let of = compared.iter().filter(|found| found.measure == measure);
            of.map(|found| found.value).collect()
        };
        let stepped_up = self.halves.iter().map(|[one, other]| {
            let (one, other) = (entries(one)?, entries(other)?);
            // Of two entries the correlation is 1 or -1 by definition.
            let r = (one.len() > 2).then(|| list_pearson(&one, &other, ROUNDING).ok());
            let r = r.flatten().filter(|r| *r > -1.0)?;
            Some(2.0 * r / (1.0 + r))
        });
        let stepped_up: Option<Vec<f64>> = stepped_up.collect();
        Some(NoiseCeiling {
            measure,
            ceiling: Halves::of(stepped_up?)?,
            splits: self.halves.len(),
            half: self.half,
        })
    }
}

fn some(networks: &[NamedRows], chosen: &[usize]) -> Vec<NamedRows> {
    let layers = networks.iter();
    layers
        .map(|(name, rows)| (name.clone(), rows.select(Axis(0), chosen)))
        .collect()
}

//! The matrices of each network, and numbers made of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::claims::measures::{mean, pearson};
use crate::universality::PairData;
use crate::{Estimate, Range};

/// What the four inputs are called, in order.
pub(super) const INPUTS: [&str; 4] = ["(0,0)", "(0,1)", "(1,0)", "(1,1)"];

/// Kinds of matrices: of the initial network, of the trained one, and the theory's.
pub(super) const KINDS: [&str; 3] = ["initial", "final", "theory"];

/// The pairs of inputs, in the order in which [`Distances`] holds them.
pub(super) const PAIRS: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

/// Places in [`PAIRS`] of pairs with different targets, and of pairs with the same.
const BETWEEN: [usize; 4] = [0, 1, 4, 5];
const WITHIN: [usize; 2] = [2, 3];

/// The distances of one network, one for each of [`PAIRS`].
pub(super) type Distances = [f64; 6];

/// The settings of the authors' code, from rich to lazy, and the shallow network.
pub(super) const SETTINGS: [&str; 4] = ["rich", "intermediate", "lazy", "shallow"];

/// All matrices of which every pair was measured.
pub(super) struct Matrices {
    of: BTreeMap<(String, &'static str, u64), Distances>,
    /// Names: the authors' settings in their order, then other readings of them.
    pub settings: Vec<String>,
}

impl Matrices {
    pub fn new(data: &PairData) -> Self {
        let mut cells: BTreeMap<(String, &'static str, u64), [Option<f64>; 6]> = BTreeMap::new();
        for row in &data.tables.distances {
            let kind = KINDS.into_iter().find(|kind| *kind == row.kind);
            let pair = (row.i as usize, row.j as usize);
            let place = PAIRS.iter().position(|other| *other == pair);
            if let (Some(kind), Some(place)) = (kind, place) {
                let matrix = cells.entry((row.setting.clone(), kind, row.seed));
                matrix.or_default()[place] = Some(row.distance);
            }
        }
        let whole = cells.into_iter().filter_map(|(key, cells)| {
            let known: Vec<f64> = cells.into_iter().flatten().collect();
            Some((key, Distances::try_from(known).ok()?))
        });
        let of: BTreeMap<_, _> = whole.collect();
        let names: BTreeSet<String> = of.keys().map(|(name, ..)| name.clone()).collect();
        let mut settings: Vec<String> = names.into_iter().collect();
        let rank = |name: &str| {
            let (base, reading) = parts(name);
            let place = SETTINGS.iter().position(|other| *other == base);
            (reading.is_some(), place.unwrap_or(SETTINGS.len()))
        };
        settings.sort_by_key(|name| (rank(name), name.clone()));
        Self { of, settings }
    }

    /// How many matrices of a kind there are.
    pub fn count(&self, kind: &str) -> usize {
        let kinds = self.of.keys().filter(|(_, other, _)| *other == kind);
        kinds.count()
    }

    /// One matrix of a kind for each seed.
    fn seeds(&self, setting: &str, kind: &str) -> BTreeMap<u64, Distances> {
        let of = self.of.iter();
        let of = of.filter(|((name, other, _), _)| name == setting && *other == kind);
        of.map(|((.., seed), distances)| (*seed, *distances))
            .collect()
    }

    /// The number of seeds of a setting's trained networks.
    pub fn seed_count(&self, setting: &str) -> usize {
        self.seeds(setting, "final").len()
    }

    /// A distance, mean over seeds.
    pub fn distance(&self, setting: &str, kind: &str, pair: usize) -> Option<Estimate> {
        self.number(setting, kind, Range::NonNegative, |distances| {
            Some(distances[pair])
        })
    }

    /// A number made of the matrix of each seed.
    pub fn number(
        &self,
        setting: &str,
        kind: &str,
        range: Range,
        of: impl Fn(&Distances) -> Option<f64>,
    ) -> Option<Estimate> {
        let numbers: Vec<f64> = self.seeds(setting, kind).values().filter_map(of).collect();
        Estimate::mean(&numbers, range)
    }

    /// A number made of two matrices of each seed.
    pub fn compared(
        &self,
        setting: &str,
        kinds: [&str; 2],
        range: Range,
        of: impl Fn(&Distances, &Distances) -> Option<f64>,
    ) -> Option<Estimate> {
        let second = self.seeds(setting, kinds[1]);
        let numbers: Vec<f64> = self
            .seeds(setting, kinds[0])
            .iter()
            .filter_map(|(seed, first)| of(first, second.get(seed)?))
            .collect();
        Estimate::mean(&numbers, range)
    }

    /// Pearson's correlation of the trained network's distances with those of another kind.
    pub fn pearson(&self, setting: &str, kind: &str) -> Option<Estimate> {
        self.compared(setting, ["final", kind], Range::Correlation, correlation)
    }

    /// Of each seed that has all three matrices: correlation with the theory less correlation with the initial matrix.
    pub fn gain(&self, setting: &str) -> Option<Estimate> {
        let (initial, theory) = (
            self.seeds(setting, "initial"),
            self.seeds(setting, "theory"),
        );
        let numbers: Vec<f64> = self
            .seeds(setting, "final")
            .iter()
            .filter_map(|(seed, end)| {
                let with_theory = correlation(end, theory.get(seed)?)?;
                Some(with_theory - correlation(end, initial.get(seed)?)?)
            })
            .collect();
        Estimate::mean(&numbers, Range::Real)
    }

    /// Of each seed the correlation of its initial and its final distances.
    pub fn initial_by_seed(&self, setting: &str) -> BTreeMap<u64, f64> {
        let initial = self.seeds(setting, "initial");
        let ends = self.seeds(setting, "final").into_iter();
        ends.filter_map(|(seed, end)| Some((seed, correlation(&end, initial.get(&seed)?)?)))
            .collect()
    }

    /// The correlation of the mean final distances of two settings.
    pub fn between_readings(&self, one: &str, other: &str) -> Option<f64> {
        let mean = |setting: &str| {
            let distances =
                (0..PAIRS.len()).filter_map(|k| Some(self.distance(setting, "final", k)?.value));
            distances.collect::<Vec<f64>>()
        };
        pearson(&mean(one), &mean(other))
    }

    /// Each pair of each seed: the theory's distance and the network's, with the place of the pair.
    pub fn points(&self, setting: &str) -> Vec<(usize, f64, f64)> {
        let theory = self.seeds(setting, "theory");
        let seeds = self.seeds(setting, "final");
        let pairs = seeds.iter().flat_map(|(seed, end)| {
            let theory = theory.get(seed).copied();
            theory
                .into_iter()
                .flat_map(move |theory| (0..PAIRS.len()).map(move |k| (k, theory[k], end[k])))
        });
        pairs.collect()
    }
}

/// A setting's name without its reading, and the reading.
pub(super) fn parts(name: &str) -> (&str, Option<&str>) {
    match name.split_once('/') {
        Some((base, reading)) => (base, Some(reading)),
        None => (name, None),
    }
}

/// Whether the targets of a pair differ.
pub(super) fn is_between(pair: usize) -> bool {
    BETWEEN.contains(&pair)
}

pub(super) fn correlation(a: &Distances, b: &Distances) -> Option<f64> {
    pearson(a, b)
}

/// The mean of the distances at these places.
fn mean_of(distances: &Distances, places: &[usize]) -> Option<f64> {
    mean(places.iter().map(|&place| distances[place]))
}

/// Largest less smallest distance between classes, over their mean.
pub(super) fn spread(distances: &Distances) -> Option<f64> {
    let between = BETWEEN.map(|place| distances[place]);
    let ends = between
        .iter()
        .fold((f64::INFINITY, 0.0f64), |(low, high), &d| {
            (low.min(d), high.max(d))
        });
    quotient(ends.1 - ends.0, mean_of(distances, &BETWEEN)?)
}

/// Mean distance within classes over mean distance between them.
pub(super) fn within_over_between(distances: &Distances) -> Option<f64> {
    quotient(mean_of(distances, &WITHIN)?, mean_of(distances, &BETWEEN)?)
}

/// Mean distance of (0,0) to the others over the mean of the other three.
pub(super) fn apart(distances: &Distances) -> Option<f64> {
    quotient(
        mean_of(distances, &[0, 1, 2])?,
        mean_of(distances, &[3, 4, 5])?,
    )
}

/// The distance of (0,1) and (1,0), which have one target, over the mean between classes.
pub(super) fn ones_over_between(distances: &Distances) -> Option<f64> {
    quotient(distances[3], mean_of(distances, &BETWEEN)?)
}

/// The root of the sum of squared differences, over the root of the sum of the first's squares.
pub(super) fn relative_error(of: &Distances, other: &Distances) -> Option<f64> {
    let sum = |numbers: Distances| numbers.iter().map(|d| d * d).sum::<f64>().sqrt();
    let difference: Distances = std::array::from_fn(|k| of[k] - other[k]);
    quotient(sum(difference), sum(*of))
}

fn quotient(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

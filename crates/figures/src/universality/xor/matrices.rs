//! The matrices of each network, and numbers made of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::universality::CheckedTables;
use crate::universality::distance_matrices::{
    Kind, Matrices, Pair, Pairs, beside, mean_of, pearson, quotient, ratio,
};
use crate::universality::values::over_seeds;
use crate::{Estimate, Range};

/// What the four inputs are called, in order.
pub(super) const INPUTS: [&str; 4] = ["(0,0)", "(0,1)", "(1,0)", "(1,1)"];

/// Their targets.
const TARGETS: [u8; 4] = [0, 1, 1, 0];

/// The pairs of inputs.
pub(super) const PAIRS: [Pair; 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

/// The settings of the authors' code, from rich to lazy, and the shallow network.
pub(super) const SETTINGS: [&str; 4] = ["rich", "intermediate", "lazy", "shallow"];

/// All networks, with the matrices of which every pair was measured.
pub(super) struct Networks<'t> {
    of: BTreeMap<(&'t str, u64), Matrices>,
    /// Names: the authors' settings in their order, then those with another activation.
    pub settings: Vec<&'t str>,
}

impl<'t> Networks<'t> {
    pub fn new(data: &'t CheckedTables) -> Self {
        let mut of = Matrices::of(&data.tables.distances);
        of.retain(|_, network| network.keep_whole(PAIRS.len()));
        let names: BTreeSet<&str> = of.keys().map(|(name, _)| *name).collect();
        let mut settings: Vec<&str> = names.into_iter().collect();
        settings.sort_by_key(|name| {
            let (base, activation) = parts(name);
            let place = SETTINGS.iter().position(|other| *other == base);
            (activation.is_some(), place.unwrap_or(SETTINGS.len()))
        });
        Self { of, settings }
    }

    /// How many matrices of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        let networks = self.of.values();
        let measured = networks.filter(|network| !network.get(kind).is_empty());
        measured.count()
    }

    /// The networks of a setting, by seed.
    fn seeds(&self, setting: &str) -> impl Iterator<Item = (u64, &Matrices)> {
        let networks = self.of.iter();
        networks.filter_map(move |(key, network)| (key.0 == setting).then_some((key.1, network)))
    }

    /// A number made of each network of a setting, by seed.
    pub fn per_seed(
        &self,
        setting: &str,
        number: impl Fn(&Matrices) -> Option<f64>,
    ) -> BTreeMap<u64, f64> {
        let numbers = self.seeds(setting);
        let numbers = numbers.filter_map(|(seed, network)| Some((seed, number(network)?)));
        numbers.collect()
    }

    /// Its mean over seeds.
    pub fn estimate(
        &self,
        setting: &str,
        range: Range,
        number: impl Fn(&Matrices) -> Option<f64>,
    ) -> Option<Estimate> {
        over_seeds(&self.per_seed(setting, number), range)
    }

    /// A number made of the trained networks' distances, mean over seeds.
    pub fn trained(
        &self,
        setting: &str,
        number: impl Fn(&Pairs) -> Option<f64>,
    ) -> Option<Estimate> {
        self.estimate(setting, Range::NonNegative, |network| {
            number(network.get(Kind::Trained))
        })
    }

    /// The number of seeds of a setting's trained networks.
    pub fn seed_count(&self, setting: &str) -> usize {
        let networks = self.seeds(setting);
        let trained = networks.filter(|(_, network)| !network.get(Kind::Trained).is_empty());
        trained.count()
    }

    /// A distance, mean over seeds.
    pub fn distance(&self, setting: &str, kind: Kind, pair: Pair) -> Option<Estimate> {
        self.estimate(setting, Range::NonNegative, |network| {
            network.get(kind).get(&pair).copied()
        })
    }

    /// The mean distances of a kind.
    pub fn means(&self, setting: &str, kind: Kind) -> Pairs {
        let means = PAIRS.map(|pair| Some((pair, self.distance(setting, kind, pair)?.value)));
        means.into_iter().flatten().collect()
    }

    /// Some pairs of each seed: the theory's distance and the network's.
    pub fn points(&self, setting: &str, which: fn(Pair) -> bool) -> Vec<(f64, f64)> {
        let networks = self.seeds(setting).map(|(_, network)| {
            let [theory, trained] = [Kind::Theory, Kind::Trained].map(|kind| network.get(kind));
            beside(theory, trained, which)
        });
        networks.flatten().collect()
    }
}

/// A setting's name without its activation, and the activation.
pub(super) fn parts(name: &str) -> (&str, Option<&str>) {
    match name.split_once('/') {
        Some((base, activation)) => (base, Some(activation)),
        None => (name, None),
    }
}

/// Whether the targets of a pair are one.
pub(super) fn within((i, j): Pair) -> bool {
    TARGETS.get(i) == TARGETS.get(j)
}

/// Whether they differ.
pub(super) fn between(pair: Pair) -> bool {
    !within(pair)
}

/// Correlation of the trained network's distances with the initial ones.
pub(super) fn kept(network: &Matrices) -> Option<f64> {
    correlation(network, Kind::Initial)
}

/// Correlation of the trained network's distances with the theory's.
pub(super) fn follows_theory(network: &Matrices) -> Option<f64> {
    correlation(network, Kind::Theory)
}

fn correlation(network: &Matrices, with: Kind) -> Option<f64> {
    pearson(network.get(Kind::Trained), network.get(with), |_| true)
}

/// How far the theory's distances are from the trained network's, relative to these.
pub(super) fn theory_error(network: &Matrices) -> Option<f64> {
    relative_error(network.get(Kind::Trained), network.get(Kind::Theory))
}

/// Largest less smallest distance between classes, over their mean.
pub(super) fn spread(distances: &Pairs) -> Option<f64> {
    let some = distances.iter().filter(|(pair, _)| between(**pair));
    let some: Vec<f64> = some.map(|(_, distance)| *distance).collect();
    let low = some.iter().copied().reduce(f64::min)?;
    let high = some.iter().copied().reduce(f64::max)?;
    quotient(high - low, mean_of(distances, between)?)
}

/// Mean distance within classes over mean distance between them.
pub(super) fn within_over_between(distances: &Pairs) -> Option<f64> {
    ratio(distances, within, between)
}

/// Mean distance of (0,0) to the others over the mean of the other three.
pub(super) fn apart(distances: &Pairs) -> Option<f64> {
    ratio(distances, |pair| pair.0 == 0, |pair| pair.0 != 0)
}

/// The distance of (0,1) and (1,0), which have one target, over the mean between classes.
pub(super) fn ones_over_between(distances: &Pairs) -> Option<f64> {
    ratio(distances, |pair| pair == (1, 2), between)
}

/// The root of the sum of squared differences, over the root of the sum of the first's squares.
pub(super) fn relative_error(of: &Pairs, other: &Pairs) -> Option<f64> {
    let both = beside(of, other, |_| true);
    let size = |number: fn(&(f64, f64)) -> f64| {
        let squares = both.iter().map(|pair| number(pair).powi(2));
        squares.sum::<f64>().sqrt()
    };
    quotient(size(|(one, other)| one - other), size(|(one, _)| *one))
}

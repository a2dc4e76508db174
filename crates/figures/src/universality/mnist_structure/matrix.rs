//! The items, their digits, and the squared distances between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::claims::measures::{mean, pearson};
use crate::universality::PairData;

/// The squared distance of a pair of items, the smaller index first.
pub(super) type Pairs = BTreeMap<(usize, usize), f64>;

/// The items with everything that was measured between them.
pub(super) struct Items<'t> {
    /// The digit of each item, in order.
    pub digits: Vec<&'t str>,
    /// The matrices of networks, by seed.
    networks: BTreeMap<u64, Pairs>,
    /// The theory's.
    pub theory: Pairs,
}

/// Whether a pair has one digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    Same,
    Different,
}

impl<'t> Items<'t> {
    pub fn new(data: &'t PairData) -> Self {
        let mut labels: BTreeMap<usize, &str> = BTreeMap::new();
        let mut networks: BTreeMap<u64, Pairs> = BTreeMap::new();
        let mut theory = Pairs::new();
        for row in &data.tables.distances {
            let (i, j) = (row.i as usize, row.j as usize);
            labels.insert(i, &row.label_i);
            labels.insert(j, &row.label_j);
            if i == j {
                continue;
            }
            let pairs = match row.kind.as_str() {
                "theory" => &mut theory,
                _ => networks.entry(row.seed).or_default(),
            };
            pairs.insert((i.min(j), i.max(j)), row.distance);
        }
        let n = labels.keys().next_back().map_or(0, |last| last + 1);
        Self {
            digits: (0..n)
                .map(|item| labels.get(&item).copied().unwrap_or_default())
                .collect(),
            networks,
            theory,
        }
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.digits.len()
    }

    /// How many pairs a kind of matrix has.
    pub fn known(&self, kind: &str) -> usize {
        match kind {
            "theory" => self.theory.len(),
            _ => self.mean().len(),
        }
    }

    /// The mean over networks, of pairs that all of them have.
    pub fn mean(&self) -> Pairs {
        let mut sums: BTreeMap<(usize, usize), (f64, usize)> = BTreeMap::new();
        for (&pair, &distance) in self.networks.values().flatten() {
            let (sum, n) = sums.entry(pair).or_insert((0.0, 0));
            (*sum, *n) = (*sum + distance, *n + 1);
        }
        let whole = sums
            .into_iter()
            .filter(|(_, (_, n))| *n == self.networks.len());
        whole
            .map(|(pair, (sum, n))| (pair, sum / n as f64))
            .collect()
    }

    /// Each network's matrix.
    pub fn each(&self) -> impl Iterator<Item = &Pairs> {
        self.networks.values()
    }

    fn is(&self, (i, j): (usize, usize), which: Which) -> bool {
        let same = self.digits[i] == self.digits[j];
        match which {
            Which::All => true,
            Which::Same => same,
            Which::Different => !same,
        }
    }

    /// The mean of some of the pairs.
    pub fn mean_of(&self, pairs: &Pairs, which: Which) -> Option<f64> {
        let some = pairs.iter().filter(|(pair, _)| self.is(**pair, which));
        mean(some.map(|(_, distance)| *distance))
    }

    /// Mean over pairs of one digit over the mean over pairs of two.
    pub fn within_over_between(&self, pairs: &Pairs) -> Option<f64> {
        let between = self.mean_of(pairs, Which::Different)?;
        (between > 0.0).then_some(())?;
        Some(self.mean_of(pairs, Which::Same)? / between)
    }

    /// Pearson's correlation with the theory, over pairs that both have.
    pub fn pearson(&self, pairs: &Pairs, which: Which) -> Option<f64> {
        let both = pairs.iter().filter(|(pair, _)| self.is(**pair, which));
        let both = both.filter_map(|(pair, network)| Some((*network, *self.theory.get(pair)?)));
        let (network, theory): (Vec<f64>, Vec<f64>) = both.unzip();
        pearson(&network, &theory)
    }

    /// Everything divided by the mean over pairs of different digits.
    pub fn normalized(&self, pairs: &Pairs) -> Pairs {
        let unit = self.mean_of(pairs, Which::Different);
        let unit = unit.filter(|unit| *unit > 0.0).unwrap_or(1.0);
        pairs.iter().map(|(&pair, d)| (pair, d / unit)).collect()
    }

    /// The different digits, in order of the items.
    pub fn distinct(&self) -> Vec<&'t str> {
        let names: BTreeSet<&str> = self.digits.iter().copied().collect();
        names.into_iter().collect()
    }

    /// The mean over pairs of items of each pair of digits.
    pub fn by_digits(&self, pairs: &Pairs) -> BTreeMap<(&'t str, &'t str), f64> {
        let mut cells: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
        for (&(i, j), &distance) in pairs {
            let (a, b) = (self.digits[i], self.digits[j]);
            let cell = cells.entry((a.min(b), a.max(b))).or_default();
            cell.push(distance);
        }
        let cells = cells.into_iter();
        cells
            .filter_map(|(pair, distances)| Some((pair, mean(distances)?)))
            .collect()
    }
}

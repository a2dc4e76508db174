//! The items, their digits, and the squared distances between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::claims::measures::mean;
use crate::universality::CheckedTables;
use crate::universality::distance_matrices::{
    Kind, Matrices, Pair, Pairs, mean_of, pearson, ratio,
};

/// The items with everything that was measured between them.
pub(super) struct Items<'t> {
    /// The digit of each item, in order.
    pub digits: Vec<&'t str>,
    /// The matrices of networks, by seed.
    pub networks: Vec<Pairs>,
    /// The theory's.
    pub theory: Pairs,
}

impl<'t> Items<'t> {
    pub fn new(data: &'t CheckedTables) -> Self {
        let distances = &data.tables.distances;
        let labels = distances.iter();
        let labels = labels.flat_map(|row| [(row.i, &row.label_i), (row.j, &row.label_j)]);
        let labels: BTreeMap<u32, &String> = labels.collect();
        let n = labels.keys().next_back().map_or(0, |last| last + 1);
        let digits = (0..n).map(|item| labels.get(&item).map_or("", |label| label.as_str()));
        let mut items = Self {
            digits: digits.collect(),
            networks: Vec::new(),
            theory: Pairs::new(),
        };
        for network in Matrices::of(distances).into_values() {
            items.theory.extend(network.get(Kind::Theory));
            items.networks.push(network.get(Kind::Trained).clone());
        }
        items.networks.retain(|network| !network.is_empty());
        items
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.digits.len()
    }

    /// The mean over networks, of pairs that all of them have.
    pub fn mean(&self) -> Pairs {
        let mut cells: BTreeMap<Pair, Vec<f64>> = BTreeMap::new();
        for (&pair, &distance) in self.networks.iter().flatten() {
            cells.entry(pair).or_default().push(distance);
        }
        cells.retain(|_, distances| distances.len() == self.networks.len());
        let means = cells.into_iter();
        let means = means.filter_map(|(pair, distances)| Some((pair, mean(distances)?)));
        means.collect()
    }

    /// Whether a pair has one digit.
    pub fn same(&self, (i, j): Pair) -> bool {
        self.digits[i] == self.digits[j]
    }

    /// Mean over pairs of one digit over the mean over pairs of two.
    pub fn within_over_between(&self, pairs: &Pairs) -> Option<f64> {
        ratio(pairs, |pair| self.same(pair), |pair| !self.same(pair))
    }

    /// Pearson's correlation with the theory, over all pairs.
    pub fn pearson(&self, pairs: &Pairs) -> Option<f64> {
        pearson(pairs, &self.theory, |_| true)
    }

    /// Pearson's correlation with the theory, over pairs of different digits.
    pub fn pearson_between(&self, pairs: &Pairs) -> Option<f64> {
        pearson(pairs, &self.theory, |pair| !self.same(pair))
    }

    /// Everything divided by the mean over pairs of different digits.
    pub fn normalized(&self, pairs: &Pairs) -> Pairs {
        let unit = mean_of(pairs, |pair| !self.same(pair));
        let unit = unit.filter(|unit| *unit > 0.0).unwrap_or(1.0);
        pairs.iter().map(|(&pair, d)| (pair, d / unit)).collect()
    }

    /// The different digits, in order of the items.
    pub fn distinct(&self) -> Vec<&'t str> {
        let names: BTreeSet<&str> = self.digits.iter().copied().collect();
        names.into_iter().collect()
    }

    /// The distances of each pair of digits, the smaller first.
    pub fn by_digits(&self, pairs: &Pairs) -> BTreeMap<(&'t str, &'t str), Vec<f64>> {
        let mut cells: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
        for (&(i, j), &distance) in pairs {
            let (a, b) = (self.digits[i], self.digits[j]);
            let cell = cells.entry((a.min(b), a.max(b))).or_default();
            cell.push(distance);
        }
        cells
    }

    /// Their means, in units of the mean over pairs of different digits.
    pub fn means(&self, pairs: &Pairs) -> BTreeMap<(&'t str, &'t str), f64> {
        let cells = self.by_digits(&self.normalized(pairs)).into_iter();
        let means = cells.filter_map(|(digits, distances)| Some((digits, mean(distances)?)));
        means.collect()
    }
}

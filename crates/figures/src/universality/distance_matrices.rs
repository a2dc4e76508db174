//! Matrices of distances between items: of networks and of the theory, their classes, and how they are drawn.

use std::collections::BTreeMap;

use super::Distance;
use crate::chart::{Axis, Guide, Line, Panel, Series, palette};
use crate::claims::measures::{self, mean};

/// Indices of two items, the smaller first.
pub(crate) type Pair = (usize, usize);

/// The distance of each pair.
pub(crate) type Pairs = BTreeMap<Pair, f64>;

/// Which matrix of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Of the initial network.
    Initial,
    /// Of the trained one.
    Trained,
    /// What the theory predicts of that.
    Theory,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Initial, Self::Trained, Self::Theory];

    /// The kind that the table of distances calls so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As the table of distances has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Trained => "final",
            Self::Theory => "theory",
        }
    }
}

/// The matrices of one network by [`Kind`]; one that was not measured is empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matrices([Pairs; 3]);

impl Matrices {
    /// The matrices of each setting and seed.
    pub fn of(distances: &[Distance]) -> BTreeMap<(&str, u64), Self> {
        let mut all: BTreeMap<(&str, u64), Self> = BTreeMap::new();
        for row in distances {
            let (i, j) = (row.i as usize, row.j as usize);
            if let Some(kind) = Kind::named(&row.kind).filter(|_| i != j) {
                let network = all.entry((&row.setting, row.seed)).or_default();
                network.0[kind as usize].insert((i.min(j), i.max(j)), row.distance);
            }
        }
        all
    }

    /// One of them.
    pub fn get(&self, kind: Kind) -> &Pairs {
        &self.0[kind as usize]
    }

    /// Empties every matrix that has fewer pairs; whether any is left.
    pub fn keep_whole(&mut self, pairs: usize) -> bool {
        let whole = self.0.iter_mut().filter_map(|matrix| {
            if matrix.len() < pairs {
                matrix.clear();
            }
            (!matrix.is_empty()).then_some(())
        });
        whole.count() > 0
    }
}

/// The mean over some of the pairs.
pub(crate) fn mean_of(pairs: &Pairs, which: impl Fn(Pair) -> bool) -> Option<f64> {
    let some = pairs.iter().filter(|(pair, _)| which(**pair));
    mean(some.map(|(_, distance)| *distance))
}

/// The mean over some of the pairs, over the mean over others. `None` where that is zero.
pub(crate) fn ratio(
    pairs: &Pairs,
    of: impl Fn(Pair) -> bool,
    to: impl Fn(Pair) -> bool,
) -> Option<f64> {
    quotient(mean_of(pairs, of)?, mean_of(pairs, to)?)
}

/// Both distances of some of the pairs, of those that both matrices have.
pub(crate) fn beside<P: Ord + Copy>(
    one: &BTreeMap<P, f64>,
    other: &BTreeMap<P, f64>,
    which: impl Fn(P) -> bool,
) -> Vec<(f64, f64)> {
    let some = one.iter().filter(|(pair, _)| which(**pair));
    some.filter_map(|(pair, distance)| Some((*distance, *other.get(pair)?)))
        .collect()
}

/// Pearson's correlation of both distances of some of the pairs.
pub(crate) fn pearson(one: &Pairs, other: &Pairs, which: impl Fn(Pair) -> bool) -> Option<f64> {
    let (one, other): (Vec<f64>, Vec<f64>) = beside(one, other, which).into_iter().unzip();
    measures::pearson(&one, &other)
}

/// `None` where there is nothing to divide by.
pub(crate) fn quotient(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

/// The rows of a symmetric matrix with a zero diagonal; pairs without a distance stay empty.
pub(crate) fn symmetric(n: usize, pairs: &Pairs) -> Vec<Vec<Option<f64>>> {
    let mut rows = vec![vec![None; n]; n];
    for (k, row) in rows.iter_mut().enumerate() {
        row[k] = Some(0.0);
    }
    for (&(i, j), &distance) in pairs {
        (rows[i][j], rows[j][i]) = (Some(distance), Some(distance));
    }
    rows
}

/// The largest of some distances; 0 of none.
pub(crate) fn largest<'d>(distances: impl IntoIterator<Item = &'d f64>) -> f64 {
    distances.into_iter().copied().fold(0.0, f64::max)
}

/// The network's distances against the theory's: pairs of different classes, then pairs of one, each with its name.
pub(crate) fn against_theory(
    title: impl Into<String>,
    (theory, network): (Axis, Axis),
    kinds: [(&str, Vec<(f64, f64)>); 2],
) -> Panel {
    let series = kinds.into_iter().enumerate().map(|(k, (name, points))| {
        Series::scatter(name, palette::qualitative(k), points)
            .marker(palette::marker(k))
            .line(Line::Apart)
    });
    Panel::new(title, theory, network)
        .series(series)
        .guides([Guide::diagonal("network = theory")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_correlations_are_of_the_pairs_that_are_meant() {
        let one = Pairs::from([((0, 1), 2.0), ((0, 2), 4.0), ((1, 2), 9.0)]);
        let first = |pair: Pair| pair.0 == 0;
        assert_eq!(mean_of(&one, first), Some(3.0));
        assert_eq!(ratio(&one, |pair| !first(pair), first), Some(3.0));
        assert_eq!(ratio(&one, first, |_| false), None);
        let other = Pairs::from([((0, 1), 1.0), ((0, 2), 0.5)]);
        let r = pearson(&one, &other, |_| true).unwrap();
        assert!((r + 1.0).abs() < 1e-12);
        assert_eq!(pearson(&one, &other, |pair| !first(pair)), None);
    }

    #[test]
    fn a_matrix_is_symmetric_and_its_holes_stay() {
        let pairs = Pairs::from([((0, 1), 2.0), ((1, 2), 5.0)]);
        let zero = Some(0.0);
        let rows = symmetric(3, &pairs);
        assert_eq!(rows[0], [zero, Some(2.0), None]);
        assert_eq!(rows[1], [Some(2.0), zero, Some(5.0)]);
        assert_eq!(rows[2], [None, Some(5.0), zero]);
        assert_eq!((largest(pairs.values()), largest([])), (5.0, 0.0));
    }
}

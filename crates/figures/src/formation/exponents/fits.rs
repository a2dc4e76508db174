//! The fits of a table, one for each layer and pair of matrices of each network.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::base::{Base, Factor};
use crate::table::{Select, Table};
use crate::{Estimate, Range};

/// A fit below this R² is no power law (ours).
pub(super) const R2: f64 = 0.8;
/// Matrices whose commutator residual is above this share no eigenbasis (ours).
pub(super) const COMMUTATOR: f64 = 0.1;

/// Two matrices of a layer: y as a power of x.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    x: &'static str,
    y: &'static str,
    pub name: &'static str,
    /// Whether it is gradients against representations.
    pub is_hg: bool,
}

const fn pair(x: &'static str, y: &'static str, name: &'static str, is_hg: bool) -> Pair {
    Pair { x, y, name, is_hg }
}

/// The pairs of the picture.
pub(super) static PAIRS: [Pair; 6] = [
    pair("z_a", "h_a", "H_a ∝ Z_a^p", false),
    pair("z_a", "g_a", "G_a ∝ Z_a^p", false),
    pair("h_a", "g_a", "G_a ∝ H_a^p", true),
    pair("z_b", "h_b", "H_b ∝ Z_b^p", false),
    pair("z_b", "g_b", "G_b ∝ Z_b^p", false),
    pair("h_b", "g_b", "G_b ∝ H_b^p", true),
];

impl Pair {
    /// The name of one of its statistics.
    pub fn statistic(&self, prefix: &str) -> String {
        format!("{prefix}_{}_{}", self.x, self.y)
    }

    pub fn is(&self, x: &str, y: &str) -> bool {
        (self.x, self.y) == (x, y)
    }
}

/// A power law of one pair in one layer of one network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Weight decay.
    pub gamma: f64,
    /// Seed of the network.
    pub seed: u64,
    /// Linear map, from 1.
    pub layer: u32,
    /// The exponent p of y ∝ x^p.
    pub exponent: f64,
    /// Its 95 % interval over eigenpairs, where there is one.
    pub interval: Option<(f64, f64)>,
    /// R² of the fit of logarithms.
    pub r2: f64,
    /// Commutator residual of the two, 0 (one eigenbasis) to 1.
    pub commutator: f64,
    /// The commutator residual's level for unrelated eigenvectors, where measured.
    pub commutator_null: Option<f64>,
    /// AIC of an exponential minus that of the power law: above 0 the power law is the better one.
    pub delta_aic: Option<f64>,
}

impl Fit {
    /// Whether this is a power law between two matrices of one eigenbasis: R² above 0.8, and a commutator residual of at
    /// most 0.1 that is below the level of unrelated eigenvectors.
    pub fn is_trusted(&self) -> bool {
        let related = self
            .commutator_null
            .is_none_or(|null| self.commutator < null);
        self.r2 > R2 && self.commutator <= COMMUTATOR && related
    }

    /// Whether the exponent lies in a range.
    pub fn is_inside(&self, (low, high): (f64, f64)) -> bool {
        (low..=high).contains(&self.exponent)
    }

    /// Whether its interval over eigenpairs lies in a range, whole; a fit without one does not say.
    pub fn is_surely_inside(&self, (low, high): (f64, f64)) -> bool {
        let whole = |(least, most): (f64, f64)| low <= least && most <= high;
        self.is_inside((low, high)) && self.interval.is_some_and(whole)
    }

    /// Whether its interval over eigenpairs, or else the exponent, reaches into a range.
    pub fn may_be_inside(&self, (low, high): (f64, f64)) -> bool {
        let (least, most) = self.interval.unwrap_or((self.exponent, self.exponent));
        least.min(self.exponent) <= high && most.max(self.exponent) >= low
    }
}

/// A layer in which a pair has no exponent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Refused {
    pub gamma: f64,
    pub seed: u64,
    layer: u32,
}

/// All fits of the networks of one task at the end of training, over weight decay.
pub(super) struct Fits {
    pub task: String,
    /// By pair, in the order of [`PAIRS`].
    fits: [Vec<Fit>; 6],
    /// The pairs that were measured and have no fit: too few eigenvalues, or too narrow a spectrum.
    refused: [Vec<Refused>; 6],
    pub seeds: Vec<u64>,
    pub layers: Vec<u32>,
    pub gammas: Vec<f64>,
    /// How many linear maps there are, those without a fit and the readout included.
    pub maps: u32,
}

impl Fits {
    /// One for each task.
    pub fn of_tasks(table: &Table<'_>) -> Vec<Self> {
        let tasks = table.tasks().into_iter();
        tasks.map(|task| Self::new(table, task)).collect()
    }

    fn new(table: &Table<'_>, task: &str) -> Self {
        let base = Base::of_task(table, task);
        let rows = |statistic: String| {
            let sweep = base.sweep(table, Factor::Gamma);
            let of_task = sweep.filter(|row| row.task == task);
            of_task.statistic(statistic).at_last_step()
        };
        let fits: [Vec<Fit>; 6] = std::array::from_fn(|k| of_pair(&rows, &PAIRS[k]));
        let refused: [Vec<Refused>; 6] = std::array::from_fn(|k| refused(&rows, &PAIRS[k]));
        let exponents = PAIRS
            .iter()
            .flat_map(|pair| rows(pair.statistic("exponent")).rows());
        let seeds: BTreeSet<u64> = exponents.map(|row| row.seed).collect();
        let places = || {
            let fitted = fits.iter().flatten().map(|fit| (fit.gamma, fit.layer));
            let others = refused.iter().flatten();
            fitted.chain(others.map(|other| (other.gamma, other.layer)))
        };
        let mut gammas: Vec<f64> = places().map(|place| place.0).collect();
        gammas.sort_by(f64::total_cmp);
        gammas.dedup();
        let layers: BTreeSet<u32> = places().map(|place| place.1).collect();
        Self {
            task: task.to_owned(),
            gammas,
            layers: layers.into_iter().collect(),
            seeds: seeds.into_iter().collect(),
            maps: table.depth() + 1,
            fits,
            refused,
        }
    }

    /// The k-th pair where it has no fit.
    pub fn refused(&self, k: usize) -> &[Refused] {
        &self.refused[k]
    }

    /// The fits of the k-th pair.
    pub fn of(&self, k: usize) -> &[Fit] {
        &self.fits[k]
    }

    /// Mean and interval over seeds of a number that is made of a seed's fits.
    pub fn over_seeds(
        &self,
        fits: &[Fit],
        range: Range,
        number: impl Fn(&[Fit]) -> Option<f64>,
    ) -> Option<Estimate> {
        let values = self.seeds.iter().filter_map(|&seed| {
            let mine = fits.iter().filter(|fit| fit.seed == seed);
            number(&mine.copied().collect::<Vec<Fit>>())
        });
        Estimate::mean(&values.collect::<Vec<f64>>(), range)
    }
}

/// Mean over seeds of the trusted exponents among `fits`, one a seed.
pub(super) fn trusted_exponent(fits: &[Fit]) -> Option<Estimate> {
    let trusted = fits.iter().filter(|fit| fit.is_trusted());
    let exponents: Vec<f64> = trusted.map(|fit| fit.exponent).collect();
    Estimate::mean(&exponents, Range::Real)
}

/// `rows`: those of a statistic.
fn of_pair<'t>(rows: &dyn Fn(String) -> Select<'t>, pair: &Pair) -> Vec<Fit> {
    let select = |prefix: &str| rows(pair.statistic(prefix));
    let numbers = |prefix: &str| {
        let numbers = select(prefix).numbers().into_iter();
        let keyed =
            numbers.map(|(row, value)| ((row.network(), row.layer), (value, row.null_mean)));
        keyed.collect::<BTreeMap<_, _>>()
    };
    let [low, high, r2, commutator, delta_aic] = [
        "exponent_low",
        "exponent_high",
        "r2",
        "commutator",
        "delta_aic",
    ]
    .map(numbers);
    let fits = select("exponent")
        .numbers()
        .into_iter()
        .filter_map(|(row, exponent)| {
            let key = (row.network(), row.layer);
            let value = |of: &BTreeMap<_, (f64, Option<f64>)>| of.get(&key).map(|found| found.0);
            let (residual, commutator_null) = *commutator.get(&key)?;
            Some(Fit {
                gamma: row.gamma,
                seed: row.seed,
                layer: row.layer,
                exponent,
                interval: value(&low).zip(value(&high)),
                r2: value(&r2)?,
                commutator: residual,
                commutator_null,
                delta_aic: value(&delta_aic),
            })
        });
    fits.collect()
}

fn refused<'t>(rows: &dyn Fn(String) -> Select<'t>, pair: &Pair) -> Vec<Refused> {
    let exponents = rows(pair.statistic("exponent")).rows().into_iter();
    exponents
        .filter(|row| row.value.is_none())
        .map(|row| Refused {
            gamma: row.gamma,
            seed: row.seed,
            layer: row.layer,
        })
        .collect()
}

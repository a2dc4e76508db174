//! The fits of a table, one for each layer and pair of matrices of each network.

use std::collections::BTreeMap;

use crate::table::base::{Base, Factor};
use crate::table::{Row, Select, Table};
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

/// A range of exponents, ends included.
pub(super) type Exponents = (f64, f64);

/// A power law of one pair in one layer of one network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub weight_decay: f64,
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
        let null = self.commutator_null;
        let related = null.is_none_or(|null| self.commutator < null);
        self.r2 > R2 && self.commutator <= COMMUTATOR && related
    }

    /// Whether the exponent lies in a range.
    pub fn is_inside(&self, (low, high): Exponents) -> bool {
        (low..=high).contains(&self.exponent)
    }

    /// Whether its interval over eigenpairs lies in a range, whole; a fit without one does not say.
    pub fn is_surely_inside(&self, (low, high): Exponents) -> bool {
        let whole = |(least, most): (f64, f64)| low <= least && most <= high;
        self.is_inside((low, high)) && self.interval.is_some_and(whole)
    }

    /// Whether its interval over eigenpairs, or else the exponent, reaches into a range.
    pub fn may_be_inside(&self, (low, high): Exponents) -> bool {
        let (least, most) = self.interval.unwrap_or((self.exponent, self.exponent));
        least.min(self.exponent) <= high && most.max(self.exponent) >= low
    }
}

/// All fits of one pair.
#[derive(Debug)]
pub(super) struct Fitted<'t> {
    pub pair: &'static Pair,
    pub fits: Vec<Fit>,
    /// Layers in which the pair was measured and has no exponent: too few eigenvalues, or too narrow a spectrum.
    pub refused: Vec<&'t Row>,
}

impl<'t> Fitted<'t> {
    /// `rows` are those of a statistic.
    fn new(pair: &'static Pair, rows: impl Fn(String) -> Select<'t>) -> Self {
        let numbers = |prefix: &str| {
            let numbers = rows(pair.statistic(prefix)).numbers().into_iter();
            let keyed = numbers.map(|(row, value)| ((row.network(), row.layer), (row, value)));
            keyed.collect::<BTreeMap<_, _>>()
        };
        let statistics = [
            "exponent_low",
            "exponent_high",
            "r2",
            "commutator",
            "delta_aic",
        ];
        let [low, high, r2, commutator, delta_aic] = statistics.map(numbers);
        let (mut fits, mut refused) = (Vec::new(), Vec::new());
        for row in rows(pair.statistic("exponent")).rows() {
            let key = (row.network(), row.layer);
            let value = |of: &BTreeMap<_, (&Row, f64)>| of.get(&key).map(|found| found.1);
            let Some(exponent) = row.value else {
                refused.push(row);
                continue;
            };
            let (Some(r2), Some((residual, commutator))) = (value(&r2), commutator.get(&key))
            else {
                continue;
            };
            fits.push(Fit {
                weight_decay: row.weight_decay,
                seed: row.seed,
                layer: row.layer,
                exponent,
                interval: value(&low).zip(value(&high)),
                r2,
                commutator: *commutator,
                commutator_null: residual.null_mean,
                delta_aic: value(&delta_aic),
            });
        }
        Self {
            pair,
            fits,
            refused,
        }
    }

    /// The fits that are power laws.
    pub fn trusted(&self) -> Vec<Fit> {
        let fits = self.fits.iter().copied();
        fits.filter(Fit::is_trusted).collect()
    }

    /// The fits at one weight decay.
    pub fn at(&self, gamma: f64) -> impl Iterator<Item = Fit> {
        let fits = self.fits.iter().copied();
        fits.filter(move |fit| fit.weight_decay == gamma)
    }
}

/// All fits of the networks of one task at the end of training, over weight decay.
pub(super) struct Fits<'t> {
    pub base: Base<'t>,
    /// In the order of [`PAIRS`].
    pub pairs: [Fitted<'t>; 6],
    pub seeds: Vec<u64>,
    pub layers: Vec<u32>,
    pub gammas: Vec<f64>,
    /// How many linear maps there are, those without a fit and the readout included.
    pub maps: u32,
}

impl<'t> Fits<'t> {
    /// One for each task.
    pub fn of_tasks(table: &'t Table<'t>) -> Vec<Self> {
        Base::of_tasks(table).into_iter().map(Self::new).collect()
    }

    fn new(base: Base<'t>) -> Self {
        let networks = base.sweep(Factor::WeightDecay).at_last_step();
        let names = PAIRS.each_ref().map(|pair| pair.statistic("exponent"));
        let exponents = networks.clone();
        let exponents = exponents.filter(move |row| names.contains(&row.statistic));
        Self {
            base,
            pairs: PAIRS
                .each_ref()
                .map(|pair| Fitted::new(pair, |statistic| networks.clone().statistic(statistic))),
            seeds: exponents.seeds(),
            layers: exponents.layers(),
            gammas: exponents.distinct(|row| row.weight_decay),
            maps: base.table.depth() + 1,
        }
    }

    /// Mean and interval over seeds of a number that is made of a seed's fits.
    pub fn over_seeds(
        &self,
        fits: &[Fit],
        range: Range,
        number: impl Fn(&[Fit]) -> Option<f64>,
    ) -> Option<Estimate> {
        self.base.table.over_seeds(range, |seed| {
            let mine = fits.iter().copied().filter(|fit| fit.seed == seed);
            number(&mine.collect::<Vec<Fit>>())
        })
    }
}

/// Mean over seeds of the trusted exponents among `fits`, one a seed.
pub(super) fn trusted_exponent(fits: &[Fit]) -> Option<Estimate> {
    let trusted = fits.iter().filter(|fit| fit.is_trusted());
    let exponents: Vec<f64> = trusted.map(|fit| fit.exponent).collect();
    Estimate::mean(&exponents, Range::Real)
}

//! Which power of weight decay, or of the learning rate, tr G_b / tr Z_b follows: slopes between neighbours, and of a whole
//! line only where a line describes it.

use std::collections::BTreeMap;

use super::networks::{Networks, Swept};
use crate::claims::measures::{pearson, slope};
use crate::table::{Losses, Row, STATIONARY, Select, is_stationary};
use crate::{Estimate, Range};

/// A slope this near is that law's and not the other's, whose slope differs by 1.
pub(super) const NEAR: f64 = 0.5;
/// A line counts as one above this R² of logarithms, if local slopes differ by no more than [`NEAR`] too (ours).
pub(super) const STRAIGHT: f64 = 0.95;

/// What keeps the network of a row of its last measurement from showing a balance, in words.
fn fault(losses: &Losses<'_>, row: &Row) -> Option<String> {
    match row.decay_times() {
        Some(times) if is_stationary(times) => {}
        Some(times) => return Some(format!("{times:.2} decay times of {STATIONARY}")),
        None => return Some("an optimiser without a decay time".to_owned()),
    }
    let loss = losses.of(&row.network());
    let fault = match loss.and_then(|loss| loss.has_learned()) {
        Some(true) => return None,
        Some(false) => "a test loss no lower than a constant's",
        None => "a test loss that cannot be held against a constant's",
    };
    Some(fault.to_owned())
}

/// The slope between neighbouring values of what is swept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Local {
    pub ends: (f64, f64),
    pub slope: Estimate,
}

/// The slope of a whole line, if it is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Overall {
    Line(Estimate),
    /// Mean R², and by how much local slopes differ.
    Curve(f64, f64),
    TooFew,
}

/// A number made of the x and y of a line's points.
type Measure = fn(&[f64], &[f64]) -> Option<f64>;

/// The logarithms of positive points.
fn logs<'p>(points: impl Iterator<Item = &'p (f64, f64)>) -> (Vec<f64>, Vec<f64>) {
    let positive = points.filter(|(x, y)| *x > 0.0 && *y > 0.0);
    positive.map(|(x, y)| (x.ln(), y.ln())).unzip()
}

impl<'t> Networks<'t> {
    /// tr G_b / tr Z_b of the networks that enter.
    pub fn entering(&self, swept: Swept) -> Select<'t> {
        let losses = self.losses;
        let all = self.trace_ratio(swept);
        all.filter(move |row| fault(losses, row).is_none())
    }

    /// The networks that are left out, in words: one entry for each value of what is swept and each reason.
    pub fn left_out(&self, swept: Swept) -> String {
        let Swept { along, .. } = swept;
        let ratio = self.trace_ratio(swept).layer(1);
        let rows = ratio.rows();
        let mut entries = Vec::new();
        for value in ratio.distinct(along.of) {
            let here = || rows.iter().filter(|row| (along.of)(row) == value);
            let mut faults: BTreeMap<String, usize> = BTreeMap::new();
            for fault in here().filter_map(|row| fault(self.losses, row)) {
                *faults.entry(fault).or_default() += 1;
            }
            let (name, text, all) = (along.name, (along.text)(value), here().count());
            let faults = faults.into_iter();
            entries
                .extend(faults.map(|(fault, n)| format!("{name} {text}: {n} of {all}, {fault}")));
        }
        if entries.is_empty() {
            return "none".to_owned();
        }
        entries.join("; ")
    }

    /// Slopes between neighbours on the grid of all networks, mean over the seeds that have both ends in `ratio`.
    pub fn local(&self, swept: Swept, ratio: &Select<'_>) -> Vec<Local> {
        let grid = self.trace_ratio(swept).distinct(swept.along.of);
        let lines = ratio.seed_lines(swept.along.of);
        let pairs = grid.windows(2).filter_map(|ends| {
            let slopes = lines.values().filter_map(|line| {
                let (x, y) = logs(line.iter().filter(|point| ends.contains(&point.0)));
                slope(&x, &y)
            });
            Some(Local {
                ends: (ends[0], ends[1]),
                slope: Estimate::mean(&slopes.collect::<Vec<f64>>(), Range::Real)?,
            })
        });
        pairs.collect()
    }

    /// The slope of the whole line of the networks that enter: at least three points a seed, R² of at least [`STRAIGHT`],
    /// and local slopes that differ by no more than [`NEAR`]. A line through a curve has a slope too, which means nothing.
    pub fn overall(&self, swept: Swept, layer: u32) -> Overall {
        let ratio = self.entering(swept).layer(layer);
        let fitted = |of: Measure| {
            ratio.over_seeds(swept.along.of, Range::Real, |line| {
                let (x, y) = logs(line.iter());
                (x.len() >= 3).then(|| of(&x, &y)).flatten()
            })
        };
        let straightness = fitted(|x, y| Some(pearson(x, y)?.powi(2)));
        let (Some(slope), Some(r2)) = (fitted(slope), straightness) else {
            return Overall::TooFew;
        };
        let local = self.local(swept, &ratio);
        let slopes = || local.iter().map(|local| local.slope.value);
        let spread =
            slopes().fold(f64::NEG_INFINITY, f64::max) - slopes().fold(f64::INFINITY, f64::min);
        if r2.value >= STRAIGHT && spread <= NEAR {
            Overall::Line(slope)
        } else {
            Overall::Curve(r2.value, spread)
        }
    }
}

//! Which power of weight decay, or of the learning rate, tr G_b / tr Z_b follows: slopes between neighbours, and of a whole
//! line only where a line describes it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::claims::{DECAY_TIMES, NEAR};
use super::view::{Slope, View};
use crate::claims::measures::{pearson, slope};
use crate::table::{Network, Row, Select};
use crate::{Estimate, Range};

/// A line counts as one above this R² of logarithms, if local slopes differ by no more than [`NEAR`] too (ours).
pub(super) const STRAIGHT: f64 = 0.95;

/// Why a network is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    /// It trained this many decay times only.
    Short(f64),
    /// It predicts no better than a constant.
    Collapsed,
    /// Its loss, or that of a constant, is not known.
    Unknown,
}

impl Fault {
    fn in_words(self) -> String {
        match self {
            Self::Short(times) => format!("{times:.2} decay times of {DECAY_TIMES}"),
            Self::Collapsed => "a test loss no lower than a constant's".to_owned(),
            Self::Unknown => "a test loss that cannot be held against a constant's".to_owned(),
        }
    }
}

/// The slope between neighbouring values of what is swept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Local {
    pub from: f64,
    pub to: f64,
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

type Line = [(f64, f64)];

/// A number made of the x and y of a line's points.
type Measure = fn(&[f64], &[f64]) -> Option<f64>;

/// The logarithms of a line's positive points.
fn logs(line: &Line) -> (Vec<f64>, Vec<f64>) {
    let positive = line.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0);
    positive.map(|(x, y)| (x.ln(), y.ln())).unzip()
}

fn holds<'k>(networks: &BTreeSet<Network<'k>>, network: &Network<'k>) -> bool {
    networks.contains(network)
}

impl<'t> View<'t> {
    /// What keeps the network of a row from showing a balance. The row is of the network's last measurement.
    pub fn fault(&self, row: &'t Row) -> Option<Fault> {
        let times = row.learning_rate * row.gamma * row.step as f64;
        // Rounding of the product is no shortage.
        if times < DECAY_TIMES * (1.0 - 1e-9) {
            return Some(Fault::Short(times));
        }
        let loss = self.losses.of(&row.network());
        match loss.and_then(|loss| loss.has_learned()) {
            Some(true) => None,
            Some(false) => Some(Fault::Collapsed),
            None => Some(Fault::Unknown),
        }
    }

    /// tr G_b / tr Z_b of one hidden map at the end of training, of the networks that enter.
    pub fn entering(&self, against: Slope, layer: u32) -> Select<'t> {
        let all = self.trace_ratio(against, layer);
        let rows = all.rows().into_iter();
        let sound: BTreeSet<Network<'t>> = rows
            .filter(|row| self.fault(row).is_none())
            .map(Row::network)
            .collect();
        let sound = Rc::new(sound);
        all.filter(move |row| holds(&sound, &row.network()))
    }

    /// The networks that are left out, in words: one entry for each value of what is swept and each reason.
    pub fn left_out(&self, against: Slope) -> Vec<String> {
        let Some(&layer) = self.layers().first() else {
            return Vec::new();
        };
        let rows = self.trace_ratio(against, layer).rows();
        let mut values: Vec<f64> = rows.iter().map(|row| against.of(row)).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let mut entries = Vec::new();
        for value in values {
            let here = rows.iter().filter(|row| against.of(row) == value);
            let here: Vec<&'t Row> = here.copied().collect();
            let faults = here.iter().filter_map(|row| self.fault(row));
            let mut words: Vec<String> = faults.map(Fault::in_words).collect();
            words.sort();
            for same in words.chunk_by(|a, b| a == b) {
                let (n, all) = (same.len(), here.len());
                entries.push(format!(
                    "{} {}: {n} of {all}, {}",
                    against.name(),
                    against.text(value),
                    same[0]
                ));
            }
        }
        entries
    }

    /// Slopes between neighbours on the grid of all networks, mean over the seeds that have both ends in `ratio`.
    pub fn local(&self, against: Slope, layer: u32, ratio: &Select<'_>) -> Vec<Local> {
        let all = self.trace_ratio(against, layer);
        let grid = all.distinct(move |row| against.of(row));
        let lines = ratio.seed_lines(move |row| against.of(row));
        let pairs = grid.windows(2).filter_map(|ends| {
            let slopes = lines.values().filter_map(|line| {
                let ends = line.iter().filter(|point| ends.contains(&point.0));
                let (x, y) = logs(&ends.copied().collect::<Vec<_>>());
                slope(&x, &y)
            });
            let slope = Estimate::mean(&slopes.collect::<Vec<f64>>(), Range::Real)?;
            Some(Local {
                from: ends[0],
                to: ends[1],
                slope,
            })
        });
        pairs.collect()
    }

    /// The slope of the whole line of the networks that enter: at least three points a seed, R² of at least [`STRAIGHT`],
    /// and local slopes that differ by no more than [`NEAR`]. A line through a curve has a slope too, which means nothing.
    pub fn overall(&self, against: Slope, layer: u32) -> Overall {
        let ratio = self.entering(against, layer);
        let x = move |row: &Row| against.of(row);
        let fitted = |of: Measure| {
            ratio.over_seeds(x, Range::Real, |line| {
                let (x, y) = logs(line);
                (x.len() >= 3).then(|| of(&x, &y)).flatten()
            })
        };
        let straightness = fitted(|x, y| Some(pearson(x, y)?.powi(2)));
        let (Some(slope), Some(r2)) = (fitted(slope), straightness) else {
            return Overall::TooFew;
        };
        let local = self.local(against, layer, &ratio);
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

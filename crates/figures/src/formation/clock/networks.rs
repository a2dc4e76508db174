//! The networks of one task: several weight decays, at equal decay times.

use super::ALPHA;
use crate::claims::measures::{per_decade, spread};
use crate::claims::shown;
use crate::figure::Along;
use crate::table::{Row, Select, Table};
use crate::text::{crossed, decimals};
use crate::{Estimate, Range};

/// Decay times that differ by less are equal: steps are whole numbers.
const EQUAL: f64 = 0.05;
/// How many halvings of the whole training are shown.
const HALVINGS: i32 = 5;

/// The networks of one task.
#[derive(Debug, Clone)]
pub(super) struct Networks<'t> {
    pub table: &'t Table<'t>,
    task: &'t str,
    /// The task in words.
    pub name: String,
    pub weight_decays: Vec<f64>,
    /// Decay times at which every weight decay was measured, from the smallest.
    pub times: Vec<f64>,
}

impl<'t> Networks<'t> {
    /// Those of every task.
    pub fn of_tasks(table: &'t Table<'t>) -> Vec<Self> {
        let tasks = table.tasks().into_iter();
        tasks.map(|task| Self::new(table, task)).collect()
    }

    fn new(table: &'t Table<'t>, task: &'t str) -> Self {
        let mut networks = Self {
            table,
            task,
            name: in_words(task),
            weight_decays: Vec::new(),
            times: Vec::new(),
        };
        let alpha = networks.of(ALPHA.all(table));
        networks.weight_decays = alpha.distinct(Along::WEIGHT_DECAY.of);
        let measured = |gamma: &f64| {
            let alpha = alpha.clone().weight_decay(*gamma);
            alpha.distinct(Along::DECAY_TIMES.of)
        };
        let measured: Vec<Vec<f64>> = networks.weight_decays.iter().map(measured).collect();
        let last = measured.iter().filter_map(|times| times.last().copied());
        let whole = last.fold(f64::INFINITY, f64::min);
        let halves = (0..=HALVINGS).rev().map(|k| whole / 2f64.powi(k));
        let everywhere = |times: &f64| {
            let mut decays = measured.iter();
            whole.is_finite() && decays.all(|of| of.iter().any(|other| equal(*other, *times)))
        };
        networks.times = halves.filter(everywhere).collect();
        networks
    }

    /// Rows of these networks.
    pub fn of(&self, select: Select<'t>) -> Select<'t> {
        let task = self.task;
        select.filter(move |row| row.task == task)
    }

    /// The name of a case of a claim.
    pub fn case(&self, name: impl std::fmt::Display) -> String {
        format!("{}, {name}", self.name)
    }

    /// The hidden layers.
    pub fn layers(&self) -> Vec<u32> {
        ALPHA.lines.of(self.table).collect()
    }

    /// Alpha of a layer at every measurement.
    pub fn alpha(&self, layer: u32) -> Select<'t> {
        self.of(ALPHA.line(self.table, layer))
    }

    /// Alpha of a layer after so many decay times.
    pub fn at(&self, layer: u32, times: f64) -> Select<'t> {
        let alpha = self.alpha(layer);
        alpha.filter(move |row| equal((Along::DECAY_TIMES.of)(row), times))
    }

    /// The last of [`times`](Self::times).
    pub fn last(&self) -> Option<f64> {
        self.times.last().copied()
    }

    /// Highest less lowest alpha over weight decays, seed by seed.
    pub fn spread(&self, layer: u32, times: f64) -> Option<Estimate> {
        let alpha = self.at(layer, times);
        alpha.over_seeds(Along::WEIGHT_DECAY.of, Range::NonNegative, spread)
    }

    /// Slope of alpha per decade of weight decay, seed by seed.
    pub fn rise(&self, layer: u32, times: f64) -> Option<Estimate> {
        let alpha = self.at(layer, times);
        alpha.over_seeds(Along::WEIGHT_DECAY.of, Range::Real, per_decade)
    }

    fn seeds(&self) -> usize {
        self.table.seeds().len()
    }

    fn rows(&self) -> impl Iterator<Item = (String, f64)> + '_ {
        let times = self.times.iter();
        times.map(|times| ((Along::DECAY_TIMES.text)(*times), *times))
    }

    /// A table of a number of each layer at each of [`times`](Self::times).
    pub fn at_equal_times(&self, number: impl Fn(u32, f64) -> Option<Estimate>) -> String {
        let columns = self.layers().into_iter();
        let columns = columns.map(|layer| (format!("layer {layer}"), layer));
        let columns: Vec<_> = columns.collect();
        crossed("decay times", self.rows(), &columns, |times, layer| {
            shown(self.seeds(), number(*layer, *times), decimals(3))
        })
    }

    /// A table of alpha of a layer at each of [`times`](Self::times), a column for each weight decay.
    pub fn course(&self, layer: u32) -> String {
        let columns = self.weight_decays.iter();
        let columns = columns.map(|gamma| ((Along::WEIGHT_DECAY.text)(*gamma), *gamma));
        let columns: Vec<_> = columns.collect();
        crossed("decay times", self.rows(), &columns, |times, gamma| {
            let alpha = self.at(layer, *times).weight_decay(*gamma);
            shown(self.seeds(), alpha.estimate(), decimals(3))
        })
    }
}

fn equal(times: f64, other: f64) -> bool {
    (times / other - 1.0).abs() < EQUAL
}

fn in_words(task: &str) -> String {
    match task {
        "teacher" => "one output".to_owned(),
        "teacher10" => "ten outputs".to_owned(),
        other => other.to_owned(),
    }
}

/// The fewest decay times of these rows.
pub(super) fn trained(rows: &[&Row]) -> Option<f64> {
    let times = rows.iter().filter_map(|row| row.decay_times());
    times.reduce(f64::min)
}

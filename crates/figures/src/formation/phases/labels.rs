//! The rows that layers were given, at the end of training, over weight decay.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::base::{Base, Factor};
use crate::table::{Row, Select, Table};
use crate::{Estimate, Range};

/// The rows of the table in which all three relations of a side hold.
pub(super) const CRH: [u32; 3] = [10, 11, 12];

/// What a row of the phase table stands for: its relation on side b and on side a.
pub(super) fn relations(row: u32) -> String {
    const SIDE: [&str; 3] = ["RGA", "RWA", "GWA"];
    match row {
        1..=9 => {
            let k = row as usize - 1;
            format!("{} on side b, {} on side a", SIDE[k / 3], SIDE[k % 3])
        }
        10 => "all three on side b".to_owned(),
        11 => "all three on side a".to_owned(),
        12 => "all six".to_owned(),
        _ => "no row fits".to_owned(),
    }
}

/// The row of one layer, over seeds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// The row that most seeds have, `None` for none; of equally frequent ones the lowest.
    pub row: Option<u32>,
    /// How many seeds have it.
    pub agree: usize,
    /// How many seeds there are.
    pub seeds: usize,
    /// How many seeds have any row.
    pub labelled: usize,
}

/// Networks of one task, everything but weight decay as at their base point.
pub(super) struct Labels<'t> {
    pub table: &'t Table<'t>,
    pub task: &'t str,
    base: Base<'t>,
    pub layers: Vec<u32>,
    pub gammas: Vec<f64>,
}

impl<'t> Labels<'t> {
    /// One for each task.
    pub fn of_tasks(table: &'t Table<'t>) -> Vec<Self> {
        let tasks = table.tasks().into_iter();
        tasks.map(|task| Self::new(table, task)).collect()
    }

    fn new(table: &'t Table<'t>, task: &'t str) -> Self {
        let mut labels = Self {
            table,
            task,
            base: Base::of_task(table, task),
            layers: Vec::new(),
            gammas: Vec::new(),
        };
        let distances = labels.select("phase_distance");
        labels.gammas = distances.distinct(|row| row.gamma);
        let layers: BTreeSet<u32> = distances.rows().iter().map(|row| row.layer).collect();
        labels.layers = layers.into_iter().collect();
        labels
    }

    /// Numbers at the end of training.
    pub fn select(&self, statistic: &str) -> Select<'t> {
        let (sweep, task) = (self.base.sweep(self.table, Factor::Gamma), self.task);
        let of_task = sweep.filter(move |row| row.task == task);
        of_task.statistic(statistic).at_last_step()
    }

    /// How many seeds the networks of the task have.
    pub fn seeds(&self) -> usize {
        let rows = self.select("phase_distance").rows();
        let seeds: BTreeSet<u64> = rows.iter().map(|row| row.seed).collect();
        seeds.len()
    }

    /// The rows of one layer at one weight decay, by seed; `None` where nothing fits.
    fn rows(&self, statistic: &str, layer: u32, gamma: f64) -> BTreeMap<u64, Option<u32>> {
        let rows = self.select(statistic).layer(layer).gamma(gamma).rows();
        let number = |row: &Row| row.value.map(|value| value as u32);
        rows.into_iter()
            .map(|row| (row.seed, number(row)))
            .collect()
    }

    /// The row that most seeds have by `statistic`; `None` where no seed was measured.
    pub fn label(&self, statistic: &str, layer: u32, gamma: f64) -> Option<Label> {
        let rows = self.rows(statistic, layer, gamma);
        let mut counts: BTreeMap<Option<u32>, usize> = BTreeMap::new();
        for row in rows.values() {
            *counts.entry(*row).or_default() += 1;
        }
        let most = counts.iter().rev().max_by_key(|(_, count)| **count)?;
        Some(Label {
            row: *most.0,
            agree: *most.1,
            seeds: rows.len(),
            labelled: rows.values().flatten().count(),
        })
    }

    /// Whether no seed has a distance there: the layer has too few singular values to be compared with any row.
    pub fn is_refused(&self, layer: u32, gamma: f64) -> bool {
        let distances = self.select("phase_distance").layer(layer).gamma(gamma);
        distances.numbers().is_empty()
    }

    /// Mean over seeds of the share of layers whose row at one weight decay is `wanted`.
    pub fn share(&self, gamma: f64, wanted: impl Fn(Option<u32>) -> bool) -> Option<Estimate> {
        let mut by_seed: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
        for &layer in &self.layers {
            for (seed, row) in self.rows("phase_row", layer, gamma) {
                let (held, all) = by_seed.entry(seed).or_default();
                *held += usize::from(wanted(row));
                *all += 1;
            }
        }
        let shares = by_seed
            .values()
            .map(|(held, all)| *held as f64 / *all as f64);
        Estimate::mean(&shares.collect::<Vec<f64>>(), Range::Share)
    }
}

//! The rows that layers were given, at the end of training, over weight decay.

use std::collections::BTreeMap;

use crate::claims::measures::share;
use crate::table::base::{Base, Factor};
use crate::table::{Select, Table};
use crate::{Estimate, Range};

/// The rows of the table in which all three relations of a side hold.
const CRH: [u32; 3] = [10, 11, 12];

/// Whether all three relations of a side hold in a row.
pub(super) fn is_crh(row: Option<u32>) -> bool {
    row.is_some_and(|row| CRH.contains(&row))
}

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

/// The row that comes nearest, if it fits.
pub(super) const ROW: &str = "phase_row";
/// The distance of the row that comes nearest.
pub(super) const DISTANCE: &str = "phase_distance";

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
    /// The distance of that row, or of the nearest.
    pub distance: Option<Estimate>,
    /// Whether no seed has a distance: the layer has too few singular values to be compared with any row.
    pub is_refused: bool,
}

impl Label {
    /// The row in words.
    pub fn text(&self) -> String {
        self.row.map_or("none".to_owned(), |row| row.to_string())
    }
}

/// Numbers at the end of training, over weight decay.
fn at_end<'t>(base: Base<'t>, statistic: &str) -> Select<'t> {
    let networks = base.sweep(Factor::WeightDecay);
    networks.statistic(statistic).at_last_step()
}

/// Networks of one task, everything but weight decay as at their base point.
pub(super) struct Labels<'t> {
    pub base: Base<'t>,
    pub layers: Vec<u32>,
    pub gammas: Vec<f64>,
    /// How many seeds the networks have.
    pub seeds: usize,
}

impl<'t> Labels<'t> {
    /// One for each task.
    pub fn of_tasks(table: &'t Table<'t>) -> Vec<Self> {
        Base::of_tasks(table).into_iter().map(Self::new).collect()
    }

    fn new(base: Base<'t>) -> Self {
        let distances = at_end(base, DISTANCE);
        Self {
            base,
            layers: distances.layers(),
            gammas: distances.distinct(|row| row.weight_decay),
            seeds: distances.seeds().len(),
        }
    }

    fn select(&self, statistic: &str) -> Select<'t> {
        at_end(self.base, statistic)
    }

    /// Of each layer that has not collapsed the distance of its row, or of the nearest.
    pub fn distances(&self) -> impl Iterator<Item = (u32, Select<'t>)> {
        let layers = self.layers.iter();
        layers.map(|&layer| {
            let distance = self.select(DISTANCE).layer(layer);
            (layer, distance.beyond_collapse())
        })
    }

    /// Whether any seed of a layer has not collapsed at a weight decay.
    fn is_wide(&self, layer: u32, gamma: f64) -> bool {
        let here = self.select(ROW).layer(layer).weight_decay(gamma);
        !here.beyond_collapse().rows().is_empty()
    }

    /// The row that most seeds have; `None` where no seed was measured.
    pub fn label(&self, layer: u32, gamma: f64) -> Option<Label> {
        let here = |statistic| self.select(statistic).layer(layer).weight_decay(gamma);
        let rows = here(ROW).rows();
        let mut counts: BTreeMap<Option<u32>, usize> = BTreeMap::new();
        for row in &rows {
            *counts.entry(row.value.map(|row| row as u32)).or_default() += 1;
        }
        let (&row, &agree) = counts.iter().rev().max_by_key(|(_, count)| **count)?;
        Some(Label {
            row,
            agree,
            seeds: rows.len(),
            labelled: rows.iter().filter(|row| row.value.is_some()).count(),
            distance: here(DISTANCE).estimate(),
            is_refused: here(DISTANCE).numbers().is_empty(),
        })
    }

    /// The labels of all layers and weight decays in which the layer has not collapsed.
    pub fn cells(&self) -> impl Iterator<Item = Label> {
        let layers = self.layers.iter();
        layers.flat_map(move |&layer| {
            let gammas = self.gammas.iter();
            let wide = gammas.filter(move |gamma| self.is_wide(layer, **gamma));
            wide.filter_map(move |&gamma| self.label(layer, gamma))
        })
    }

    /// Mean over seeds of the share of layers whose row at one weight decay is `wanted`, of those that have not collapsed.
    pub fn share(&self, gamma: f64, wanted: fn(Option<u32>) -> bool) -> Option<Estimate> {
        let rows = self.select(ROW).weight_decay(gamma);
        let rows = rows.beyond_collapse().rows();
        self.base.table.over_seeds(Range::Share, |seed| {
            let mine = rows.iter().filter(|row| row.seed == seed);
            let mine = mine.map(|row| row.value.map(|value| value as u32));
            share(&mine.collect::<Vec<_>>(), |row| wanted(*row))
        })
    }

    /// The same of all layers at each weight decay.
    pub fn shares(&self, wanted: fn(Option<u32>) -> bool) -> Vec<(f64, Estimate)> {
        let gammas = self.gammas.iter();
        let shares = gammas.filter_map(|&gamma| Some((gamma, self.share(gamma, wanted)?)));
        shares.collect()
    }
}

//! What has a line of its own: hidden layers or linear maps.

use crate::chart::{Series, palette};
use crate::table::{Row, Table};

/// What has a line of its own.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// `layer`, `map`.
    noun: &'static str,
    /// What colours stand for.
    pub key: &'static str,
    color: fn(usize, usize) -> String,
    /// The linear map of line 1.
    first: u32,
    /// Lines beyond those of hidden layers.
    more: u32,
}

impl Lines {
    /// Post-activations of hidden layers, from 1: side a of the map after each.
    pub const HIDDEN_LAYERS: Self = Self {
        first: 2,
        ..Self::INTO_LAYERS
    };
    /// What makes hidden layers, from 1: the weights of the map before each, and on side b its pre-activations.
    pub const INTO_LAYERS: Self = Self {
        noun: "layer",
        key: "hidden layer",
        color: palette::layer,
        first: 1,
        more: 0,
    };
    /// Linear maps, from 1; the last one is the readout.
    pub const MAPS: Self = Self {
        noun: "map",
        key: "linear map (the last is the readout)",
        color: palette::map,
        first: 1,
        more: 1,
    };

    /// The numbers of the lines.
    pub fn of(self, table: &Table<'_>) -> std::ops::RangeInclusive<u32> {
        1..=table.depth() + self.more
    }

    /// `layer 3`, `map 3`.
    pub fn name(self, line: u32) -> String {
        format!("{} {line}", self.noun)
    }

    pub(super) fn color(self, k: usize, n: usize) -> String {
        (self.color)(k, n)
    }

    /// A sample of every line for a legend: its number, colour and shape.
    pub fn samples(self, table: &Table<'_>) -> Vec<Series> {
        let n = self.of(table).count();
        let samples = self.of(table).enumerate().map(|(k, line)| {
            Series::new(line.to_string(), self.color(k, n), []).marker(palette::marker(k))
        });
        samples.collect()
    }

    /// The linear map that a line belongs to.
    pub(super) const fn map(self, line: u32) -> u32 {
        self.first - 1 + line
    }

    /// Whether a row's linear map belongs to a line.
    pub(super) fn has(self, row: &Row) -> bool {
        (self.first..self.first + row.depth + self.more).contains(&row.layer)
    }
}

//! What has a line of its own: hidden layers or linear maps.

use crate::chart::{Series, palette};
use crate::table::{Row, Table};

/// What has a line of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Post-activations of hidden layers, from 1: side a of the map after each.
    HiddenLayers,
    /// What makes hidden layers, from 1: the weights of the map before each, and on side b its pre-activations.
    IntoLayers,
    /// Linear maps, from 1; the last one is the readout.
    Maps,
}

impl Lines {
    /// The numbers of the lines.
    pub fn of(self, table: &Table<'_>) -> std::ops::RangeInclusive<u32> {
        match self {
            Self::HiddenLayers | Self::IntoLayers => 1..=table.depth(),
            Self::Maps => 1..=table.depth() + 1,
        }
    }

    /// What colours stand for.
    pub const fn key(self) -> &'static str {
        match self {
            Self::HiddenLayers | Self::IntoLayers => "hidden layer",
            Self::Maps => "linear map (the last is the readout)",
        }
    }

    /// `layer 3`, `map 3`.
    pub fn name(self, line: u32) -> String {
        match self {
            Self::HiddenLayers | Self::IntoLayers => format!("layer {line}"),
            Self::Maps => format!("map {line}"),
        }
    }

    pub(super) fn color(self, k: usize, n: usize) -> String {
        match self {
            Self::HiddenLayers | Self::IntoLayers => palette::layer(k, n),
            Self::Maps => palette::map(k, n),
        }
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
        match self {
            Self::HiddenLayers => line + 1,
            Self::IntoLayers | Self::Maps => line,
        }
    }

    /// Whether a row's linear map belongs to a line.
    pub(super) fn has(self, row: &Row) -> bool {
        match self {
            Self::HiddenLayers => row.layer >= 2,
            Self::IntoLayers => (1..=row.depth).contains(&row.layer),
            Self::Maps => true,
        }
    }
}

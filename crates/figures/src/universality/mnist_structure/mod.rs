//! Squared distances of a hundred images of MNIST in a trained network, beside the theory's (F8).
//!
//! The theory's panel, as the authors make it (FOUND): with \\(A\\) the elementwise product of the distances of pixels and of
//! one-hot labels of many images and \\(S = e^{-A}\\), the prediction is \\((S A S)^2\\). On pixels from 0 to 255 every entry
//! of \\(S\\) between different digits underflows, so that the prediction is the sum of \\(A\\) over all pairs of two digits:
//! one number for each pair of digits, in proportion to how many images of them there are (DERIVED).

mod claims;
mod matrix;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use std::collections::BTreeSet;

use crate::chart::Chart;
use crate::universality::{Coverage, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};
use matrix::Items;

/// The figure `univ-mnist-structure`. It uses distances, **squared**, of items sorted by digit (kind `final` of networks, kind
/// `theory`), with digits as labels, and values of networks: `pearson_…` and `within_over_between`.
#[derive(Debug, Clone, Copy)]
pub struct Structure;

const WITHIN: &str = "within_over_between";

impl PairFigure for Structure {
    fn id(&self) -> &'static str {
        "univ-mnist-structure"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Distances
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let digit = |label: &str| label.len() == 1 && label.bytes().all(|b| b.is_ascii_digit());
        let distances = tables.distances.iter().filter(|row| {
            ["final", "theory"].contains(&row.kind.as_str())
                && digit(&row.label_i)
                && digit(&row.label_j)
        });
        let distances: Vec<_> = distances.cloned().collect();
        let settings: BTreeSet<&str> = distances.iter().map(|row| row.setting.as_str()).collect();
        let values = tables.values.iter().filter(|row| {
            settings.contains(row.setting.as_str())
                && (row.metric.starts_with("pearson_") || row.metric == WITHIN)
        });
        PairTables {
            values: values.cloned().collect(),
            distances,
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let items = Items::new(data);
        let whole = |kind: &str, of: usize| Coverage {
            name: format!("pairs of the {kind} matrix"),
            measured: items.known(kind),
            of,
        };
        let pairs = items.len() * items.len().saturating_sub(1) / 2;
        vec![whole("final", pairs), whole("theory", pairs)]
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(&Items::new(data), data)
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(&Items::new(data), data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        sections::sections(&Items::new(data), data)
    }
}

#[cfg(test)]
mod tests;

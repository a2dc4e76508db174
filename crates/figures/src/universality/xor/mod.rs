//! Distances between the four inputs of XOR, before and after training, beside the theory's (F6).
//!
//! Entries are distances, not squared, in the order (0,0), (0,1), (1,0), (1,1). The theory's matrix is the closed form for
//! each pair, with the ratio of rates that was fitted to two points of the default network (FOUND). A setting such as
//! `rich/leaky_relu` is `rich` with another reading of the activation: the authors' code trains ReLU, their settings file
//! says leaky ReLU.

mod claims;
mod matrices;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::universality::{Coverage, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};
use matrices::{KINDS, Matrices, PAIRS};

/// The figure `univ-xor`. It uses distances.
#[derive(Debug, Clone, Copy)]
pub struct Xor;

impl PairFigure for Xor {
    fn id(&self) -> &'static str {
        "univ-xor"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Distances
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let used = tables.distances.iter();
        let used = used.filter(|row| {
            KINDS.contains(&row.kind.as_str()) && PAIRS.contains(&(row.i as usize, row.j as usize))
        });
        PairTables {
            distances: used.cloned().collect(),
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let matrices = Matrices::new(data);
        let coverage = KINDS.map(|kind| Coverage {
            name: format!("{kind} matrices"),
            measured: matrices.count(kind),
            of: data.runs.len(),
        });
        coverage.into()
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(&Matrices::new(data))
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(&Matrices::new(data), data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        sections::sections(&Matrices::new(data))
    }
}

#[cfg(test)]
mod tests;

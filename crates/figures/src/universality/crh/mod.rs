//! The six alignments of the canonical representation hypothesis along the trajectories of two points: both theories on one
//! network. Ours; neither paper shows it.
//!
//! Alignments are those of raw second moments of every linear map, 1 the first and the last the readout; side a is its
//! input, side b its output. With two inputs such a moment has rank two at most, so that unrelated matrices of a wide layer
//! hardly align at all: a value above the null level says little, and an alignment near one says that two planes agree. A
//! side with one neuron has no alignment.

mod claims;
mod course;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use std::collections::BTreeSet;

use crate::chart::Chart;
use crate::universality::picked::Picked;
use crate::universality::two_points::trajectories;
use crate::universality::{Coverage, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};
use course::RELATIONS;

/// The figure `univ-crh`. It uses values of `alpha_rga`, `alpha_rwa` and `alpha_gwa`, sides a and b, of each linear map at
/// several epochs, and the moments of the same settings.
#[derive(Debug, Clone, Copy)]
pub struct PairAlignment;

impl PairFigure for PairAlignment {
    fn id(&self) -> &'static str {
        "univ-crh"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Values
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let ours = |metric: &str| RELATIONS.iter().any(|relation| relation.metric == metric);
        let values: Vec<_> = tables
            .values
            .iter()
            .filter(|row| ours(&row.metric))
            .cloned()
            .collect();
        let settings: BTreeSet<&str> = values.iter().map(|row| row.setting.as_str()).collect();
        let mut moments = trajectories(tables, "table").moments;
        moments.retain(|row| settings.contains(row.setting.as_str()));
        PairTables {
            moments,
            values,
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let of = data.runs.len();
        let moments = data.tables.moments.iter();
        let moments: BTreeSet<_> = moments.map(|row| (&row.setting, row.seed)).collect();
        let mut coverage = vec![Coverage {
            name: "trajectories".to_owned(),
            measured: moments.len(),
            of,
        }];
        coverage.extend(RELATIONS.map(|relation| {
            let rows = relation.of(&Picked::of(data));
            let runs = rows.rows().iter().filter(|row| row.value.is_some());
            let runs: BTreeSet<_> = runs.map(|row| (&row.setting, row.seed)).collect();
            Coverage {
                name: relation.short(),
                measured: runs.len(),
                of,
            }
        }));
        coverage
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(data)
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        sections::sections(data)
    }
}

#[cfg(test)]
mod tests;

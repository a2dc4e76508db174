//! pah-phases: which row of the phase table each layer is in, over weight decay.
//!
//! That the paper lists phases in a table is FOUND; its 12 rows are derived (DERIVED, `formant_theory::phases`). A layer has
//! the row whose relations it comes nearest to, or none where nothing fits; its distance is then that of the nearest row.
//! A layer whose weight has collapsed to the few directions that the task has outputs is in no row, whatever it does, so
//! that there are networks of one output and of ten.

mod claims;
mod labels;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::figure::{Data, SweepFigure};
use crate::table::{Row, Select};
use crate::{Claim, Section};
use labels::Labels;

/// The figure `pah-phases`.
#[derive(Debug, Clone, Copy)]
pub struct Phases;

impl SweepFigure for Phases {
    fn id(&self) -> &'static str {
        "pah-phases"
    }

    fn uses(&self, row: &Row) -> bool {
        row.statistic.starts_with("phase_")
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        // A refusal is an answer: a layer of rank one cannot be compared with any row.
        let distances = data.table.select().statistic("phase_distance");
        let answered = distances.at_last_step().quantity(|_| Some(1.0));
        vec![("labelled or refused".to_owned(), answered)]
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&Labels::of_tasks(&data.table))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let subtitle = data.subtitle("T1 of arXiv 2410.03006, as measured");
        plot::chart(&Labels::of_tasks(&data.table), subtitle)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&Labels::of_tasks(&data.table))
    }
}

#[cfg(test)]
mod tests;

//! nc-equivalence: the six relations of the readout beside neural collapse, over training.
//!
//! That the two are equivalent in the interpolation regime of classification, under two conditions (a quasi-interpolating
//! model, an isotropic loss gradient), is FOUND (Theorem 3); the exact wording is UNKNOWN. Here all twelve numbers are
//! measured at the same steps: six alphas, NC1 to NC4, and both conditions.

mod claims;
mod plot;
mod readout;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::figure::{Along, Data, SweepFigure};
use crate::formation::relations::{self, RELATIONS};
use crate::table::{Row, Select};
use crate::{Claim, Section};
use readout::{COLLAPSE, Readout, is_collapse};

/// The figure `nc-equivalence`.
#[derive(Debug, Clone, Copy)]
pub struct Collapse;

impl SweepFigure for Collapse {
    fn id(&self) -> &'static str {
        "nc-equivalence"
    }

    fn uses(&self, row: &Row) -> bool {
        let shown = relations::has(row) || is_collapse(&row.statistic);
        (row.layer == row.depth + 1 && shown) || row.statistic == "test_accuracy"
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let relations = RELATIONS.map(|relation| {
            let alpha = relation.view(Along::STEP).all(&data.table);
            (format!("alpha of {}", relation.short()), alpha)
        });
        let collapse = COLLAPSE.map(|part| {
            let measure = data.table.select().statistic(part.statistic);
            (part.name.to_owned(), measure)
        });
        relations.into_iter().chain(collapse).collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&Readout::of_tasks(&data.table))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let subtitle = data.subtitle("Theorem 3 of arXiv 2410.03006");
        plot::chart(&Readout::of_tasks(&data.table), subtitle)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&Readout::of_tasks(&data.table))
    }
}

#[cfg(test)]
mod tests;

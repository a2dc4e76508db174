//! crh-sweeps: alpha against depth, learning rate, batch size, activation, initial scale and label noise.
//!
//! That the paper sweeps other settings of its fully connected experiment is FOUND; which ones and what they show is
//! UNKNOWN. Here every sweep starts from one base point and varies one setting, and is summed up by two numbers: alpha of
//! hidden layer 1, and the mean of alpha over layers 3 and later (the last one where a network has fewer).

mod claims;
mod plot;
mod points;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::figure::{Along, Data, SweepFigure, View};
use crate::formation::relations;
use crate::table::{Row, Select};
use crate::{Claim, Section};
use points::Sweep;

/// The figure `crh-sweeps`.
#[derive(Debug, Clone, Copy)]
pub struct Sweeps;

impl SweepFigure for Sweeps {
    fn id(&self) -> &'static str {
        "crh-sweeps"
    }

    fn uses(&self, row: &Row) -> bool {
        relations::has(row)
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let alpha = View::of_layers("alpha_rga", Along::MAP).all(&data.table);
        vec![("alpha of every layer".to_owned(), alpha)]
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&Sweep::all(&data.table))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        plot::chart(
            &Sweep::all(&data.table),
            data.subtitle("F-other of arXiv 2410.03006"),
        )
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&Sweep::all(&data.table), data.table.seeds().len())
    }
}

#[cfg(test)]
mod tests;

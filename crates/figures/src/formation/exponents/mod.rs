//! pah-exponents: which power of one matrix of a layer another one is, for all layers, over weight decay.
//!
//! That exponents lie in \\([-1, 3]\\), positive ones between \\(H\\) and \\(G\\) in \\([1/3, 3]\\), is FOUND (Theorem 2);
//! the paper reads three exponents (3, 2, 1) off a picture of transformer layers by eye. Here every layer has a fit with an
//! interval, and a fit counts as a power law only where it is one (see `fits`): two matrices without a common
//! eigenbasis have an exponent too, which means nothing. A matrix of one direction has none, so that there are networks of
//! one output and of ten: the former's gradients are of rank one from the third map on.

mod claims;
mod fits;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::figure::{Data, SweepFigure};
use crate::table::{Row, Select};
use crate::{Claim, Section};
use fits::{Fits, PAIRS};

/// The figure `pah-exponents`.
#[derive(Debug, Clone, Copy)]
pub struct Exponents;

impl SweepFigure for Exponents {
    fn id(&self) -> &'static str {
        "pah-exponents"
    }

    fn uses(&self, row: &Row) -> bool {
        let mut families = ["exponent_", "r2_", "commutator_", "delta_aic_"].into_iter();
        families.any(|family| row.statistic.starts_with(family))
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let pairs = PAIRS.iter();
        let headline = pairs.map(|pair| {
            let rows = data.table.select().statistic(pair.statistic("exponent"));
            // A refusal is an answer: a layer of rank one has no exponent.
            let answered = rows.at_last_step().quantity(|_| Some(1.0));
            (format!("{}, fitted or refused", pair.name), answered)
        });
        headline.collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&Fits::of_tasks(&data.table))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let subtitle = data.subtitle("F-llm of arXiv 2410.03006, for fully connected networks");
        plot::chart(&Fits::of_tasks(&data.table), data.spectra, subtitle)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&Fits::of_tasks(&data.table))
    }
}

#[cfg(test)]
mod tests;

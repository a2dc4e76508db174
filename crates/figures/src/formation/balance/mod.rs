//! crh-balance: the assumptions of Theorem 1, its balance equations, and what follows from them.
//!
//! The theorem and its assumptions are FOUND; the equations (i) to (iv) are a reconstruction (DERIVED), as are the two
//! constants and the first-power law in gamma. The paper verifies none of the assumptions, so all criteria are ours, and
//! come from what the theory would call a balance.

mod claims;
mod networks;
mod plot;
mod powers;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::figure::{Data, SweepFigure};
use crate::table::{Row, Select};
use crate::{Claim, Section};
use networks::{Networks, RESIDUALS, SELF_AVERAGING};

/// The figure `crh-balance`.
#[derive(Debug, Clone, Copy)]
pub struct Balance;

/// How the names of its statistics start.
const FAMILIES: [&str; 8] = [
    "stationarity_",
    "mean_stationarity",
    "residual_",
    "cv_",
    "self_averaging_",
    "constant_",
    "trace_ratio",
    "steps_times_eta_gamma",
];

impl SweepFigure for Balance {
    fn id(&self) -> &'static str {
        "crh-balance"
    }

    fn uses(&self, row: &Row) -> bool {
        let mut families = FAMILIES.iter();
        families.any(|family| row.statistic.starts_with(family))
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let names = [
            RESIDUALS,
            SELF_AVERAGING,
            &[("trace_ratio", "tr G_b / tr Z_b")],
        ]
        .concat();
        let headline = names.into_iter().map(|(statistic, name)| {
            let rows = data.table.select().statistic(statistic);
            (name.to_owned(), rows.filter(networks::is_hidden))
        });
        headline.collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&Networks::new(data))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let subtitle = data.subtitle("Theorem 1 of arXiv 2410.03006");
        plot::chart(&Networks::new(data), subtitle)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&Networks::new(data))
    }
}

#[cfg(test)]
mod tests;

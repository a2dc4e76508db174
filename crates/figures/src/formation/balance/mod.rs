//! crh-balance: the assumptions of Theorem 1, its balance equations, and what follows from them.
//!
//! The theorem and its assumptions are FOUND; the equations (i) to (iv) are a reconstruction (DERIVED), as are the two
//! constants and the first-power law in gamma. The paper verifies none of the assumptions, so all criteria are ours, and
//! come from what the theory would call a balance.

mod claims;
mod plot;
mod powers;
mod sections;
#[doc(hidden)]
pub mod synthetic;
mod view;

use crate::chart::Chart;
use crate::figure::{Data, SweepFigure};
use crate::table::{Row, Select};
use crate::{Claim, Section};
use view::View;

/// The figure.
pub struct Balance;

impl SweepFigure for Balance {
    fn id(&self) -> &'static str {
        "crh-balance"
    }

    fn uses(&self, row: &Row) -> bool {
        let name = row.statistic.as_str();
        let families = [
            "stationarity_",
            "residual_",
            "cv_",
            "self_averaging_",
            "constant_",
        ];
        let others = [
            "trace_ratio",
            "mean_stationarity",
            "mean_stationarity_debiased",
            "steps_times_eta_gamma",
        ];
        families.iter().any(|family| name.starts_with(family)) || others.contains(&name)
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let hidden = |statistic: &str| {
            let rows = data.table.select().statistic(statistic);
            rows.filter(|row| row.layer >= 1 && row.layer <= row.depth)
        };
        let names = view::RESIDUALS.iter().chain(&view::SELF_AVERAGING);
        let mut headline: Vec<(String, Select<'t>)> = names
            .map(|(statistic, name)| ((*name).to_owned(), hidden(statistic)))
            .collect();
        headline.push(("tr G_b / tr Z_b".to_owned(), hidden("trace_ratio")));
        headline
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&View::new(data))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let subtitle = data.subtitle("Theorem 1 of arXiv 2410.03006");
        plot::chart(&View::new(data), subtitle)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&View::new(data))
    }
}

#[cfg(test)]
mod tests;

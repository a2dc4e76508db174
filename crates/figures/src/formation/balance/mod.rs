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
pub(super) mod synthetic;

use crate::figure::{SweepFigure, measured_everywhere};
use networks::{Named, Networks, RESIDUALS, SELF_AVERAGING};

/// The figure `crh-balance`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-balance",
    uses: |row| {
        let mut families = FAMILIES.iter();
        families.any(|family| row.statistic.starts_with(family))
    },
    soundness: |data| {
        let ratio: &Named = &[("trace_ratio", "tr G_b / tr Z_b")];
        let headline = [RESIDUALS, SELF_AVERAGING, ratio].concat().into_iter();
        let headline = headline.map(|(statistic, name)| {
            let rows = data.table.select().statistic(statistic);
            (name.to_owned(), rows.filter(networks::is_hidden))
        });
        measured_everywhere(data, headline.collect(), Vec::new())
    },
    claims: |data| claims::claims(&Networks::new(data)),
    chart: |data| {
        let subtitle = data.subtitle("Theorem 1 of arXiv 2410.03006");
        plot::chart(&Networks::new(data), subtitle)
    },
    sections: |data| sections::sections(&Networks::new(data)),
    made_up: || synthetic::rows().into(),
};

/// How the names of its statistics start.
const FAMILIES: [&str; 9] = [
    "stationarity_",
    "mean_stationarity",
    "residual_",
    "cv_",
    "self_averaging_",
    "constant_",
    "trace_ratio",
    "steps_times_eta_gamma",
    "effective_rank_z",
];

#[cfg(test)]
mod tests;

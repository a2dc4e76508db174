//! univ-trajectories: two points through every architecture, beside the theory with two fitted constants.
//!
//! The paper's panels show one run each (FOUND: network solid, theory dashed, three colours); here one seed stands out and
//! the others are thin lines behind it. Its statement is that two constants per architecture suffice.

mod claims;
mod plot;
mod sections;

use crate::chart::Chart;
use crate::universality::two_points::{Fits, trajectories};
use crate::universality::{Coverage, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};

/// The figure. It uses moments and fits of every setting of the table, in the notebooks' mode where it was run.
#[derive(Debug, Clone, Copy)]
pub struct Trajectories;

impl PairFigure for Trajectories {
    fn id(&self) -> &'static str {
        "univ-trajectories"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Moments
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        trajectories(tables, "notebook")
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        courses_and_fits(data)
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(data)
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        sections::sections(&Fits::new(&data.tables.fits))
    }
}

/// That every run has its trajectory and the verdict of a fit.
pub(crate) fn courses_and_fits(data: &PairData) -> Vec<Coverage> {
    let courses = crate::universality::two_points::courses(&data.tables.moments);
    let decided = |fit: &&crate::universality::FitRow| {
        let fitted = fit.eta_h.is_some() && fit.eta_y.is_some() && fit.sse.is_some();
        if fit.fit_ok {
            fitted
        } else {
            fit.refusal.is_some()
        }
    };
    let coverage = |name: &str, measured| Coverage {
        name: name.to_owned(),
        measured,
        of: data.runs.len(),
    };
    vec![
        coverage("trajectory", courses.len()),
        coverage(
            "fit or refusal",
            data.tables.fits.iter().filter(decided).count(),
        ),
    ]
}

#[cfg(test)]
mod tests;

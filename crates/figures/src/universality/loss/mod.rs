//! univ-loss: the training loss of two points, beside the theory's.
//!
//! The theory has the mean prediction fitted first, exponentially, and then the difference:
//! \\(L(t) = \tfrac14\[2 Y_0 e^{-2\eta_{\bar y} t} + w + \tfrac12(dy^2 - y)\]\\) (FOUND in the authors' code), so that the loss
//! rests at \\(dy^2/8\\) while the representation has not moved apart yet.

mod claims;
mod plateau;
mod plot;
mod sections;

use crate::chart::Chart;
use crate::universality::two_points::trajectories;
use crate::universality::{Coverage, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};

/// The figure. It uses the same rows as `univ-trajectories`.
#[derive(Debug, Clone, Copy)]
pub struct PairLoss;

impl PairFigure for PairLoss {
    fn id(&self) -> &'static str {
        "univ-loss"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Moments
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        trajectories(tables, "notebook")
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        crate::universality::trajectories::courses_and_fits(data)
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(data)
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        vec![sections::section(data)]
    }
}

#[cfg(test)]
mod tests;

//! univ-universality: every architecture on one plot, after rescaling by its two fitted constants. Not in the paper.
//!
//! With small initial distances the theory has one solution for all architectures and data (DERIVED). Let
//! \\(\tau = \eta_y h_\infty (t - t_{1/2})\\), with \\(t_{1/2}\\) where \\(y\\) passes \\(dy^2/2\\). From the first integral
//! \\(y = (\eta_y / \eta_h dx^2)\\, h^2\\) and \\(h' = -\eta_h dx^2 w\\) follow
//!
//! \\[ \frac{h}{h_\infty} = \sigma(\tau + \operatorname{arsinh} 1), \qquad \frac{y}{dy^2} = \frac{h^2}{h_\infty^2},
//! \qquad \frac{w}{dy^2/4} = 4 \left( \frac{h^2}{h_\infty^2} - \frac{h}{h_\infty} \right), \\]
//!
//! a logistic curve \\(\sigma\\) and two functions of it. What is left of a network is how far it departs from them.

mod claims;
mod plot;
mod rescaled;
mod sections;

use crate::chart::Chart;
use crate::universality::two_points::trajectories;
use crate::universality::{Coverage, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};

/// The figure. It uses the same rows as `univ-trajectories`.
#[derive(Debug, Clone, Copy)]
pub struct Universality;

impl PairFigure for Universality {
    fn id(&self) -> &'static str {
        "univ-universality"
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

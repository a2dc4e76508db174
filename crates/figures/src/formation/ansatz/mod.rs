//! nfa-equivariance: the neural feature ansatz and the gradient–weight relation under a fixed transform of the output.
//!
//! With \\(f' = Z f\\) for an invertible \\(Z\\) and the loss \\(\ell'(f') = \ell(Z^{-1} f')\\), gradients by hidden layers
//! stay what they are, so that the relation between \\(W^\top W\\) and \\(G_a\\) does not change (FOUND), while the average
//! gradient outer product (AGOP) becomes \\(E\[J^\top Z^\top Z J\]\\) (DERIVED). That the ansatz is the special case of an
//! isotropic loss gradient is FOUND. The paper shows no such experiment.

mod claims;
mod maps;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::figure::{Data, SweepFigure};
use crate::table::{Row, Select};
use crate::{Claim, Section};
use maps::{KINDS, Maps};

/// The figure `nfa-equivariance`.
#[derive(Debug, Clone, Copy)]
pub struct Ansatz;

impl SweepFigure for Ansatz {
    fn id(&self) -> &'static str {
        "nfa-equivariance"
    }

    fn uses(&self, row: &Row) -> bool {
        let name = row.statistic.as_str();
        let mut kinds = KINDS.into_iter();
        let is_kind = kinds.any(|kind| kind.statistic == name || kind.untransformed() == name);
        let normalized = ["alpha_gwa", "offdiagonal_gwa", "calibrated_gwa"];
        row.side == "a" && (is_kind || normalized.contains(&name))
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let headline = KINDS.iter().map(|kind| {
            let rows = data.table.select().statistic(kind.statistic);
            (kind.name.to_owned(), rows.at_last_step())
        });
        headline.collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&Maps::new(&data.table))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        plot::chart(
            &Maps::new(&data.table),
            data.subtitle("section 6.4 of arXiv 2410.03006"),
        )
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&Maps::new(&data.table))
    }
}

#[cfg(test)]
mod tests;

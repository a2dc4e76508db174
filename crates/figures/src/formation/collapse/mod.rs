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
use crate::figure::{Data, SweepFigure};
use crate::table::{Row, Select};
use crate::{Claim, Section};
use readout::Readout;

/// The figure.
pub struct Collapse;

impl SweepFigure for Collapse {
    fn id(&self) -> &'static str {
        "nc-equivalence"
    }

    fn uses(&self, row: &Row) -> bool {
        let name = row.statistic.as_str();
        let relation = matches!(
            name.split_once('_'),
            Some((
                "alpha" | "offdiagonal" | "calibrated",
                "rga" | "rwa" | "gwa"
            ))
        );
        let of_readout = row.layer == row.depth + 1 && (relation || readout::is_collapse(name));
        of_readout || name == "test_accuracy"
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let select = |statistic: &str| data.table.select().statistic(statistic);
        let relations = readout::RELATIONS.iter().map(|relation| {
            let alpha = select(relation.statistic).side(relation.side);
            (
                format!("alpha of {}", relation.name),
                alpha.variant("normalized"),
            )
        });
        let collapse = readout::COLLAPSE
            .iter()
            .map(|part| (part.name.to_owned(), select(part.statistic)));
        relations.chain(collapse).collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&Readout::all(&data.table))
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let subtitle = data.subtitle("Theorem 3 of arXiv 2410.03006");
        plot::chart(&Readout::all(&data.table), subtitle)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        sections::sections(&Readout::all(&data.table), &data.table)
    }
}

#[cfg(test)]
mod tests;

//! F-width: alpha between cov(g, g) and cov(h, h) of layers 1 to 5 against width.
//!
//! The paper shows one run a width. Here every point has seeds, an interval and a null level, and the paper's digitised
//! values drawn over it.

mod claims;
mod digitised;
#[doc(hidden)]
pub mod synthetic;

pub use digitised::{PAPER, PAPER_ALPHA, PAPER_WIDTHS};

use crate::Claim;
use crate::chart::Chart;
use crate::figure::{Along, Data, SweepFigure, View};

/// The figure `crh-width`: post-activations at the last step of networks of different widths.
#[derive(Debug, Clone, Copy)]
pub struct Width;

const ALPHA: View = View::of_layers("alpha_rga", Along::WIDTH);

impl SweepFigure for Width {
    fn id(&self) -> &'static str {
        "crh-width"
    }

    fn views(&self) -> Vec<View> {
        vec![ALPHA]
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let table = &data.table;
        let panel = |view: View, title| view.panel_of_seeds(table, title);
        let largest = table.select().distinct(Along::WIDTH.of).last().copied();
        let paper = PAPER.markers(table.depth() as usize, largest.unwrap_or(0.0));
        let main = "α between cov(g, g) and cov(h, h): normalized, post-activations";
        let small = vec![
            panel(ALPHA.variant("raw"), "α, raw second moments"),
            panel(
                ALPHA.statistic("offdiagonal_rga"),
                "α, off-diagonal entries only",
            ),
        ];
        Chart::new(
            "Alignment of gradients and representations against width",
            data.subtitle("F-width of arXiv 2410.03006"),
        )
        .key(ALPHA.lines.key())
        .headline(panel(ALPHA, main).reference(paper), small)
    }
}

#[cfg(test)]
mod tests;

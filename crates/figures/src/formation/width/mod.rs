//! F-width: alpha between cov(g, g) and cov(h, h) of layers 1 to 5 against width.
//!
//! The paper shows one run a width. Here every point has seeds, an interval and a null level, and the paper's digitised
//! values drawn over it.

mod claims;
mod digitised;
mod synthetic;

pub use digitised::{PAPER, PAPER_ALPHA, PAPER_WIDTHS};

use crate::chart::Chart;
use crate::figure::{Along, Data, SweepFigure, View, measured_everywhere};

/// The figure `crh-width`: post-activations at the last step of networks of different widths.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-width",
    uses: |row| ALPHA.uses(row),
    soundness: |data| measured_everywhere(data, ALPHA.named(&data.table), Vec::new()),
    claims: |data| claims::claims(&data.table),
    chart,
    sections: |data| ALPHA.alpha_sections(&data.table),
    made_up: || synthetic::rows().into(),
};

const ALPHA: View = View::of_layers("alpha_rga", Along::WIDTH);
const OFF_DIAGONAL: View = ALPHA.statistic("offdiagonal_rga");

fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let panel = |view: View, title| view.panel_of_seeds(table, title);
    let paper = PAPER.markers(table, Along::WIDTH);
    let main = "α between cov(g, g) and cov(h, h): normalized, post-activations";
    let small = vec![
        panel(ALPHA.variant("raw"), "α, raw second moments"),
        panel(OFF_DIAGONAL, "α, off-diagonal entries only"),
    ];
    Chart::new(
        "Alignment of gradients and representations against width",
        data.subtitle("F-width of arXiv 2410.03006"),
    )
    .key(ALPHA.lines.key)
    .headline(panel(ALPHA, main).reference(paper), small)
}

#[cfg(test)]
mod tests;

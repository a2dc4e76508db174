//! F-width: alpha between cov(g, g) and cov(h, h) of layers 1 to 5 against width.
//!
//! The paper shows one run a width. Here every point has seeds, an interval and a null level, and the paper's digitised
//! values drawn over it.

mod claims;
mod digitised;
mod plot;
#[doc(hidden)]
pub mod synthetic;

pub use digitised::{PAPER_ALPHA, PAPER_WIDTHS, PRECISION};

use crate::chart::Chart;
use crate::sweep::{Data, Grid, Row, Select, SweepFigure, Table, alpha_sections, layer_columns};
use crate::{Claim, Section};

/// The figure `crh-width`. It uses `alpha_rga`, `offdiagonal_rga` and `calibrated_rga` of side a at the last step of
/// networks of different widths.
#[derive(Debug, Clone, Copy)]
pub struct Width;

fn width(row: &Row) -> f64 {
    f64::from(row.width)
}

/// Alpha of hidden layer `layer` at the end of training.
fn alpha<'t>(table: &'t Table<'t>, layer: u32, variant: &'t str) -> Select<'t> {
    let alpha = table.select().statistic("alpha_rga").variant(variant);
    alpha.hidden(layer).at_last_step()
}

fn layers(table: &Table<'_>) -> std::ops::RangeInclusive<u32> {
    1..=table.depth()
}

fn by_layer<'t>(table: &'t Table<'t>) -> Vec<(String, Select<'t>)> {
    let layers = layers(table);
    layers
        .map(|layer| (format!("layer {layer}"), alpha(table, layer, "normalized")))
        .collect()
}

impl SweepFigure for Width {
    fn id(&self) -> &'static str {
        "crh-width"
    }

    fn uses(&self, row: &Row) -> bool {
        row.side == "a"
            && row.layer >= 2
            && ["alpha_rga", "offdiagonal_rga", "calibrated_rga"].contains(&row.statistic.as_str())
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        by_layer(&data.table)
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let grid = Grid {
            x_name: "width",
            x: width,
            x_text: |width| format!("{width}"),
            decimals: 3,
        };
        alpha_sections(&data.table, &grid, |of| {
            layer_columns(layers(&data.table), |layer| {
                of("rga").hidden(layer).at_last_step()
            })
        })
    }
}

#[cfg(test)]
mod tests;

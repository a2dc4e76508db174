//! Raw, centered and normalized covariances side by side, over weight decay.
//!
//! The theory speaks of raw second moments; the paper's experiments normalise every sample and subtract the mean, with an
//! appendix of un-normalised results (FOUND; its content is not known). What depends on that choice is shown here.

mod claims;
mod plot;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::sweep::{Data, Grid, Row, Select, SweepFigure, Table, alpha_sections, layer_columns};
use crate::{Claim, Section};

/// The figure `crh-raw`. It uses `alpha_rga`, `offdiagonal_rga` and `calibrated_rga` of side a in all variants, at the last
/// step of networks of different weight decays.
#[derive(Debug, Clone, Copy)]
pub struct Raw;

/// The variants, the paper's first.
const VARIANTS: [&str; 3] = ["normalized", "centered", "raw"];

fn gamma(row: &Row) -> f64 {
    row.gamma
}

fn layers(table: &Table<'_>) -> std::ops::RangeInclusive<u32> {
    1..=table.depth()
}

/// Alpha of hidden layer `layer` at the end of training.
fn alpha<'t>(table: &'t Table<'t>, layer: u32, variant: &'t str) -> Select<'t> {
    let alpha = table.select().statistic("alpha_rga").variant(variant);
    alpha.hidden(layer).at_last_step()
}

/// Alpha of a variant less the normalized one of the same network.
fn difference<'t>(table: &'t Table<'t>, layer: u32, variant: &'t str) -> Select<'t> {
    alpha(table, layer, variant).minus(&alpha(table, layer, "normalized"))
}

impl SweepFigure for Raw {
    fn id(&self) -> &'static str {
        "crh-raw"
    }

    fn uses(&self, row: &Row) -> bool {
        row.side == "a"
            && row.layer >= 2
            && ["alpha_rga", "offdiagonal_rga", "calibrated_rga"].contains(&row.statistic.as_str())
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let table = &data.table;
        let cells = VARIANTS.into_iter().flat_map(|variant| {
            layers(table).map(move |layer| {
                let name = format!("layer {layer}, {variant}");
                (name, alpha(table, layer, variant))
            })
        });
        cells.collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let table = &data.table;
        let grid = Grid {
            x_name: "gamma",
            x: gamma,
            x_text: |gamma| format!("{gamma:.3e}"),
            decimals: 3,
        };
        let mut sections = alpha_sections(table, &grid, |of| {
            layer_columns(layers(table), |layer| {
                of("rga").hidden(layer).at_last_step()
            })
        });
        let differences = ["centered", "raw"].map(|variant| {
            let columns = layer_columns(layers(table), |layer| difference(table, layer, variant));
            format!(
                "{variant} minus normalized:\n\n{}",
                grid.to_markdown(table, &columns)
            )
        });
        let text = "Difference of alpha in the same network, mean over seeds [its 95 % interval].";
        sections.push(Section::new(
            "How much the choice matters",
            format!("{text}\n\n{}", differences.join("\n")),
        ));
        sections
    }
}

#[cfg(test)]
mod tests;

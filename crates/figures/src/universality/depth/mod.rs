//! univ-depth: which layer of the default network the theory fits.
//!
//! The same run is fitted at every hidden layer, with the distance of outputs shared. The paper's panel shows three scaled
//! lines without a vertical axis (FOUND); here each has its own. Squared errors are sums over three curves of 3000 epochs.

mod claims;
mod layers;
mod plot;

use crate::chart::Chart;
use crate::claims::shown;
use crate::text::markdown_table;
use crate::universality::drawn::short;
use crate::universality::two_points::default_data;
use crate::universality::{Coverage, FitRow, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};
use layers::{Layers, QUANTITIES};

/// The figure. It uses fits of the setting `default` at every hidden layer, in the table's mode where it was run.
#[derive(Debug, Clone, Copy)]
pub struct Depth;

impl PairFigure for Depth {
    fn id(&self) -> &'static str {
        "univ-depth"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Fits
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let uses = |fit: &&FitRow| {
            fit.setting == "default" && fit.dynamics == "original" && default_data(fit.dx2, fit.dy2)
        };
        let fits: Vec<FitRow> = tables.fits.iter().filter(uses).cloned().collect();
        let table = fits.iter().any(|fit| fit.mode == "table");
        PairTables {
            fits: fits
                .into_iter()
                .filter(|fit| !table || fit.mode == "table")
                .collect(),
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let fits = &data.tables.fits;
        let fitted =
            |fit: &&FitRow| fit.sse.is_some() && fit.eta_h.is_some() && fit.eta_y.is_some();
        let layers = Layers::new(fits);
        vec![Coverage {
            name: "fit of every layer".to_owned(),
            measured: fits.iter().filter(fitted).count(),
            of: data.runs.len() * layers.indices().len(),
        }]
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(&Layers::new(&data.tables.fits))
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        let layers = Layers::new(&data.tables.fits);
        let mut header = vec!["layer".to_owned()];
        header.extend(QUANTITIES.map(|quantity| quantity.name.to_owned()));
        let rows = layers.indices().into_iter().map(|layer| {
            let mut cells = vec![layer.to_string()];
            cells
                .extend(QUANTITIES.map(|quantity| {
                    shown(data.seeds().len(), layers.mean(quantity, layer), short)
                }));
            cells
        });
        let table = markdown_table(&header, &rows.collect::<Vec<_>>());
        let text = "Geometric mean over seeds [its 95 % interval]. Errors are brought to 3000 epochs, rates to the table's learning rate.";
        vec![Section::new(
            "Fits of every layer",
            format!("{text}\n\n{table}"),
        )]
    }
}

#[cfg(test)]
mod tests;

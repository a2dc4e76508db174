//! Fits by layer and seed.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::palette;
use crate::universality::authors::LayerRun;
use crate::universality::two_points::at_table_rate;
use crate::universality::{CheckedTables, FitRow};
use crate::{Estimate, Range};

/// A number of a fit that is followed over layers.
#[derive(Clone, Copy)]
pub(super) struct Quantity {
    pub name: &'static str,
    pub color: &'static str,
    number: fn(&FitRow) -> Option<f64>,
    /// The same of the authors' code.
    pub theirs: fn(&LayerRun) -> f64,
}

/// Squared error of 3000 epochs.
pub(super) const SSE: Quantity = Quantity {
    name: "squared error",
    color: "#b2182b",
    number: |fit| Some(fit.sse? * 3000.0 / fit.epochs as f64),
    theirs: |run| run.sse,
};
/// The rate of the representation, at the table's learning rate.
pub(super) const ETA_H: Quantity = Quantity {
    name: "eta_h",
    color: palette::DISTANCE_H,
    number: |fit| at_table_rate(fit, fit.eta_h),
    theirs: |run| run.eta_h,
};
/// The rate of the output.
pub(super) const ETA_Y: Quantity = Quantity {
    name: "eta_y",
    color: palette::DISTANCE_Y,
    number: |fit| at_table_rate(fit, fit.eta_y),
    theirs: |run| run.eta_y,
};

pub(super) const QUANTITIES: [Quantity; 3] = [SSE, ETA_H, ETA_Y];

/// The fits of one setting.
pub(super) struct Layers<'a> {
    fits: &'a [FitRow],
}

impl<'a> Layers<'a> {
    pub fn of(data: &'a CheckedTables) -> Self {
        Self {
            fits: &data.tables.fits,
        }
    }

    /// The layers that were fitted.
    pub fn indices(&self) -> Vec<u32> {
        let layers: BTreeSet<u32> = self.fits.iter().map(|fit| fit.layer).collect();
        layers.into_iter().collect()
    }

    /// The geometric mean over seeds at a layer: errors and rates range over powers of ten.
    pub fn mean(&self, quantity: Quantity, layer: u32) -> Option<Estimate> {
        Estimate::geometric(&self.values(quantity, layer))
    }

    /// One number a seed.
    pub fn values(&self, quantity: Quantity, layer: u32) -> Vec<f64> {
        let fits = self.fits.iter().filter(|fit| fit.layer == layer);
        fits.filter_map(quantity.number).collect()
    }

    /// Each seed's line over layers.
    pub fn lines(&self, quantity: Quantity) -> Vec<Vec<(f64, f64)>> {
        let mut lines: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
        for fit in self.fits {
            if let Some(value) = (quantity.number)(fit) {
                let line = lines.entry(fit.seed).or_default();
                line.push((f64::from(fit.layer), value));
            }
        }
        for line in lines.values_mut() {
            line.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        lines.into_values().collect()
    }

    /// The mean over seeds of a number made of each seed's line.
    pub fn over_seeds(
        &self,
        quantity: Quantity,
        range: Range,
        number: impl Fn(&[(f64, f64)]) -> Option<f64>,
    ) -> Option<Estimate> {
        let lines = self.lines(quantity);
        let numbers: Vec<f64> = lines.iter().filter_map(|line| number(line)).collect();
        Estimate::mean(&numbers, range)
    }
}

//! One panel of F-gamma: a quantity of every layer against weight decay.

use kuva::plot::ScatterPlot;
use kuva::render::plots::Plot;

use super::plot::{COLORS, MARKERS};
use super::table::{LAYERS, Series};
use super::{LayerRow, Table};
use crate::chart::picture::{Canvas, Face, Mapping};
use crate::{Estimate, Range};

/// Sideways shift between neighbouring layers, as a share of the axis, so that equal values do not hide each other.
const DODGE: f64 = 0.017;
/// Shift of the dots for single seeds off their layer's interval, in units of [`DODGE`].
const DOT_SHIFT: f64 = 0.35;

/// What a panel shows.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    pub series: Series,
    pub quantity: fn(&LayerRow) -> Option<f64>,
    pub range: Range,
    /// Ends of the horizontal axis.
    pub x: (f64, f64),
    /// The largest value that the quantity usually takes.
    pub top: f64,
    /// Radius of the markers, in pixels.
    pub radius: f64,
}

/// Where on an axis from `x.0` to `x.1` the point of a layer, which may be a fraction, at `gamma` is drawn.
pub(super) fn dodged(x: (f64, f64), gamma: f64, layer: f64) -> f64 {
    gamma * (x.1 / x.0).powf(DODGE * (layer - 3.0))
}

fn color(layer: u32) -> &'static str {
    COLORS[layer as usize - 1]
}

impl Panel {
    fn estimate(&self, table: &Table, layer: u32, gamma: f64) -> Option<Estimate> {
        table.estimate(self.series, layer, gamma, self.range, self.quantity)
    }

    /// Ends of the vertical axis: a little beyond 0 and `top`, further where a value or an interval goes further.
    pub fn window(&self, table: &Table) -> (f64, f64) {
        let room = 0.05 * self.top;
        let mut reach = vec![0.0, self.top];
        for layer in LAYERS {
            reach.extend(
                self.seed_values(table, layer)
                    .iter()
                    .map(|&(_, value)| value),
            );
            for &gamma in table.gammas() {
                let interval = self
                    .estimate(table, layer, gamma)
                    .and_then(|estimate| estimate.interval());
                reach.extend(interval.into_iter().flat_map(|(low, high)| [low, high]));
            }
        }
        let low = reach.iter().copied().fold(f64::INFINITY, f64::min);
        let high = reach.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (low - room, high + room)
    }

    /// A faint dot for each seed, where there are several.
    pub fn dots(&self, table: &Table) -> Vec<Plot> {
        if table.seeds().len() < 2 {
            return Vec::new();
        }
        let dots = LAYERS.map(|layer| {
            ScatterPlot::new()
                .with_data(self.seed_values(table, layer))
                .with_color(color(layer))
                .with_size(0.4 * self.radius)
                .with_marker_opacity(0.6)
                .into()
        });
        dots.into()
    }

    fn seed_values(&self, table: &Table, layer: u32) -> Vec<(f64, f64)> {
        let cells = table
            .gammas()
            .iter()
            .flat_map(|&gamma| table.seeds().iter().map(move |&seed| (gamma, seed)));
        cells
            .filter_map(|(gamma, seed)| {
                let row = table.row(self.series, layer, gamma, seed)?;
                let x = dodged(self.x, gamma, f64::from(layer) + DOT_SHIFT);
                Some((x, (self.quantity)(row)?))
            })
            .collect()
    }

    /// Marks of the weight decays at `floor`, lines through the means, intervals, and filled markers.
    pub fn marks(&self, canvas: &mut Canvas, table: &Table, mapping: &Mapping, floor: f64) {
        canvas.inner_ticks(mapping, table.gammas(), floor);
        for (layer, shape) in LAYERS.into_iter().zip(MARKERS) {
            let estimates = table.gammas().iter().filter_map(|&gamma| {
                let estimate = self.estimate(table, layer, gamma)?;
                Some((dodged(self.x, gamma, f64::from(layer)), estimate))
            });
            let estimates: Vec<(f64, Estimate)> = estimates.collect();
            let means: Vec<(f64, f64)> = estimates
                .iter()
                .map(|&(x, estimate)| mapping.point(x, estimate.value))
                .collect();
            canvas.polyline(means.clone(), color(layer), 0.36 * self.radius);
            for (x, estimate) in estimates {
                if let Some((low, high)) = estimate.interval() {
                    let (low, high) = (mapping.point(x, low), mapping.point(x, high));
                    canvas.error_bar(low, high, color(layer));
                }
            }
            for at in means {
                canvas.marker(shape, Face::Filled, at, self.radius, color(layer));
            }
        }
    }
}

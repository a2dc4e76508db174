//! univ-depth: which layer of the default network the theory fits.
//!
//! The same run is fitted at every hidden layer, with the distance of outputs shared. The paper's panel shows three scaled
//! lines without a vertical axis (FOUND); here each has its own. Squared errors are sums over three curves of 3000 epochs.

mod claims;
mod layers;

use super::authors::{DEPTH, DEPTH_SSE_FIRST, DEPTH_SSE_HEAD};
use super::curves::short;
use super::two_points::default_data;
use super::{CheckedTables, Coverage, TableKind, Tables, TablesFigure, synthetic};
use crate::chart::{Axis, Chart, Interval, Line, Panel, Series};
use crate::claims::shown;
use crate::{Marker, Section};
use layers::{ETA_H, ETA_Y, Layers, QUANTITIES, Quantity, SSE};

/// It uses fits of the setting `default` at every hidden layer, in the table's mode where it was run.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-depth",
    main_table: TableKind::Fits,
    select,
    coverage,
    claims: |data| claims::claims(&Layers::of(data)),
    chart,
    sections,
    made_up: synthetic::depth_fits,
};

fn select(tables: &Tables) -> Tables {
    let fits = tables.on_two_points(
        |fit| {
            let default = fit.setting == "default" && default_data(fit.dx2, fit.dy2);
            default && fit.dynamics == "original"
        },
        |_| false,
    );
    fits.in_mode("table")
}

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let fits = data.tables.fits.iter();
    let fitted = fits.filter(|fit| fit.sse.is_some() && fit.eta_h.is_some() && fit.eta_y.is_some());
    vec![Coverage {
        of: data.runs.len() * Layers::of(data).indices().len(),
        ..data.coverage("fit of every layer", fitted.count())
    }]
}

fn chart(data: &CheckedTables) -> Chart {
    let layers = Layers::of(data);
    let notebook = [
        (
            "authors’ notebook",
            Marker::Square,
            "#8a8a8a",
            DEPTH_SSE_HEAD,
        ),
        (
            "its first version",
            Marker::Diamond,
            "#b5b5b5",
            DEPTH_SSE_FIRST,
        ),
    ]
    .map(|(name, marker, shade, errors)| {
        theirs(name, marker, shade, (0..).map(f64::from).zip(errors))
    });
    let panel = |quantity: Quantity, title: &str, y| {
        let panel = Panel::new(title, Axis::linear("hidden layer"), y);
        let notebook = notebook.iter().filter(|_| quantity.name == SSE.name);
        let panel = panel.series(notebook.cloned());
        panel.series(code_and_ours(&layers, quantity, title))
    };
    let panels = vec![
        panel(SSE, "squared error of the fit", Axis::log("")),
        panel(ETA_H, ETA_H.name, Axis::log("")),
        panel(ETA_Y, ETA_Y.name, Axis::linear("").reaching([0.0])),
    ];
    Chart::new(
        "Which layers of the default network the theory fits",
        data.subtitle("F4 of arXiv 2402.09142"),
    )
    .note("Squared error: sum over three curves of 3000 epochs. Rates per epoch at the table's learning rate. Layers are counted from 0. Means are geometric.")
    .row_height(330.0)
    .tiles(3, panels)
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let layers = Layers::of(data);
    let rows = layers.indices().into_iter().map(|layer| {
        let mean = |quantity| shown(data.seeds().len(), layers.mean(quantity, layer), short);
        let means = QUANTITIES.map(mean);
        [layer.to_string()].into_iter().chain(means).collect()
    });
    let columns = QUANTITIES.map(|quantity| quantity.name);
    vec![Section::table(
        "Fits of every layer",
        "Geometric mean over seeds [its 95 % interval]. Errors are brought to 3000 epochs, rates to the table's learning rate.",
        ["layer"].into_iter().chain(columns),
        rows,
    )]
}

/// Ours on top of one run of the authors' code at seed 0.
fn code_and_ours(layers: &Layers<'_>, quantity: Quantity, title: &str) -> [Series; 2] {
    let indices = layers.indices().into_iter();
    let means = indices.filter_map(|layer| Some((f64::from(layer), layers.mean(quantity, layer)?)));
    let ours = Series::new(format!("ours: {title}"), quantity.color, means);
    let ours = ours.interval(Interval::Band);
    let code = DEPTH.iter();
    let code = code.map(|run| (f64::from(run.layer), (quantity.theirs)(run)));
    let code = theirs("authors’ code, one run", Marker::Triangle, "#2b2b2b", code);
    [code, ours.seeds(layers.lines(quantity))]
}

fn theirs(
    name: &str,
    marker: Marker,
    shade: &str,
    points: impl Iterator<Item = (f64, f64)>,
) -> Series {
    let series = Series::scatter(name, shade, points);
    series.marker(marker).line(Line::Dashed)
}

#[cfg(test)]
mod tests;

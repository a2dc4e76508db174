//! The picture of univ-depth.

use super::layers::{ETA_H, ETA_Y, Layers, Quantity, SSE};
use crate::Estimate;
use crate::chart::picture::Marker;
use crate::chart::{Axis, Chart, Interval, Line, Panel, Series, palette};
use crate::universality::PairData;
use crate::universality::authors::{DEPTH, DEPTH_SSE_FIRST, DEPTH_SSE_HEAD, LayerRun};

pub(super) fn chart(data: &PairData) -> Chart {
    let layers = Layers::new(&data.tables.fits);
    let error = panel(
        &layers,
        SSE,
        "squared error of the fit",
        Axis::log(""),
        "#b2182b",
        vec![
            theirs("authors’ notebook", Marker::Square, points(&DEPTH_SSE_HEAD)),
            theirs(
                "its first version",
                Marker::Diamond,
                points(&DEPTH_SSE_FIRST),
            ),
            code(|run| run.sse),
        ],
    );
    let (h, y) = (palette::DISTANCE_H, palette::DISTANCE_Y);
    let rate_h = panel(
        &layers,
        ETA_H,
        "eta_h",
        Axis::log(""),
        h,
        vec![code(|run| run.eta_h)],
    );
    let from_zero = Axis::linear("").reaching([0.0]);
    let rate_y = panel(
        &layers,
        ETA_Y,
        "eta_y",
        from_zero,
        y,
        vec![code(|run| run.eta_y)],
    );
    Chart::new(
        "Which layers of the default network the theory fits",
        data.subtitle("F4 of arXiv 2402.09142"),
    )
    .note("Squared error: sum over three curves of 3000 epochs. Rates per epoch at the table's learning rate. Layers are counted from 0. Means are geometric.")
    .row_height(330.0)
    .tiles(3, vec![error, rate_h, rate_y])
}

/// Ours on top of theirs.
fn panel(
    layers: &Layers<'_>,
    quantity: Quantity,
    title: &str,
    y: Axis,
    color: &str,
    theirs: Vec<Series>,
) -> Panel {
    let indices = layers.indices().into_iter();
    let means = indices.filter_map(|layer| Some((f64::from(layer), layers.mean(quantity, layer)?)));
    let ours = Series::new(format!("ours: {title}"), color, means).interval(Interval::Band);
    Panel::new(title, Axis::linear("hidden layer"), y)
        .series(theirs)
        .series([ours.seeds(layers.lines(quantity))])
}

fn points(series: &[f64]) -> Vec<(f64, f64)> {
    let points = series.iter().enumerate();
    points
        .map(|(layer, value)| (layer as f64, *value))
        .collect()
}

/// One run of the authors' code at seed 0.
fn code(number: fn(&LayerRun) -> f64) -> Series {
    let points = DEPTH.iter().map(|run| (f64::from(run.layer), number(run)));
    theirs("authors’ code, one run", Marker::Triangle, points.collect())
}

fn theirs(name: &str, marker: Marker, points: Vec<(f64, f64)>) -> Series {
    let points = points
        .into_iter()
        .map(|(x, y)| (x, Estimate::without_interval(y, 1)));
    let shade = match marker {
        Marker::Square => "#8a8a8a",
        Marker::Diamond => "#b5b5b5",
        _ => "#2b2b2b",
    };
    Series::new(name, shade, points)
        .marker(marker)
        .line(Line::Dashed)
}

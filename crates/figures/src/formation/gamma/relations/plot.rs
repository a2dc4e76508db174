//! The six relations in the picture of F-gamma: a panel each, and below it a small one of raw second moments.

use super::{Relations, gamma};
use crate::chart::picture::{Canvas, Face};
use crate::chart::{Axis, Panel, Series, draw_panel, palette};
use crate::formation::gamma::plot::WIDTH;
use crate::formation::relations::{RELATIONS, Relation};
use crate::table::null_points;

const EDGE: f64 = 8.0;
const HEADING: f64 = 34.0;
const LARGE: f64 = 224.0;
const SMALL: f64 = 176.0;

/// The height of all panels with their heading.
pub(in crate::formation::gamma) const HEIGHT: f64 = HEADING + 2.0 * LARGE + SMALL;

/// Draws the panels below `top`.
pub(in crate::formation::gamma) fn panels(
    canvas: &mut Canvas,
    relations: &Relations<'_>,
    top: f64,
) {
    let heading = "The six relations of every linear map: α of normalized covariances, and small, of raw second moments";
    canvas.text((24.0, top + 22.0), heading, 15, "black");
    let width = WIDTH - 2.0 * EDGE;
    let (large, small) = ((width / 3.0, LARGE), (width / 6.0, SMALL));
    for (k, relation) in (0..).zip(RELATIONS) {
        let (column, row) = (f64::from(k % 3), f64::from(k / 3));
        let corner = (EDGE + column * large.0, top + HEADING + row * large.1);
        draw_panel(canvas, &normalized(relations, relation), corner, large);
        let corner = (EDGE + f64::from(k) * small.0, top + HEADING + 2.0 * large.1);
        draw_panel(canvas, &raw(relations, relation), corner, small);
    }
}

fn normalized(relations: &Relations<'_>, relation: Relation) -> Panel {
    let alpha = relations.alpha(relation, "normalized");
    let seeds = alpha.seed_lines(gamma).len();
    let series = series(relations, relation, "normalized").map(|(map, series)| {
        let lines = alpha.clone().layer(map).seed_lines(gamma);
        // A single seed's dots would repeat the markers.
        series.seeds(lines.into_values().filter(|_| seeds > 1))
    });
    panel(relation.title.to_owned(), series).null(null_points(std::slice::from_ref(&alpha), gamma))
}

fn raw(relations: &Relations<'_>, relation: Relation) -> Panel {
    let series = series(relations, relation, "raw").map(|(_, series)| series);
    let alpha = relations.alpha(relation, "raw");
    panel(format!("{}, raw", relation.short()), series).null(null_points(&[alpha], gamma))
}

fn panel(title: String, series: impl Iterator<Item = Series>) -> Panel {
    let y = Axis::correlation();
    Panel::new(title, Axis::log("weight decay γ"), y)
        .series(series)
        .dodged()
}

/// Alpha of each map that has the relation's side.
fn series(
    relations: &Relations<'_>,
    relation: Relation,
    variant: &'static str,
) -> impl Iterator<Item = (u32, Series)> {
    let n = relations.maps().count();
    (0..).zip(relations.maps()).map(move |(k, map)| {
        let alpha = relations.alpha(relation, variant).layer(map);
        let series = Series::new(map.to_string(), palette::map(k, n), alpha.by_x(gamma));
        (map, series.marker(palette::marker(k)))
    })
}

/// A line of the legend: the linear maps.
pub(in crate::formation::gamma) fn map_sign(
    canvas: &mut Canvas,
    relations: &Relations<'_>,
    (left, y): (f64, f64),
    label: impl Fn(&mut Canvas, f64, &str),
) {
    label(
        canvas,
        left - 16.0,
        "linear map i makes layer i, in its colour (side b); side a of i is layer i − 1:",
    );
    let n = relations.maps().count();
    for (k, map) in relations.maps().enumerate() {
        let x = left + 510.0 + 62.0 * k as f64;
        let color = palette::map(k, n);
        canvas.line((x - 16.0, y), (x + 16.0, y), &color, 1.8, None);
        canvas.marker(palette::marker(k), Face::Filled, (x, y), 5.0, &color);
        let readout = if k + 1 == n { " (readout)" } else { "" };
        label(canvas, x + 24.0, &format!("{map}{readout}"));
    }
}

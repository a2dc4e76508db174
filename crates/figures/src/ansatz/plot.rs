//! The picture of nfa-equivariance: three alphas for each map, what a transform changes, and the normalized twin.

use super::maps::{KINDS, Kind, Maps};
use crate::Estimate;
use crate::chart::{Axis, Chart, Guide, Line, Panel, Series, palette};
use crate::sweep::{Row, Select, null_points};

pub(super) fn chart(maps: &Maps<'_>, subtitle: String) -> Chart {
    let mut panels: Vec<Panel> = KINDS.iter().map(|kind| alphas(maps, kind)).collect();
    panels.extend(KINDS.iter().map(|kind| changes(maps, kind)));
    panels.extend([
        gwa(maps, "normalized", "α(WᵀW, G_a), normalized"),
        gwa(maps, "centered", "α(WᵀW, G_a), centered"),
        gwa(maps, "raw", "α(WᵀW, G_a), raw, as in the first row"),
    ]);
    Chart::new("Weights, gradients and the neural feature ansatz under a transform of the output", subtitle)
        .key("transform of the output")
        .note("First row: raw second moments. Second row: what the transform changes, seed by seed. An AGOP has no normalized form.")
        .row_height(270.0)
        .tiles(3, panels)
}

fn map(row: &Row) -> f64 {
    f64::from(row.layer)
}

fn maps_axis() -> Axis {
    Axis::linear("linear map")
}

/// Maps are not joined: there is nothing between them.
fn series(maps: &Maps<'_>, transform: &str, points: Vec<(f64, Estimate)>) -> Series {
    let place = maps.transforms.iter().position(|other| *other == transform);
    let k = place.unwrap_or_default();
    Series::new(transform, palette::qualitative(k), points)
        .marker(palette::marker(k))
        .line(Line::Apart)
}

fn alphas(maps: &Maps<'_>, kind: &Kind) -> Panel {
    let selections: Vec<Select<'_>> = maps
        .transforms
        .iter()
        .map(|name| maps.select(kind.statistic, name))
        .collect();
    of_transforms(maps, kind.name, &selections)
}

fn gwa(maps: &Maps<'_>, variant: &'static str, title: &str) -> Panel {
    let selections = maps
        .transforms
        .iter()
        .map(|name| maps.select("alpha_gwa", name).variant(variant));
    of_transforms(maps, title, &selections.collect::<Vec<_>>())
}

fn of_transforms(maps: &Maps<'_>, title: &str, selections: &[Select<'_>]) -> Panel {
    let all = maps
        .transforms
        .iter()
        .zip(selections)
        .map(|(name, select)| {
            series(maps, name, select.by_x(map)).seeds(select.seed_lines(map).into_values())
        });
    Panel::new(title, maps_axis(), Axis::linear("").reaching([0.0, 1.0]))
        .series(all)
        .null(null_points(selections, map))
        .dodged()
}

fn changes(maps: &Maps<'_>, kind: &Kind) -> Panel {
    let all = maps.changed().map(|transform| {
        let points = maps
            .layers
            .iter()
            .filter_map(|&layer| Some((f64::from(layer), maps.change(kind, transform, layer)?)));
        series(maps, transform, points.collect())
    });
    let y = Axis::linear("").reaching([-0.1, 0.1]);
    Panel::new(format!("change of {}", kind.name), maps_axis(), y)
        .series(all)
        .guides([Guide::horizontal("no change", 0.0)])
        .dodged()
}

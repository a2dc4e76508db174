//! The picture of nfa-equivariance: three alphas for each map, what a transform changes, and the normalized twin.

use super::maps::{KINDS, Kind, Maps};
use super::same;
use crate::Estimate;
use crate::chart::{Axis, Chart, Guide, Line, Panel, Series, palette};
use crate::table::{Row, Select, null_points};

pub(super) fn chart(maps: &Maps<'_>, subtitle: String) -> Chart {
    let mut panels: Vec<Panel> = KINDS.iter().map(|kind| alphas(maps, kind)).collect();
    panels.extend(KINDS.iter().map(|kind| changes(maps, kind)));
    let twins = [
        ("alpha_gwa", "normalized", "α(WᵀW, G_a), normalized"),
        ("alpha_gwa", "centered", "α(WᵀW, G_a), centered"),
        (
            "offdiagonal_gwa",
            "normalized",
            "α(WᵀW, G_a), normalized, off-diagonal entries",
        ),
    ];
    panels.extend(twins.map(|(statistic, variant, title)| {
        let selections = maps.transforms.iter();
        let selections = selections.map(|name| maps.select(statistic, name).variant(variant));
        of_transforms(maps, title, &selections.collect::<Vec<_>>())
    }));
    panels.extend(same::panel(maps, maps_axis(maps)));
    Chart::new("Weights, gradients and the neural feature ansatz under a transform of the output", subtitle)
        .key("transform of the output")
        .note("First row: raw second moments. Second row: what the transform changes, seed by seed. An AGOP has no normalized form.")
        .note("diag: outputs are f′ = Z f with a fixed diagonal map Z of condition number 100, and the loss sees Z⁻¹ f′. α is Pearson's over all entries.")
        .row_height(270.0)
        .tiles(3, panels)
}

/// The place of a map on an axis of maps, from 0.
fn place(layer: u32) -> f64 {
    f64::from(layer) - 1.0
}

fn map(row: &Row) -> f64 {
    place(row.layer)
}

fn maps_axis(maps: &Maps<'_>) -> Axis {
    let last = maps.layers.last().copied().unwrap_or(0);
    Axis::categories("linear map", (1..=last).map(|layer| layer.to_string()))
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

fn of_transforms(maps: &Maps<'_>, title: &str, selections: &[Select<'_>]) -> Panel {
    let all = maps
        .transforms
        .iter()
        .zip(selections)
        .map(|(name, select)| {
            series(maps, name, select.by_x(map)).seeds(select.seed_lines(map).into_values())
        });
    Panel::new(title, maps_axis(maps), Axis::correlation())
        .series(all)
        .null(null_points(selections, map))
        .dodged()
}

fn changes(maps: &Maps<'_>, kind: &Kind) -> Panel {
    let all = maps.changed().map(|transform| {
        let points = maps
            .layers
            .iter()
            .filter_map(|&layer| Some((place(layer), maps.change(kind, transform, layer)?)));
        series(maps, transform, points.collect())
    });
    let y = Axis::linear("").reaching([-0.1, 0.1]);
    Panel::new(format!("change of {}", kind.name), maps_axis(maps), y)
        .series(all)
        .guides([Guide::horizontal("no change", 0.0)])
        .dodged()
}

//! The picture of pah-phases: a map of the phases of layers over weight decay, and how far each layer is from one.

use super::labels::{Label, Labels, relations};
use crate::Marker;
use crate::chart::{Axis, Cell, Chart, Panel, Series, palette};
use crate::figure::{Along, Curve};

const REFUSED: &str = "#ffffff";
const NONE: &str = "#ececec";
const ONE_A_SIDE: &str = "#fde0b2";
/// Rows 10, 11 and 12.
const SIDES: [&str; 3] = ["#8ec7e8", "#d9a7c7", "#7fd0b2"];

pub(super) fn chart(tasks: &[Labels<'_>], subtitle: String) -> Chart {
    let mut panels: Vec<Panel> = tasks.iter().flat_map(of_task).collect();
    if let Some(first) = panels.first_mut() {
        *first = first.clone().series(legend());
    }
    let rows = (1..=9).map(|row| format!("{row} {}", short(row)));
    let rows: Vec<String> = rows.collect();
    Chart::new("Phases of the layers", subtitle)
        .key("phase (row of the table of phases)")
        .note(format!("Phases, relation on side b / on side a: {}.", rows.join(", ")))
        .note("A layer has the phase that most of its seeds have; below it, how many have it. No value: too few singular values.")
        .note("Distance: between the layer's relations and those of the nearest phase, which may not fit; at most 0.4 fits.")
        .row_height(330.0)
        .tiles(2, panels)
}

fn of_task(labels: &Labels<'_>) -> [Panel; 2] {
    [map(labels), distances(labels)]
}

fn short(row: u32) -> String {
    relations(row)
        .replace(" on side b, ", "/")
        .replace(" on side a", "")
}

fn color(row: Option<u32>) -> &'static str {
    match row {
        None => NONE,
        Some(row @ 10..=12) => SIDES[row as usize - 10],
        Some(_) => ONE_A_SIDE,
    }
}

/// Entries of the legend: series without points.
fn legend() -> Vec<Series> {
    let fields = [
        (NONE, "none fits".to_owned()),
        (ONE_A_SIDE, "1 to 9: one relation a side".to_owned()),
    ];
    let sides = (10..).zip(SIDES);
    let sides = sides.map(|(row, color)| (color, format!("{row}: {}", relations(row))));
    let entries = fields.into_iter().chain(sides);
    entries
        .map(|(color, name)| Series::scatter(name, color, []).marker(Marker::Square))
        .collect()
}

fn map(labels: &Labels<'_>) -> Panel {
    let mut cells = Vec::new();
    for (up, &layer) in labels.layers.iter().enumerate() {
        for (across, &gamma) in labels.gammas.iter().enumerate() {
            let label = labels.label(layer, gamma);
            cells.extend(label.map(|label| cell(&label, (across, up))));
        }
    }
    let gammas = labels.gammas.iter().map(|gamma| format!("{gamma:.1e}"));
    let maps = labels.layers.iter().map(|layer| format!("map {layer}"));
    let title = format!("{}: phase (seeds that agree)", labels.base.task());
    let x = Axis::categories("weight decay γ", gammas);
    Panel::new(title, x, Axis::categories("", maps)).cells(cells)
}

fn cell(label: &Label, at: (usize, usize)) -> Cell {
    let agree = format!("{}/{}", label.agree, label.seeds);
    let (color, lines) = match label.is_refused {
        true => (REFUSED, vec!["no value".to_owned()]),
        false => (color(label.row), vec![label.text(), agree]),
    };
    let color = color.to_owned();
    Cell { at, color, lines }
}

fn distances(labels: &Labels<'_>) -> Panel {
    let maps = labels.base.table.depth() as usize + 1;
    let curves = labels.distances().map(|(layer, distance)| {
        let k = layer.saturating_sub(1) as usize;
        Curve::qualitative(format!("map {layer}"), k, distance).color(palette::map(k, maps))
    });
    let task = labels.base.task();
    let title = format!("{task}: distance to the nearest phase");
    let (y, curves) = (Axis::linear("").reaching([0.0]), curves.collect::<Vec<_>>());
    Along::WEIGHT_DECAY.panel_of_seeds(labels.base.table, title, y, &curves)
}

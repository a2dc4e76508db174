//! The picture of pah-phases: the row of each layer, the runner-up, distances, and how many layers have a row.

use super::labels::{Label, Labels, NEAREST, RUNNER_UP, Rank, is_crh, relations};
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
        .key("row")
        .note(format!("Rows, relation on side b / on side a: {}.", rows.join(", ")))
        .note("The row is the most frequent one over seeds; where none fits, the runner-up is the nearest row. Refused: too few singular values.")
        .row_height(330.0)
        .tiles(2, panels)
}

fn of_task(labels: &Labels<'_>) -> [Panel; 4] {
    let task = labels.base.task();
    let nearest = format!("{task}: row of the phase table (seeds that agree)");
    let runner_up = format!("{task}: runner-up (its distance)");
    [
        grid(labels, NEAREST, nearest),
        grid(labels, RUNNER_UP, runner_up),
        distances(labels),
        shares(labels),
    ]
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

fn grid(labels: &Labels<'_>, rank: Rank, title: String) -> Panel {
    let mut cells = Vec::new();
    for (up, &layer) in labels.layers.iter().enumerate() {
        for (across, &gamma) in labels.gammas.iter().enumerate() {
            let label = labels.label(rank, layer, gamma);
            cells.extend(label.map(|label| cell(&label, rank, (across, up))));
        }
    }
    let gammas = labels.gammas.iter().map(|gamma| format!("{gamma:.1e}"));
    let maps = labels.layers.iter().map(|layer| format!("map {layer}"));
    let x = Axis::categories("weight decay γ", gammas);
    Panel::new(title, x, Axis::categories("", maps)).cells(cells)
}

fn cell(label: &Label, rank: Rank, at: (usize, usize)) -> Cell {
    let distance = label.distance.map(|distance| distance.value);
    let below = match rank {
        NEAREST => format!("{}/{}", label.agree, label.seeds),
        _ => distance.map_or("-".to_owned(), |distance| format!("{distance:.2}")),
    };
    let (color, lines) = match label.is_refused {
        true => (REFUSED, vec!["refused".to_owned()]),
        false => (color(label.row), vec![label.text(), below]),
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
    let title = format!("{task}: distance to that row, or to the nearest");
    let (y, curves) = (Axis::linear("").reaching([0.0]), curves.collect::<Vec<_>>());
    Along::WEIGHT_DECAY.panel_of_seeds(labels.base.table, title, y, &curves)
}

fn shares(labels: &Labels<'_>) -> Panel {
    let any = labels.shares(|row| row.is_some());
    let crh = labels.shares(is_crh);
    let series = [
        Series::new("in row 10, 11 or 12", palette::qualitative(0), crh).marker(Marker::Square),
        // On top: it is never below the others.
        Series::new("in any row", "#444444", any),
    ];
    let title = format!("{}: share of the layers", labels.base.task());
    let x = Axis::log(Along::WEIGHT_DECAY.label);
    Panel::new(title, x, Axis::correlation()).series(series)
}

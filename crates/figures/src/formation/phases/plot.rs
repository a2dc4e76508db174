//! The picture of pah-phases: the row of each layer, the runner-up, distances, and how many layers have a row.

use super::labels::{CRH, Labels, relations};
use crate::chart::{Axis, Cell, Chart, Line, Panel, Series, palette};
use crate::{Estimate, Marker};

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
    [
        grid(
            labels,
            "row of the phase table (seeds that agree)",
            "phase_row",
            "phase_distance",
        ),
        grid(
            labels,
            "runner-up (its distance)",
            "phase_runner_up",
            "phase_runner_up_distance",
        ),
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
        Some(row) => match CRH.iter().position(|crh| *crh == row) {
            Some(k) => SIDES[k],
            None => ONE_A_SIDE,
        },
    }
}

/// Entries of the legend: series without points.
fn legend() -> Vec<Series> {
    let fields = [
        (NONE, "none fits".to_owned()),
        (ONE_A_SIDE, "1 to 9: one relation a side".to_owned()),
        (SIDES[0], format!("10: {}", relations(10))),
        (SIDES[1], format!("11: {}", relations(11))),
        (SIDES[2], format!("12: {}", relations(12))),
    ];
    fields
        .map(|(color, name)| {
            Series::new(name, color, [])
                .marker(Marker::Square)
                .line(Line::Apart)
        })
        .into()
}

fn maps(labels: &Labels<'_>) -> Axis {
    Axis::categories("", labels.layers.iter().map(|layer| format!("map {layer}")))
}

fn grid(labels: &Labels<'_>, title: &str, statistic: &str, distance: &str) -> Panel {
    let gammas = labels.gammas.iter().map(|gamma| format!("{gamma:.1e}"));
    let mut cells = Vec::new();
    for (up, &layer) in labels.layers.iter().enumerate() {
        for (across, &gamma) in labels.gammas.iter().enumerate() {
            let Some(label) = labels.label(statistic, layer, gamma) else {
                continue;
            };
            if labels.is_refused(layer, gamma) {
                cells.push(Cell {
                    at: (across, up),
                    color: "#ffffff".to_owned(),
                    lines: vec!["refused".to_owned()],
                });
                continue;
            }
            let row = label.row.map_or("none".to_owned(), |row| row.to_string());
            let second = if statistic == "phase_row" {
                format!("{}/{}", label.agree, label.seeds)
            } else {
                let distance = labels.select(distance).layer(layer).gamma(gamma).estimate();
                distance.map_or("-".to_owned(), |distance| format!("{:.2}", distance.value))
            };
            cells.push(Cell {
                at: (across, up),
                color: color(label.row).to_owned(),
                lines: vec![row, second],
            });
        }
    }
    Panel::new(
        format!("{}: {title}", labels.task),
        Axis::categories("weight decay γ", gammas),
        maps(labels),
    )
    .cells(cells)
}

fn distances(labels: &Labels<'_>) -> Panel {
    let series = labels.layers.iter().map(|&layer| {
        let select = labels.select("phase_distance").layer(layer);
        let maps = select.table().depth() as usize + 1;
        let k = layer.saturating_sub(1) as usize;
        Series::new(
            format!("map {layer}"),
            palette::map(k, maps),
            select.by_x(|row| row.gamma),
        )
        .marker(palette::marker(k))
        .seeds(select.seed_lines(|row| row.gamma).into_values())
    });
    let y = Axis::linear("").reaching([0.0]);
    Panel::new(
        format!("{}: distance to that row, or to the nearest", labels.task),
        Axis::log("weight decay γ"),
        y,
    )
    .series(series)
}

fn shares(labels: &Labels<'_>) -> Panel {
    let over_gamma = |wanted: &dyn Fn(Option<u32>) -> bool| {
        let shares = labels
            .gammas
            .iter()
            .filter_map(|&gamma| Some((gamma, labels.share(gamma, wanted)?)));
        shares.collect::<Vec<(f64, Estimate)>>()
    };
    let any = over_gamma(&|row| row.is_some());
    let crh = over_gamma(&|row| row.is_some_and(|row| CRH.contains(&row)));
    let series = [
        Series::new("in row 10, 11 or 12", palette::qualitative(0), crh).marker(Marker::Square),
        // On top: it is never below the others.
        Series::new("in any row", "#444444", any),
    ];
    let y = Axis::correlation();
    let title = format!("{}: share of the layers", labels.task);
    Panel::new(title, Axis::log("weight decay γ"), y).series(series)
}

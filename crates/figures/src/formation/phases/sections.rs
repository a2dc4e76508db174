//! What only the report of pah-phases has: labels with their distances, and what the rows are.

use super::labels::{Labels, relations};
use crate::Section;
use crate::claims::shown;
use crate::text::{decimals, markdown_table};

pub(super) fn sections(tasks: &[Labels<'_>]) -> Vec<Section> {
    let rows = (1..=12).map(|row| vec![row.to_string(), relations(row)]);
    let header = ["row", "relations that hold"].map(str::to_owned);
    let rows = markdown_table(&header, &rows.collect::<Vec<_>>());
    let mut sections: Vec<Section> = tasks.iter().flat_map(of_task).collect();
    sections.push(Section::new("The rows", rows));
    sections
}

fn of_task(labels: &Labels<'_>) -> [Section; 2] {
    [
        Section::new(
            format!("{}: phases", labels.task),
            format!(
                "The most frequent row over seeds (how many have it), and its mean distance [95 % interval over seeds]; where no row fits, \
                 the distance of the nearest.\n\n{}",
                grid(labels, "phase_row", "phase_distance")
            ),
        ),
        Section::new(
            format!("{}: runner-up", labels.task),
            format!(
                "The nearest of the other rows; where no row fits, the nearest of all.\n\n{}",
                grid(labels, "phase_runner_up", "phase_runner_up_distance")
            ),
        ),
    ]
}

fn grid(labels: &Labels<'_>, statistic: &str, distance: &str) -> String {
    let seeds = labels.seeds();
    let mut header = vec!["gamma".to_owned()];
    header.extend(labels.layers.iter().map(|layer| format!("map {layer}")));
    let rows = labels.gammas.iter().map(|&gamma| {
        let cells = labels.layers.iter().map(|&layer| {
            let Some(label) = labels.label(statistic, layer, gamma) else {
                return "-".to_owned();
            };
            if labels.is_refused(layer, gamma) {
                return "refused".to_owned();
            }
            let row = label.row.map_or("none".to_owned(), |row| row.to_string());
            let away = labels.select(distance).layer(layer).gamma(gamma).estimate();
            format!(
                "{row} ({}/{}), {}",
                label.agree,
                label.seeds,
                shown(seeds, away, decimals(3))
            )
        });
        [vec![format!("{gamma:.3e}")], cells.collect()].concat()
    });
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

//! What only the report of pah-phases has: labels with their distances, and what the rows are.

use super::labels::{Labels, NEAREST, RUNNER_UP, Rank, relations};
use crate::Section;
use crate::claims::shown;
use crate::table::by_weight_decay_and_map;
use crate::text::{decimals, markdown_table};

pub(super) fn sections(tasks: &[Labels<'_>]) -> Vec<Section> {
    let rows = (1..=12).map(|row| vec![row.to_string(), relations(row)]);
    let rows = markdown_table(&["row", "relations that hold"], &rows.collect::<Vec<_>>());
    let rows = Section::new("The rows", rows);
    tasks.iter().flat_map(of_task).chain([rows]).collect()
}

fn of_task(labels: &Labels<'_>) -> [Section; 2] {
    let section = |title: &str, text: &str, rank| {
        let title = format!("{}: {title}", labels.base.task());
        Section::new(title, format!("{text}\n\n{}", grid(labels, rank)))
    };
    [
        section(
            "phases",
            "The most frequent row over seeds (how many have it), and its mean distance [95 % interval over seeds]; where no row fits, \
             the distance of the nearest.",
            NEAREST,
        ),
        section(
            "runner-up",
            "The nearest of the other rows; where no row fits, the nearest of all.",
            RUNNER_UP,
        ),
    ]
}

fn grid(labels: &Labels<'_>, rank: Rank) -> String {
    by_weight_decay_and_map(&labels.gammas, &labels.layers, |gamma, layer| match labels
        .label(rank, layer, gamma)
    {
        None => "-".to_owned(),
        Some(label) if label.is_refused => "refused".to_owned(),
        Some(label) => format!(
            "{} ({}/{}), {}",
            label.text(),
            label.agree,
            label.seeds,
            shown(labels.seeds, label.distance, decimals(3))
        ),
    })
}

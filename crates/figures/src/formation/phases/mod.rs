//! pah-phases: which row of the phase table each layer is in, over weight decay.
//!
//! That the paper lists phases in a table is FOUND; its 12 rows are derived (DERIVED, `formant_theory::phases`). A layer has
//! the row whose relations it comes nearest to, or none where nothing fits; its distance is then that of the nearest row.
//! A layer whose weight has collapsed to the few directions that the task has outputs is in no row, whatever it does, so
//! that there are networks of one output and of ten.

mod claims;
mod labels;
mod plot;
pub(super) mod synthetic;

use crate::Section;
use crate::claims::shown;
use crate::figure::{Data, Headline, SweepFigure, measured_everywhere};
use crate::table::by_weight_decay_and_map;
use crate::text::{decimals, markdown_table};
use labels::{Labels, relations};

/// The figure `pah-phases`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "pah-phases",
    uses: |row| row.statistic.starts_with("phase_") || row.statistic == "effective_rank_z",
    soundness: |data| measured_everywhere(data, headline(data), Vec::new()),
    claims: |data| claims::claims(&Labels::of_tasks(&data.table)),
    chart: |data| {
        let subtitle = data.subtitle("T1 of arXiv 2410.03006, as measured");
        plot::chart(&Labels::of_tasks(&data.table), subtitle)
    },
    sections: |data| {
        let rows = (1..=12).map(|row| vec![row.to_string(), relations(row)]);
        let rows = markdown_table(&["phase", "relations that hold"], &rows.collect::<Vec<_>>());
        let tasks = Labels::of_tasks(&data.table);
        let sections = tasks.iter().map(of_task);
        sections.chain([Section::new("The phases", rows)]).collect()
    },
    made_up: || synthetic::rows().into(),
};

pub(super) fn headline<'t>(data: &'t Data<'_>) -> Headline<'t> {
    // A refusal is an answer: a layer of rank one cannot be compared with any row.
    let distances = data.table.select().statistic("phase_distance");
    let answered = distances.at_last_step().quantity(|_| Some(1.0));
    vec![(
        "distance, or too few singular values for one".to_owned(),
        answered,
    )]
}

/// Labels with their distances.
fn of_task(labels: &Labels<'_>) -> Section {
    let text = "The phase that most seeds have (how many have it), and its mean distance [95 % interval over seeds]; where no phase fits, \
                the distance of the nearest. A layer of too few singular values has no value.";
    let title = format!("{}: phases", labels.base.task());
    let grid = by_weight_decay_and_map(&labels.gammas, &labels.layers, |gamma, layer| {
        entry(labels, layer, gamma)
    });
    Section::tables(title, [(text, grid)])
}

fn entry(labels: &Labels<'_>, layer: u32, gamma: f64) -> String {
    let Some(label) = labels.label(layer, gamma) else {
        return "-".to_owned();
    };
    if label.is_refused {
        return "no value".to_owned();
    }
    let (row, agree, seeds) = (label.text(), label.agree, label.seeds);
    let distance = shown(labels.seeds, label.distance, decimals(3));
    format!("{row} ({agree}/{seeds}), {distance}")
}

#[cfg(test)]
mod tests;

//! The six relations of the canonical representation hypothesis in every layer, over training.
//!
//! The paper shows the six for a ResNet and says that alignments grow during training (FOUND). Here they are those of every
//! linear map of a fully connected network: side a is the map's input (the post-activations of the hidden layer before it),
//! side b its output (the pre-activations of the hidden layer after it).

mod claims;
mod synthetic;

use crate::Section;
use crate::chart::{Chart, Interval};
use crate::figure::{Along, Data, Lines, SweepFigure, View, measured_everywhere};
use crate::formation::relations::{self, RELATIONS, relation_panels, relation_sections};

/// The figure `crh-training`: both sides of every linear map, at several steps of networks that differ in nothing but their
/// seed.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-training",
    uses: relations::has,
    soundness: |data| {
        let all = views().map(|(name, view)| (name, view.all(&data.table)));
        measured_everywhere(data, all.into(), Vec::new())
    },
    claims: |data| claims::claims(&data.table),
    chart,
    sections,
    made_up: || synthetic::rows().into(),
};

/// The six relations at every measurement, with their names.
fn views() -> [(String, View); 6] {
    RELATIONS.map(|relation| (relation.short(), relation.view(Along::STEP)))
}

fn chart(data: &Data<'_>) -> Chart {
    let panels = relation_panels(|relation, variant, title| {
        let view = relation.view(Along::STEP).variant(variant);
        let panel = view.panel(&data.table, title);
        panel.each_series(|series| series.interval(Interval::Band))
    });
    Chart::new(
        "The six relations of every linear map over training",
        data.subtitle("alignments over training, arXiv 2410.03006"),
    )
    .key(Lines::MAPS.key)
    .note("Vertical: α of normalized covariances; small panels: α of raw second moments. Side a: input of the map, side b: its output.")
    .row_height(250.0)
    .placed(6, panels)
}

fn sections(data: &Data<'_>) -> Vec<Section> {
    let table = &data.table;
    let mut sections = relation_sections(table, Along::MAP);
    let course = RELATIONS.map(|relation| {
        let grid = relation.view(Along::STEP).markdown(table);
        format!("{}:\n\n{grid}", relation.title())
    });
    let last =
        "The six tables above are of the last measurement. Alpha at every measurement, normalized:";
    let course = [(last, course.join("\n"))];
    sections.push(Section::tables("The course of training", course));
    sections
}

#[cfg(test)]
mod tests;

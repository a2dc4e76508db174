//! The six relations of the canonical representation hypothesis in every layer, over training.
//!
//! The paper shows the six for a ResNet and says that alignments grow during training (FOUND). Here they are those of every
//! linear map of a fully connected network: side a is the map's input (the post-activations of the hidden layer before it),
//! side b its output (the pre-activations of the hidden layer after it).

mod claims;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::{Chart, Interval, Panel, Place, Series};
use crate::figure::{Along, Data, SweepFigure, View};
use crate::formation::relations::RELATIONS;
use crate::table::{Column, Select, alpha_sections};
use crate::{Claim, Section};

/// The figure `crh-training`: both sides of every linear map, at several steps of networks that differ in nothing but their
/// seed.
#[derive(Debug, Clone, Copy)]
pub struct Training;

/// The six relations at every measurement.
const VIEWS: [View; 6] = {
    let [a, b, c, d, e, f] = RELATIONS;
    [
        a.view(Along::STEP),
        b.view(Along::STEP),
        c.view(Along::STEP),
        d.view(Along::STEP),
        e.view(Along::STEP),
        f.view(Along::STEP),
    ]
};

impl SweepFigure for Training {
    fn id(&self) -> &'static str {
        "crh-training"
    }

    fn views(&self) -> Vec<View> {
        VIEWS.into()
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let relations = RELATIONS.into_iter().zip(VIEWS);
        relations
            .map(|(relation, view)| (relation.short(), view.all(&data.table)))
            .collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let place = |column, row, columns| Place {
            column,
            row,
            columns,
            rows: 1,
        };
        let panel = |view: View, title| {
            let panel: Panel = view.panel(&data.table, title);
            panel.each_series(|series: Series| series.interval(Interval::Band))
        };
        let mut panels = Vec::new();
        for (k, (relation, view)) in RELATIONS.into_iter().zip(VIEWS).enumerate() {
            let main = panel(view, relation.title.to_owned());
            let raw = panel(view.variant("raw"), format!("{}, raw", relation.short()));
            panels.push((main, place(k % 3 * 2, k / 3, 2)));
            panels.push((raw, place(k, 2, 1)));
        }
        Chart::new(
            "The six relations of every linear map over training",
            data.subtitle("alignments over training, arXiv 2410.03006"),
        )
        .key(VIEWS[0].lines.key())
        .note("Vertical: α of normalized covariances; small panels: α of raw second moments. Side a: input of the map, side b: its output.")
        .row_height(250.0)
        .placed(6, panels)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let table = &data.table;
        let mut sections = alpha_sections(table, &Along::MAP.grid(), |of| {
            let columns = RELATIONS.map(|relation| Column {
                name: relation.short(),
                select: of(relation.name()).side(relation.side).at_last_step(),
            });
            columns.into()
        });
        let course = RELATIONS.into_iter().zip(VIEWS);
        let course = course
            .map(|(relation, view)| format!("{}:\n\n{}", relation.title, view.markdown(table)));
        let last = "The six tables above are of the last measurement. Alpha at every measurement, normalized:";
        sections.push(Section::new(
            "The course of training",
            format!("{last}\n\n{}", course.collect::<Vec<_>>().join("\n")),
        ));
        sections
    }
}

#[cfg(test)]
mod tests;

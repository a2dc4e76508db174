//! The six relations of the canonical representation hypothesis in every layer, over training.
//!
//! The paper shows the six for a ResNet and says that alignments grow during training (FOUND). Here they are those of every
//! linear map of a fully connected network: side a is the map's input (the post-activations of the hidden layer before it),
//! side b its output (the pre-activations of the hidden layer after it).

mod claims;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::{Chart, Interval};
use crate::figure::{Along, Data, SweepFigure, View};
use crate::formation::relations::{RELATIONS, relation_panels, relation_sections};
use crate::table::Select;
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
        let panels = relation_panels(0, |relation, variant, title| {
            let view = relation.view(Along::STEP).variant(variant);
            let panel = view.panel(&data.table, title);
            panel.each_series(|series| series.interval(Interval::Band))
        });
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
        let mut sections = relation_sections(table, Along::MAP);
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

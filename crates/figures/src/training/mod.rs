//! The six relations of the canonical representation hypothesis in every layer, over training.
//!
//! The paper shows the six for a ResNet and says that alignments grow during training (FOUND). Here they are those of every
//! linear map of a fully connected network: side a is the map's input (the post-activations of the hidden layer before it),
//! side b its output (the pre-activations of the hidden layer after it).

mod claims;
mod plot;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::sweep::{Column, Data, Grid, Row, Select, SweepFigure, Table, alpha_sections};
use crate::{Claim, Section};

/// The figure `crh-training`. It uses `alpha_…`, `offdiagonal_…` and `calibrated_…` of `rga`, `rwa` and `gwa`, both sides,
/// every linear map, at several steps of networks that differ in nothing but their seed.
#[derive(Debug, Clone, Copy)]
pub struct Training;

/// Side and relation.
pub(crate) const RELATIONS: [Relation; 6] = [
    Relation::new("a", "rga", "RGA: cov(h, h) and cov(g, g), side a"),
    Relation::new("a", "rwa", "RWA: cov(h, h) and WᵀW, side a"),
    Relation::new("a", "gwa", "GWA: cov(g, g) and WᵀW, side a"),
    Relation::new("b", "rga", "RGA: cov(h, h) and cov(g, g), side b"),
    Relation::new("b", "rwa", "RWA: cov(h, h) and WWᵀ, side b"),
    Relation::new("b", "gwa", "GWA: cov(g, g) and WWᵀ, side b"),
];

/// One of the six relations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    pub side: &'static str,
    pub name: &'static str,
    pub title: &'static str,
}

impl Relation {
    const fn new(side: &'static str, name: &'static str, title: &'static str) -> Self {
        Self { side, name, title }
    }

    /// `RGA a`.
    pub fn short(self) -> String {
        format!("{} {}", self.name.to_uppercase(), self.side)
    }

    /// Alpha of every map at every step.
    pub fn alpha<'t>(self, table: &'t Table<'t>, variant: &'t str) -> Select<'t> {
        let statistic = format!("alpha_{}", self.name);
        let alpha = table.select().statistic(statistic);
        alpha.side(self.side).variant(variant)
    }
}

/// The linear maps: one for each hidden layer, and the readout.
pub(crate) fn maps(table: &Table<'_>) -> std::ops::RangeInclusive<u32> {
    1..=table.depth() + 1
}

fn step(row: &Row) -> f64 {
    row.step as f64
}

fn map(row: &Row) -> f64 {
    f64::from(row.layer)
}

impl SweepFigure for Training {
    fn id(&self) -> &'static str {
        "crh-training"
    }

    fn uses(&self, row: &Row) -> bool {
        let relation = row.statistic.split_once('_');
        relation.is_some_and(|(kind, relation)| {
            ["alpha", "offdiagonal", "calibrated"].contains(&kind)
                && ["rga", "rwa", "gwa"].contains(&relation)
        })
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let table = &data.table;
        let of = |relation: Relation| (relation.short(), relation.alpha(table, "normalized"));
        RELATIONS.map(of).into()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let table = &data.table;
        let grid = |x_name, x, x_text| Grid {
            x_name,
            x,
            x_text,
            decimals: 3,
        };
        let by_map = grid("linear map", map, |map| format!("{map}"));
        let by_step = grid("step", step, |step| format!("{step}"));
        let course = RELATIONS.map(|relation| {
            let columns = maps(table).map(|map| Column {
                name: format!("map {map}"),
                select: relation.alpha(table, "normalized").layer(map),
            });
            let course = by_step.to_markdown(table, &columns.collect::<Vec<_>>());
            format!("{}:\n\n{course}", relation.title)
        });
        let mut sections = alpha_sections(table, &by_map, |of| {
            let columns = RELATIONS.map(|relation| Column {
                name: relation.short(),
                select: of(relation.name).side(relation.side).at_last_step(),
            });
            columns.into()
        });
        let last = "The six tables above are of the last measurement. Alpha at every measurement, normalized:";
        sections.push(Section::new(
            "The course of training",
            format!("{last}\n\n{}", course.join("\n")),
        ));
        sections
    }
}

#[cfg(test)]
mod tests;

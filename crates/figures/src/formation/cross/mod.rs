//! The cross term: cov(g, h) of each linear map against its weights over training.
//!
//! The paper's appendix C.7 compares cov(g, h) with WWᵀ, finds them well aligned, and takes that as support for the step of
//! its proof in which cross terms align with the weights, and with cov(g, g) and cov(h, h) (FOUND). The shapes fit side b,
//! the output of the map (INFERRED); cov(g, h) is made symmetric first.

mod claims;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::{Axis, Chart, Place};
use crate::figure::{Along, Data, SweepFigure, View};
use crate::table::{Column, Select, Table, alpha_sections};
use crate::{Claim, Section};

/// The figure `crh-cross`: both sides of every linear map, at several steps of networks that differ in nothing but their
/// seed.
#[derive(Debug, Clone, Copy)]
pub struct Cross;

/// Against WWᵀ.
const CROSS: View = View::of_maps("alpha_cross", "b", Along::STEP);

/// The maps with an output side to compare.
fn wide(table: &Table<'_>) -> impl Iterator<Item = u32> {
    let lines = CROSS.each(table);
    lines.filter_map(|(map, compared)| (!compared.rows().is_empty()).then_some(map))
}

/// What of a map's output side has no alpha, and why; `None` where all of it has.
fn refused(table: &Table<'_>, map: u32) -> Option<String> {
    let compared = CROSS.line(table, map);
    let (rows, numbers) = (compared.rows().len(), compared.numbers().len());
    if rows == 0 {
        return (table.networks() > 0).then(|| {
            format!("map {map} is not compared: an output side of one number has no correlation")
        });
    }
    (numbers < rows).then(|| {
        format!(
            "map {map} is refused in {} of {rows} measurements: one of the two matrices has equal entries",
            rows - numbers
        )
    })
}

impl SweepFigure for Cross {
    fn id(&self) -> &'static str {
        "crh-cross"
    }

    fn views(&self) -> Vec<View> {
        let of_h = CROSS.statistic("alpha_cross_h");
        let of_g = CROSS.statistic("alpha_cross_g");
        [CROSS, of_h, of_g]
            .into_iter()
            .flat_map(|view| [view, view.side("a")])
            .collect()
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let of_map = |map| {
            // A refusal is an answer: a matrix of equal entries has no correlation.
            let answered = CROSS.line(&data.table, map).quantity(|_| Some(1.0));
            (format!("map {map}, compared or refused"), answered)
        };
        wide(&data.table).map(of_map).collect()
    }

    fn refused(&self, data: &Data<'_>) -> Vec<String> {
        let maps = CROSS.lines.of(&data.table);
        maps.filter_map(|map| refused(&data.table, map)).collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let panel = |view: View, title: &str, (column, row, size)| {
            let y = Axis::linear("").reaching([-1.0, 1.0]);
            let panel = view.panel(&data.table, title).y(y).dodged();
            let place = Place {
                column,
                row,
                columns: size,
                rows: size,
            };
            (panel, place)
        };
        let (of_h, of_g) = ("alpha_cross_h", "alpha_cross_g");
        let panels = vec![
            panel(
                CROSS,
                "α of cov(g, h) and WWᵀ: normalized, output side b",
                (0, 0, 2),
            ),
            panel(
                CROSS.variant("raw"),
                "α of cov(g, h) and WWᵀ, raw",
                (2, 0, 1),
            ),
            panel(
                CROSS.side("a"),
                "α of cov(g, h) and WᵀW, input side a",
                (3, 0, 1),
            ),
            panel(
                CROSS.statistic(of_h),
                "α of cov(g, h) and cov(h, h), side b",
                (2, 1, 1),
            ),
            panel(
                CROSS.statistic(of_g),
                "α of cov(g, h) and cov(g, g), side b",
                (3, 1, 1),
            ),
        ];
        Chart::new(
            "The cross term of gradients and representations against the weights over training",
            data.subtitle("F-C.7 of arXiv 2410.03006"),
        )
        .key(CROSS.lines.key())
        .row_height(290.0)
        .placed(4, panels)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let table = &data.table;
        let mut sections = alpha_sections(table, &Along::MAP.grid(), |of| {
            let column = |name: &str, relation: &str, side| Column {
                name: name.to_owned(),
                select: of(relation).side(side).at_last_step(),
            };
            vec![
                column("against WWᵀ, side b", "cross", "b"),
                column("against WᵀW, side a", "cross", "a"),
                column("against cov(h, h), side b", "cross_h", "b"),
                column("against cov(g, g), side b", "cross_g", "b"),
            ]
        });
        let text = "The tables above are of the last measurement. Alpha of cov(g, h) and WWᵀ, side b, normalized, at every measurement:";
        sections.push(Section::new(
            "The course of training",
            format!("{text}\n\n{}", CROSS.markdown(table)),
        ));
        sections
    }
}

#[cfg(test)]
mod tests;

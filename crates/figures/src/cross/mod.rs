//! The cross term: cov(g, h) of each linear map against its weights over training.
//!
//! The paper's appendix C.7 compares cov(g, h) with WWᵀ, finds them well aligned, and takes that as support for the step of
//! its proof in which cross terms align with the weights, and with cov(g, g) and cov(h, h) (FOUND). The shapes fit side b,
//! the output of the map (INFERRED); cov(g, h) is made symmetric first.

mod claims;
mod plot;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::sweep::{Column, Data, Grid, Row, Select, SweepFigure, Table, alpha_sections};
use crate::{Claim, Section};

/// The figure `crh-cross`. It uses `alpha_cross` (both sides, all variants), `alpha_cross_h` and `alpha_cross_g`, and, where
/// they were measured, `offdiagonal_cross` and `calibrated_cross`, every linear map, at several steps of networks that
/// differ in nothing but their seed.
#[derive(Debug, Clone, Copy)]
pub struct Cross;

const STATISTICS: [&str; 5] = [
    "alpha_cross",
    "alpha_cross_h",
    "alpha_cross_g",
    "offdiagonal_cross",
    "calibrated_cross",
];

/// The linear maps: one for each hidden layer, and the readout.
fn maps(table: &Table<'_>) -> std::ops::RangeInclusive<u32> {
    1..=table.depth() + 1
}

fn step(row: &Row) -> f64 {
    row.step as f64
}

fn map(row: &Row) -> f64 {
    f64::from(row.layer)
}

/// Alpha of the cross term over training.
fn cross<'t>(table: &'t Table<'t>, side: &'t str, variant: &'t str) -> Select<'t> {
    let cross = table.select().statistic("alpha_cross");
    cross.side(side).variant(variant)
}

/// The maps with an output side to compare.
fn wide(table: &Table<'_>) -> impl Iterator<Item = u32> {
    maps(table).filter(|map| {
        let compared = cross(table, "b", "normalized").layer(*map);
        !compared.rows().is_empty()
    })
}

/// What of a map's output side has no alpha, and why; `None` where all of it has.
fn refused(table: &Table<'_>, map: u32) -> Option<String> {
    let compared = cross(table, "b", "normalized").layer(map);
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

    fn uses(&self, row: &Row) -> bool {
        STATISTICS.contains(&row.statistic.as_str())
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let table = &data.table;
        let of_map = |map| {
            // A refusal is an answer: a matrix of equal entries has no correlation.
            let compared = cross(table, "b", "normalized").layer(map);
            let answered = compared.quantity(|_| Some(1.0));
            (format!("map {map}, compared or refused"), answered)
        };
        wide(table).map(of_map).collect()
    }

    fn refused(&self, data: &Data<'_>) -> Vec<String> {
        maps(&data.table)
            .filter_map(|map| refused(&data.table, map))
            .collect()
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
        let mut sections = alpha_sections(table, &by_map, |of| {
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
        let columns = maps(table).map(|map| Column {
            name: format!("map {map}"),
            select: cross(table, "b", "normalized").layer(map),
        });
        let by_step = grid("step", step, |step| format!("{step}"));
        let course = by_step.to_markdown(table, &columns.collect::<Vec<_>>());
        let text = "The tables above are of the last measurement. Alpha of cov(g, h) and WWᵀ, side b, normalized, at every measurement:";
        sections.push(Section::new(
            "The course of training",
            format!("{text}\n\n{course}"),
        ));
        sections
    }
}

#[cfg(test)]
mod tests;

//! The cross term: cov(g, h) of each linear map against its weights over training.
//!
//! The paper's appendix C.7 compares cov(g, h) with WWᵀ, finds them well aligned, and takes that as support for the step of
//! its proof in which cross terms align with the weights, and with cov(g, g) and cov(h, h) (FOUND). The shapes fit side b,
//! the output of the map (INFERRED); cov(g, h) is made symmetric first.

mod claims;
mod synthetic;

use crate::Section;
use crate::chart::{Axis, Chart, Place};
use crate::figure::{Along, Data, SweepFigure, View, measured_everywhere};
use crate::table::{Column, Select, Table, alpha_sections};

/// The figure `crh-cross`: both sides of every linear map, at several steps of networks that differ in nothing but their
/// seed.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-cross",
    uses: |row| {
        let views = MATRICES.map(Matrix::view).into_iter();
        let mut views = views.flat_map(|view| [view, view.side("a")]);
        views.any(|view| view.uses(row))
    },
    soundness: |data| {
        let answered = compared(&data.table).map(|(map, alpha)| {
            // A refusal is an answer: a matrix of equal entries has no correlation.
            let answered = alpha.quantity(|_| Some(1.0));
            (format!("map {map}, compared or refused"), answered)
        });
        let maps = CROSS.each(&data.table);
        let refused = maps.filter_map(|(map, compared)| refused(&data.table, map, &compared));
        measured_everywhere(data, answered.collect(), refused.collect())
    },
    claims: |data| claims::claims(&data.table),
    chart,
    sections,
    made_up: || synthetic::rows().into(),
};

/// Against WWᵀ.
const CROSS: View = View::of_maps("alpha_cross", "b", Along::STEP);

/// What cov(g, h) is compared with.
#[derive(Clone, Copy)]
struct Matrix {
    name: &'static str,
    side: &'static str,
    statistic: &'static str,
}

const fn matrix(name: &'static str, side: &'static str, statistic: &'static str) -> Matrix {
    Matrix {
        name,
        side,
        statistic,
    }
}

const MATRICES: [Matrix; 4] = [
    matrix("WWᵀ", "b", "alpha_cross"),
    matrix("WᵀW", "a", "alpha_cross"),
    matrix("cov(h, h)", "b", "alpha_cross_h"),
    matrix("cov(g, g)", "b", "alpha_cross_g"),
];

impl Matrix {
    fn view(self) -> View {
        CROSS.statistic(self.statistic).side(self.side)
    }

    fn relation(self) -> &'static str {
        self.statistic.trim_start_matches("alpha_")
    }
}

/// The maps with an output side to compare.
fn compared<'t>(table: &'t Table<'t>) -> impl Iterator<Item = (u32, Select<'t>)> {
    let lines = CROSS.each(table);
    lines.filter(|(_, compared)| !compared.rows().is_empty())
}

/// What of a map's output side has no alpha, and why; `None` where all of it has.
fn refused(table: &Table<'_>, map: u32, compared: &Select<'_>) -> Option<String> {
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

fn chart(data: &Data<'_>) -> Chart {
    let panel = |view: View, with: &str| {
        let title = format!("α of cov(g, h) and {with}");
        let y = Axis::linear("").reaching([-1.0, 1.0]);
        view.panel(&data.table, title).y(y).dodged()
    };
    let [weights, inputs, of_h, of_g] = MATRICES.map(Matrix::view);
    let main = panel(weights, "WWᵀ: normalized, output side b");
    let small = [
        panel(weights.variant("raw"), "WWᵀ, raw"),
        panel(inputs, "WᵀW, input side a"),
        panel(of_h, "cov(h, h), side b"),
        panel(of_g, "cov(g, g), side b"),
    ];
    let places = (0..).map(|k| Place::at(2 + k % 2, k / 2));
    let mut panels = vec![(main, Place::at(0, 0).over(2, 2))];
    panels.extend(small.into_iter().zip(places));
    Chart::new(
        "The cross term of gradients and representations against the weights over training",
        data.subtitle("F-C.7 of arXiv 2410.03006"),
    )
    .key(CROSS.lines.key)
    .row_height(290.0)
    .placed(4, panels)
}

fn sections(data: &Data<'_>) -> Vec<Section> {
    let table = &data.table;
    let mut sections = alpha_sections(table, &Along::MAP.grid(), |of| {
        let columns = MATRICES.map(|matrix| Column {
            name: format!("against {}, side {}", matrix.name, matrix.side),
            select: of(matrix.relation()).side(matrix.side).at_last_step(),
        });
        columns.into()
    });
    let text = "The tables above are of the last measurement. Alpha of cov(g, h) and WWᵀ, side b, normalized, at every measurement:";
    let course = [(text, CROSS.markdown(table))];
    sections.push(Section::tables("The course of training", course));
    sections
}

#[cfg(test)]
mod tests;

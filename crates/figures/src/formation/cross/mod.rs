//! The cross term: cov(g, h) of each linear map against its weights over training.
//!
//! The paper's appendix C.7 compares cov(g, h) with WWᵀ, finds them well aligned, and takes that as support for the step of
//! its proof in which cross terms align with the weights, and with cov(g, g) and cov(h, h) (FOUND). The shapes fit side b,
//! the output of the map (INFERRED); cov(g, h) is made symmetric first.
//!
//! The theorem's cross term is an expectation over the stationary state. In that of one iterate the fluctuation of its
//! weights is as large as the mean (MEASURED), so that alpha is high in size and random in sign; claims are about means over
//! late iterates, and single ones stand beside them.

mod claims;
mod synthetic;

use crate::Section;
use crate::chart::{Axis, Chart, Place};
use crate::figure::{Along, Data, SweepFigure, View, measured_everywhere, qualitative};
use crate::table::{AVERAGED, Column, ERROR, Row, Select, Table, alpha_sections, instantaneous};

/// The figure `crh-cross`: both sides of every linear map, at several steps of networks that differ in nothing but their
/// seed.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-cross",
    uses: |row| {
        let mut views = MATRICES
            .iter()
            .flat_map(|matrix| [matrix.view(), matrix.view().side("a")]);
        let instantaneous = Row {
            statistic: instantaneous(&row.statistic).to_owned(),
            ..row.clone()
        };
        views.any(|view| view.uses(&instantaneous))
    },
    soundness: |data| {
        let answered = compared(&data.table).map(|(map, alpha)| {
            // A refusal is an answer: a matrix of equal entries has no correlation.
            let answered = alpha.quantity(|_| Some(1.0));
            (
                format!("map {map}, alpha or no alpha of equal entries"),
                answered,
            )
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

    /// The same of means over late iterates, along linear maps.
    fn mean<'t>(self, table: &'t Table<'t>) -> Select<'t> {
        self.at_end(table, String::from(AVERAGED) + self.statistic)
    }

    /// Its standard error, from blocks of iterates.
    fn error<'t>(self, table: &'t Table<'t>) -> Select<'t> {
        let statistic = format!("{AVERAGED}{}{ERROR}", self.statistic);
        self.at_end(table, statistic)
    }

    /// Of the last iterate.
    fn single<'t>(self, table: &'t Table<'t>) -> Select<'t> {
        self.at_end(table, self.statistic.to_owned())
    }

    fn at_end<'t>(self, table: &'t Table<'t>, statistic: String) -> Select<'t> {
        let view = self.view();
        let select = table.select().statistic(statistic).side(view.side);
        select.variant(view.variant).at_last_step()
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
            "map {map} has no alpha in {} of {rows} measurements: one of the two matrices has equal entries",
            rows - numbers
        )
    })
}

fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let y = || Axis::linear("").reaching([-1.0, 1.0]);
    let title = "single iterates over training: α of cov(g, h) and WWᵀ, output side b";
    let main = Along::STEP.panel_of_seeds(table, title, y(), &CROSS.curves(table));
    let small = MATRICES.map(|matrix| {
        let curves = qualitative([
            ("mean over late iterates", matrix.mean(table)),
            ("the last iterate", matrix.single(table)),
        ]);
        let title = format!("α with {}, side {}", matrix.name, matrix.side);
        let panel = Along::MAP.panel_of_seeds(table, title, y(), &curves);
        panel.dodged().with_legend()
    });
    let places = (0..).map(|k| Place::at(2 + k % 2, k / 2));
    let mut panels = vec![(main, Place::at(0, 0).over(2, 2))];
    panels.extend(small.into_iter().zip(places));
    Chart::new(
        "The cross term of gradients and representations, of single iterates and in the mean over late ones",
        data.subtitle("F-C.7 of arXiv 2410.03006"),
    )
    .key(CROSS.lines.key)
    .row_height(310.0)
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
    let means = MATRICES.map(|matrix| {
        let columns = [
            ("mean over late iterates", matrix.mean(table)),
            ("its standard error", matrix.error(table)),
            ("the last iterate", matrix.single(table)),
        ];
        let text = format!("Against {}, side {}:", matrix.name, matrix.side);
        (text, Along::MAP.markdown(table, columns))
    });
    sections.insert(
        0,
        Section::tables("Means over late iterates beside the last one", means),
    );
    let text = "The tables above, but the first, are of the last iterate. Alpha of cov(g, h) and WWᵀ, side b, normalized, at every measurement:";
    let course = [(text, CROSS.markdown(table))];
    sections.push(Section::tables("The course of training", course));
    sections
}

#[cfg(test)]
mod tests;

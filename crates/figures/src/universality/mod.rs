//! Figures of *When Representations Align* (arXiv 2402.09142).
//!
//! An experiment measures [`Tables`]. The rows that a figure uses are checked ([`CheckedTables`]) and become claims, a chart
//! and the tables of a report. A new figure is a module with a [`TablesFigure`] and a line in `FIGURES` of `figures`.

pub(crate) mod alternative;
pub(crate) mod authors;
mod cases;
#[cfg(test)]
pub(crate) mod check;
mod checked_tables;
pub(crate) mod crh;
pub(crate) mod curves;
pub(crate) mod depth;
pub(crate) mod discontinuous;
pub(crate) mod distance_matrices;
pub(crate) mod final_distance;
pub(crate) mod gain;
pub(crate) mod half_rate;
pub(crate) mod loss;
pub(crate) mod mnist_structure;
pub(crate) mod mnist_trajectories;
pub(crate) mod one_curve;
pub(crate) mod orthogonal;
mod pytorch;
mod record;
mod rows;
pub mod settings;
mod shares;
pub(crate) mod synthetic;
mod tables;
pub(crate) mod trajectories;
pub(crate) mod two_points;
pub(crate) mod values;
pub(crate) mod xor;

pub use checked_tables::{CheckedTables, Run};
pub use rows::{Distance, Embedded, FitRow, TrajectoryPoint, Value};
pub(crate) use tables::only;
pub use tables::{SCHEMA_VERSION, TableKind, Tables};

pub use crate::table::Outcome;

use crate::chart::Chart;
use crate::figure::{FigureInput, Files, Runs, Subject, assemble};
use crate::text::Section;
use crate::{Bound, Claim, Estimate, FigureBundle, FigureError, Preset, Tag};

/// How many of the runs have what a figure shows of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// What is shown, such as `trajectories`.
    pub name: String,
    /// Runs that have it.
    pub measured: usize,
    /// Runs that should.
    pub of: usize,
}

/// A figure that is made of [`Tables`].
pub struct TablesFigure {
    /// Its id in the registry.
    pub id: &'static str,
    /// The table that becomes `data.csv`; the others that it uses are written under names of their own.
    pub main_table: TableKind,
    /// The rows that the figure uses, of all that were measured.
    pub select: fn(&Tables) -> Tables,
    /// What must have been measured of every run that finished: any preset claims so.
    pub coverage: fn(&CheckedTables) -> Vec<Coverage>,
    /// The claims of the presets that make any about the paper: `quick` and `paper`.
    pub claims: fn(&CheckedTables) -> Vec<Claim>,
    /// The picture.
    pub chart: fn(&CheckedTables) -> Chart,
    /// The report's own sections.
    pub sections: fn(&CheckedTables) -> Vec<Section>,
    /// Synthetic tables, to look at the picture with. **Not data.**
    pub made_up: fn() -> Tables,
}

impl Tables {
    /// Makes a figure of them.
    pub(crate) fn draw<M>(
        &self,
        figure: &TablesFigure,
        input: &FigureInput<M>,
    ) -> Result<FigureBundle, FigureError> {
        let files = (figure.select)(self).files(figure.main_table)?;
        assemble(&self.subject(figure, input.preset)?, files, input)
    }

    /// A figure beside the rows that it uses.
    pub(crate) fn subject<'a>(
        &self,
        figure: &'a TablesFigure,
        preset: Preset,
    ) -> Result<impl Subject + use<'a>, FigureError> {
        let data = CheckedTables::new((figure.select)(self), preset)?;
        Ok(OfTables { figure, data })
    }

    /// `data.csv`, and the other tables that have rows.
    fn files(&self, main: TableKind) -> Result<Files, FigureError> {
        let bytes = |table| {
            let mut bytes = Vec::new();
            self.write(table, &mut bytes).map(|()| bytes)
        };
        let others = TableKind::ALL.into_iter();
        let others = others.filter(|&table| table != main && self.len(table) > 0);
        let extra = others.map(|table| Ok((table.file(), bytes(table)?)));
        Ok((bytes(main)?, extra.collect::<Result<_, FigureError>>()?))
    }
}

struct OfTables<'a> {
    figure: &'a TablesFigure,
    data: CheckedTables,
}

impl Subject for OfTables<'_> {
    fn id(&self) -> &'static str {
        self.figure.id
    }

    fn runs(&self) -> Runs {
        Runs {
            finished: self.data.runs.len(),
            diverged: self.data.diverged.iter().map(Run::in_words).collect(),
            seeds: self.data.seeds().len(),
            steps: None,
            decay_times: Vec::new(),
        }
    }

    fn soundness(&self) -> Vec<Claim> {
        let seeds = self.data.seeds().len();
        let coverage = (self.figure.coverage)(&self.data).into_iter();
        let parts = coverage.map(|Coverage { name, measured, of }| {
            let share = measured as f64 / of.max(1) as f64;
            (name, Some(Estimate::without_interval(share, seeds)))
        });
        let claim = Tag::Ours
            .claim(
                "measured-everywhere",
                "everything that the picture shows was measured in every run",
            )
            .by_value("share of runs that have it", Bound::AtLeast(1.0))
            .parts(parts);
        vec![claim.soundness()]
    }

    fn claims(&self) -> Vec<Claim> {
        (self.figure.claims)(&self.data)
    }

    fn chart(&self) -> Chart {
        (self.figure.chart)(&self.data)
    }

    fn sections(&self) -> Vec<Section> {
        (self.figure.sections)(&self.data)
    }
}

#[cfg(test)]
mod tests;

//! Figures of *When Representations Align* (arXiv 2402.09142).
//!
//! An experiment measures [`PairTables`]. The rows that a figure uses are checked ([`PairData`]) and become claims, a chart
//! and the tables of a report. A new figure is a module that implements [`PairFigure`] and a line in `FIGURES` of
//! `figures`.

pub mod alternative;
pub(crate) mod authors;
mod cases;
#[cfg(test)]
pub(crate) mod check;
pub mod crh;
mod data;
pub mod depth;
pub(crate) mod distance_matrices;
pub(crate) mod drawn;
pub mod final_distance;
pub mod gain;
pub mod loss;
pub mod mnist_structure;
pub mod mnist_trajectories;
pub mod one_curve;
pub mod orthogonal;
mod record;
mod rows;
pub mod settings;
#[doc(hidden)]
pub mod synthetic;
mod tables;
pub mod trajectories;
pub(crate) mod two_points;
pub(crate) mod values;
pub mod xor;

pub use data::{PairData, Run};
pub use rows::{Distance, Embedded, FitRow, Moment, Value};
pub(crate) use tables::only;
pub use tables::{PairTable, PairTables, SCHEMA_VERSION};

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

/// A figure that is made of [`PairTables`].
pub trait PairFigure: Sync {
    /// Its id in the registry.
    fn id(&self) -> &'static str;

    /// The table that becomes `data.csv`; the others that it uses are written under names of their own.
    fn main_table(&self) -> PairTable {
        PairTable::Moments
    }

    /// The rows that the figure uses, of all that were measured.
    fn select(&self, tables: &PairTables) -> PairTables;

    /// What must have been measured of every run that finished: any preset claims so. Its trajectory and the verdict of a fit,
    /// if nothing else is said.
    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        two_points::courses_and_fits(data)
    }

    /// The claims of the presets that make any about the paper: `quick` and `paper`.
    fn claims(&self, data: &PairData) -> Vec<Claim>;

    /// The picture.
    fn chart(&self, data: &PairData) -> Chart;

    /// The report's own sections.
    fn sections(&self, data: &PairData) -> Vec<Section>;
}

impl PairTables {
    /// Makes a figure of them.
    pub(crate) fn draw<M>(
        &self,
        figure: &dyn PairFigure,
        input: &FigureInput<M>,
    ) -> Result<FigureBundle, FigureError> {
        let files = figure.select(self).files(figure.main_table())?;
        assemble(&self.subject(figure, input.preset)?, files, input)
    }

    /// A figure beside the rows that it uses.
    pub(crate) fn subject<'a>(
        &self,
        figure: &'a dyn PairFigure,
        preset: Preset,
    ) -> Result<impl Subject + use<'a>, FigureError> {
        let data = PairData::new(figure.select(self), preset)?;
        Ok(OfPairs { figure, data })
    }

    /// `data.csv`, and the other tables that have rows.
    fn files(&self, main: PairTable) -> Result<Files, FigureError> {
        let bytes = |table| {
            let mut bytes = Vec::new();
            self.write(table, &mut bytes).map(|()| bytes)
        };
        let others = PairTable::ALL.into_iter();
        let others = others.filter(|&table| table != main && self.len(table) > 0);
        let extra = others.map(|table| Ok((table.file(), bytes(table)?)));
        Ok((bytes(main)?, extra.collect::<Result<_, FigureError>>()?))
    }
}

struct OfPairs<'a> {
    figure: &'a dyn PairFigure,
    data: PairData,
}

impl Subject for OfPairs<'_> {
    fn id(&self) -> &'static str {
        self.figure.id()
    }

    fn runs(&self) -> Runs {
        Runs {
            finished: self.data.runs.len(),
            diverged: self.data.diverged.iter().map(Run::in_words).collect(),
            seeds: self.data.seeds().len(),
            steps: None,
        }
    }

    fn measured_everywhere(&self) -> Claim {
        let seeds = self.data.seeds().len();
        let coverage = self.figure.coverage(&self.data).into_iter();
        let parts = coverage.map(|Coverage { name, measured, of }| {
            let share = measured as f64 / of.max(1) as f64;
            (name, Some(Estimate::without_interval(share, seeds)))
        });
        Tag::Ours
            .claim(
                "measured-everywhere",
                "everything that the picture shows was measured in every run",
            )
            .by_value("share of runs that have it", Bound::AtLeast(1.0))
            .parts(parts)
    }

    fn claims(&self) -> Vec<Claim> {
        self.figure.claims(&self.data)
    }

    fn chart(&self) -> Chart {
        self.figure.chart(&self.data)
    }

    fn sections(&self) -> Vec<Section> {
        self.figure.sections(&self.data)
    }
}

#[cfg(test)]
mod tests;

//! What a figure of a sweep is: which rows it uses, its claims, its picture and the tables of its report.

mod along;
mod assembly;
mod curves;
mod lines;
mod paper;
mod sweep;
mod view;

pub use along::{Along, Spacing};
pub use assembly::FigureInput;
#[cfg(test)]
pub(crate) use assembly::judge;
pub(crate) use assembly::{Files, Runs, Subject, assemble};
pub use curves::{Curve, qualitative};
pub use lines::Lines;
pub(crate) use paper::distance;
pub use paper::{Compared, Paper};
pub use sweep::Sweep;
pub(crate) use sweep::measured;
pub use view::View;

use crate::chart::Chart;
use crate::table::{Losses, Row, Select, Spectrum, Table};
use crate::text::numbers::thousands;
use crate::text::{Section, plural};
use crate::{Claim, Preset, Setting};

/// What a figure sees of its input.
#[derive(Debug, Clone)]
pub struct Data<'a> {
    /// The rows that it uses, checked.
    pub table: Table<'a>,
    /// Eigenpairs.
    pub spectra: &'a [Spectrum],
    /// How much work was done.
    pub preset: Preset,
    /// The last losses of the networks.
    pub losses: Losses<'a>,
}

impl<'a> Data<'a> {
    /// A table with what belongs to it; `settings` may tell the loss of the best constant prediction.
    pub fn new(
        table: Table<'a>,
        spectra: &'a [Spectrum],
        preset: Preset,
        settings: &[Setting],
    ) -> Self {
        Self {
            losses: Losses::new(&table, settings),
            table,
            spectra,
            preset,
        }
    }

    /// The subtitle of the chart: figure and paper, task, seeds, steps, preset, divergence.
    pub fn subtitle(&self, paper_figure: &str) -> String {
        let diverged = match self.table.diverged().len() {
            0 => String::new(),
            n => format!("  ·  {n} diverged, not drawn"),
        };
        format!(
            "{paper_figure}  ·  task: {}  ·  {}, {} steps  ·  preset {}{diverged}",
            self.table.tasks().join(", "),
            plural(self.table.seeds().len(), "seed"),
            thousands(self.table.steps()),
            self.preset
        )
    }
}

/// A figure that is made of [`Row`]s.
pub trait SweepFigure: Sync {
    /// Its id in the registry.
    fn id(&self) -> &'static str;

    /// What it shows. The first view is the headline.
    fn views(&self) -> Vec<View> {
        Vec::new()
    }

    /// Whether the figure uses a row: those of its views, if nothing else is said.
    fn uses(&self, row: &Row) -> bool {
        self.views().iter().any(|view| view.uses(row))
    }

    /// The quantities, by name, that must have a value in every network that finished: any preset claims so. The lines of
    /// the first view, if nothing else is said.
    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let views = self.views();
        views
            .first()
            .map_or(Vec::new(), |view| view.named(&data.table))
    }

    /// What of it is undefined by refusal, and why: notes of that claim.
    fn refused(&self, _data: &Data<'_>) -> Vec<String> {
        Vec::new()
    }

    /// The claims that every preset makes of what was measured: that the headline is defined, if nothing else is said.
    fn soundness(&self, data: &Data<'_>) -> Vec<Claim> {
        vec![sweep::measured_everywhere(self, data)]
    }

    /// The claims of the presets that make any about the paper: `quick` and `paper`.
    fn claims(&self, data: &Data<'_>) -> Vec<Claim>;

    /// The picture.
    fn chart(&self, data: &Data<'_>) -> Chart;

    /// The report's own sections: the tables of the first view's alpha, if nothing else is said.
    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let views = self.views();
        views
            .first()
            .map_or(Vec::new(), |view| view.alpha_sections(&data.table))
    }
}

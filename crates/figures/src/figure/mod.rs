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
pub(crate) use sweep::{measured, measured_everywhere};
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
#[derive(Debug, Clone, Copy)]
pub struct SweepFigure {
    /// Its id in the registry.
    pub id: &'static str,
    /// Whether it uses a row.
    pub uses: fn(&Row) -> bool,
    /// The claims that every preset makes of what was measured, see [`measured_everywhere`].
    pub soundness: fn(&Data<'_>) -> Vec<Claim>,
    /// The claims of the presets that make any about the paper: `quick` and `paper`.
    pub claims: fn(&Data<'_>) -> Vec<Claim>,
    /// The picture.
    pub chart: fn(&Data<'_>) -> Chart,
    /// The report's own sections.
    pub sections: fn(&Data<'_>) -> Vec<Section>,
    /// Synthetic measurements, to look at its picture. **Not data.**
    pub made_up: fn() -> Sweep,
}

/// Quantities, by name, that must have a value in every network that finished.
pub type Headline<'t> = Vec<(String, Select<'t>)>;

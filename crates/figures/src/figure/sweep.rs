//! Figures of the rows of sweeps: which rows they use, and how these become a figure.

use std::collections::{BTreeSet, HashSet};

use super::assembly::{Files, Runs, Subject, assemble};
use super::{Data, FigureInput, SweepFigure};
use crate::chart::Chart;
use crate::table::{
    self, Network, Outcome, Row, Select, Spectrum, Table, is_loss, losses_section, write_spectra,
};
use crate::text::Section;
use crate::{Bound, Claim, Estimate, FigureBundle, FigureError, Preset, Setting, Tag};

/// What is measured of the networks of a sweep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sweep {
    /// Numbers of networks and layers.
    pub rows: Vec<Row>,
    /// Eigenpairs, for figures that draw them; may be empty.
    pub spectra: Vec<Spectrum>,
}

impl From<Vec<Row>> for Sweep {
    fn from(rows: Vec<Row>) -> Self {
        Self {
            rows,
            spectra: Vec::new(),
        }
    }
}

impl Sweep {
    /// Makes a figure of it.
    pub(crate) fn draw<M>(
        &self,
        figure: &dyn SweepFigure,
        input: &FigureInput<M>,
    ) -> Result<FigureBundle, FigureError> {
        let subject = self.subject(figure, input.preset, &input.settings)?;
        assemble(&subject, self.files(figure)?, input)
    }

    /// A figure beside the rows that it uses.
    pub(crate) fn subject<'a>(
        &'a self,
        figure: &'a dyn SweepFigure,
        preset: Preset,
        settings: &[Setting],
    ) -> Result<impl Subject + use<'a>, FigureError> {
        let table = Table::new(used(figure, &self.rows))?;
        let data = Data::new(table, &self.spectra, preset, settings);
        Ok(OfSweep { figure, data })
    }

    fn files(&self, figure: &dyn SweepFigure) -> Result<Files, FigureError> {
        let mut data_csv = Vec::new();
        table::write(used(figure, &self.rows).into_iter(), &mut data_csv)?;
        let mut extra = Vec::new();
        if !self.spectra.is_empty() {
            let mut bytes = Vec::new();
            write_spectra(&self.spectra, &mut bytes)?;
            extra.push((crate::SPECTRA_FILE, bytes));
        }
        Ok((data_csv, extra))
    }
}

/// The rows of a figure, with the losses of the networks that they belong to. A network that diverged before it was measured
/// has one row, of no statistic in particular.
fn used<'a>(figure: &dyn SweepFigure, rows: &'a [Row]) -> Vec<&'a Row> {
    let of_figure = |row: &&Row| figure.uses(row) || row.outcome == Outcome::Diverged;
    let networks: HashSet<Network<'_>> = rows.iter().filter(of_figure).map(Row::network).collect();
    let rows = rows.iter();
    rows.filter(|row| of_figure(row) || (is_loss(row) && networks.contains(&row.network())))
        .collect()
}

struct OfSweep<'a> {
    figure: &'a dyn SweepFigure,
    data: Data<'a>,
}

impl Subject for OfSweep<'_> {
    fn id(&self) -> &'static str {
        self.figure.id()
    }

    fn runs(&self) -> Runs {
        let table = &self.data.table;
        Runs {
            finished: table.networks(),
            diverged: table.diverged().map(Row::network_in_words).collect(),
            seeds: table.seeds().len(),
            steps: Some(table.steps()),
        }
    }

    fn soundness(&self) -> Vec<Claim> {
        self.figure.soundness(&self.data)
    }

    fn claims(&self) -> Vec<Claim> {
        self.figure.claims(&self.data)
    }

    fn chart(&self) -> Chart {
        let settings = self.data.table.shared_settings();
        let chart = self.figure.chart(&self.data);
        chart.note(format!("All networks: {settings}."))
    }

    fn sections(&self) -> Vec<Section> {
        let seeds = self.data.table.seeds().len();
        let mut sections = self.figure.sections(&self.data);
        sections.push(losses_section(&self.data.losses, seeds));
        sections
    }
}

/// The claim that the headline of a figure is defined.
pub(super) fn measured_everywhere(figure: &(impl SweepFigure + ?Sized), data: &Data<'_>) -> Claim {
    let refused = figure.refused(data);
    let statement = if refused.is_empty() {
        "every quantity of the picture is defined wherever it was measured"
    } else {
        "every quantity of the picture is defined wherever it was measured, or refused"
    };
    let headline = figure.headline(data);
    let claim = measured("measured-everywhere", statement, headline, &data.table);
    refused.into_iter().fold(claim, Claim::note)
}

/// The claim that every one of these quantities has a value in every network that finished.
pub(crate) fn measured(
    id: &'static str,
    statement: &str,
    headline: Vec<(String, Select<'_>)>,
    table: &Table<'_>,
) -> Claim {
    let parts = headline.into_iter().map(|(name, select)| {
        let rows = select.rows();
        let with: BTreeSet<Network<'_>> = rows.iter().map(|row| row.network()).collect();
        let numbers = select.numbers();
        let numbers: HashSet<_> = numbers
            .iter()
            .map(|(row, _)| std::ptr::from_ref(*row))
            .collect();
        let without: BTreeSet<Network<'_>> = rows
            .iter()
            .filter(|row| !numbers.contains(&std::ptr::from_ref(**row)))
            .map(|row| row.network())
            .collect();
        let complete = with.difference(&without).count();
        let share = complete as f64 / table.networks().max(1) as f64;
        let ours = Estimate::without_interval(share, table.seeds().len());
        (name, Some(ours))
    });
    Tag::Ours
        .claim(id, statement)
        .by_value(
            "share of networks with a value at each of their measurements",
            Bound::AtLeast(1.0),
        )
        .parts(parts)
}

//! Figures of the rows of sweeps: which rows they use, and how these become a figure.

use std::collections::{BTreeSet, HashSet};

use super::assembly::{Files, Runs, Subject, assemble};
use super::{Data, FigureInput, Headline, SweepFigure};
use crate::chart::Chart;
use crate::table::{Network, Outcome, Row, Spectrum, Table, is_loss, losses_section, write_rows};
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
        figure: &SweepFigure,
        input: &FigureInput<M>,
    ) -> Result<FigureBundle, FigureError> {
        let subject = self.subject(figure, input.preset, &input.settings)?;
        assemble(&subject, self.files(figure)?, input)
    }

    /// A figure beside the rows that it uses.
    pub(crate) fn subject<'a>(
        &'a self,
        figure: &'a SweepFigure,
        preset: Preset,
        settings: &[Setting],
    ) -> Result<impl Subject + use<'a>, FigureError> {
        let table = Table::new(used(figure, &self.rows))?;
        let data = Data::new(table, &self.spectra, preset, settings);
        Ok(OfSweep { figure, data })
    }

    fn files(&self, figure: &SweepFigure) -> Result<Files, FigureError> {
        let mut data_csv = Vec::new();
        write_rows(used(figure, &self.rows), &mut data_csv)?;
        let mut extra = Vec::new();
        if !self.spectra.is_empty() {
            let mut bytes = Vec::new();
            Spectrum::SCHEMA.write(&self.spectra, &mut bytes)?;
            extra.push((crate::SPECTRA_FILE, bytes));
        }
        Ok((data_csv, extra))
    }
}

/// The rows of a figure, with the losses of the networks that they belong to. A network that diverged before it was measured
/// has one row, of no statistic in particular.
fn used<'a>(figure: &SweepFigure, rows: &'a [Row]) -> Vec<&'a Row> {
    let of_figure = |row: &&Row| (figure.uses)(row) || row.outcome == Outcome::Diverged;
    let networks: HashSet<Network<'_>> = rows.iter().filter(of_figure).map(Row::network).collect();
    let rows = rows.iter();
    rows.filter(|row| of_figure(row) || (is_loss(row) && networks.contains(&row.network())))
        .collect()
}

struct OfSweep<'a> {
    figure: &'a SweepFigure,
    data: Data<'a>,
}

impl Subject for OfSweep<'_> {
    fn id(&self) -> &'static str {
        self.figure.id
    }

    fn runs(&self) -> Runs {
        let table = &self.data.table;
        Runs {
            finished: table.networks(),
            diverged: table.diverged().map(Row::network_in_words).collect(),
            seeds: table.seeds().len(),
            steps: Some(table.steps()),
            decay_times: table.decay_times(),
        }
    }

    fn soundness(&self) -> Vec<Claim> {
        (self.figure.soundness)(&self.data)
    }

    fn claims(&self) -> Vec<Claim> {
        (self.figure.claims)(&self.data)
    }

    fn chart(&self) -> Chart {
        let settings = self.data.table.shared_settings();
        let chart = (self.figure.chart)(&self.data);
        chart.note(format!("All networks: {settings}."))
    }

    fn sections(&self) -> Vec<Section> {
        let seeds = self.data.table.seeds().len();
        let mut sections = (self.figure.sections)(&self.data);
        sections.push(losses_section(&self.data.losses, seeds));
        sections
    }
}

/// The claim that the headline of a figure is defined; what of it is undefined by refusal is noted.
pub(crate) fn measured_everywhere(
    data: &Data<'_>,
    headline: Headline<'_>,
    refused: Vec<String>,
) -> Vec<Claim> {
    let mut statement =
        "every quantity of the picture is defined wherever it was measured".to_owned();
    if !refused.is_empty() {
        statement += ", or cannot be";
    }
    let claim = measured("measured-everywhere", &statement, headline, &data.table);
    vec![refused.into_iter().fold(claim, Claim::note)]
}

/// The claim that every one of these quantities has a value in every network that finished.
pub(crate) fn measured(
    id: &'static str,
    statement: &str,
    headline: Headline<'_>,
    table: &Table<'_>,
) -> Claim {
    let (networks, seeds) = (table.networks(), table.seeds().len());
    let parts = headline.into_iter().map(|(name, select)| {
        let rows = select.rows();
        let with: BTreeSet<Network<'_>> = rows.iter().map(|row| row.network()).collect();
        let numbers = select.numbers().into_iter();
        let numbers: HashSet<_> = numbers.map(|(row, _)| std::ptr::from_ref(row)).collect();
        let without = rows
            .iter()
            .filter(|row| !numbers.contains(&std::ptr::from_ref(**row)));
        let without: BTreeSet<Network<'_>> = without.map(|row| row.network()).collect();
        let complete = with.difference(&without).count();
        let share = complete as f64 / networks.max(1) as f64;
        (name, Some(Estimate::without_interval(share, seeds)))
    });
    let quantity = "share of networks with a value at each of their measurements";
    Tag::Ours
        .claim(id, statement)
        .by_value(quantity, Bound::AtLeast(1.0))
        .parts(parts)
        .soundness()
}

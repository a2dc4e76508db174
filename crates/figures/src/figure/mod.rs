//! What a figure of a sweep is: which rows it uses, its claims, its picture and the tables of its report.

mod curves;
mod paper;
mod view;

pub use curves::{Curve, qualitative};
pub use paper::Paper;
pub use view::{Along, Lines, Spacing, View};

use std::collections::HashSet;

use crate::chart::{Chart, draw};
use crate::claims::{Identity, identities_hold, runs_finished};
use crate::report::Report;
use crate::table::{
    self, Losses, Network, Outcome, Row, Select, Spectrum, Table, is_loss, losses_section,
    write_spectra,
};
use crate::text::numbers::thousands;
use crate::text::{Section, plural};
use crate::{
    Bound, Claim, Claims, Criterion, Estimate, FigureBundle, FigureError, Preset, Provenance,
    Setting, Tag,
};

/// What a figure is made of.
#[derive(Debug, Clone)]
pub struct FigureInput<'a> {
    /// How much work was done.
    pub preset: Preset,
    /// The measurements; rows that the figure does not use are dropped, from `data.csv` too.
    pub rows: &'a [Row],
    /// Eigenpairs, for figures that draw them; may be empty.
    pub spectra: &'a [Spectrum],
    /// What was set, and whose choice it is.
    pub settings: Vec<Setting>,
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// Checks of what was measured; may be empty.
    pub identities: Vec<Identity>,
}

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

pub(crate) fn assemble(
    figure: &dyn SweepFigure,
    info: &'static crate::FigureInfo,
    input: FigureInput<'_>,
) -> Result<FigureBundle, FigureError> {
    let rows = used(figure, input.rows);
    let used = || rows.iter().copied();
    let data = Data::new(
        Table::new(used())?,
        input.spectra,
        input.preset,
        &input.settings,
    );
    let claims = judge(figure, &data, &input.identities);
    let mut data_csv = Vec::new();
    table::write(used(), &mut data_csv)?;
    let mut extra = Vec::new();
    if !input.spectra.is_empty() {
        let mut bytes = Vec::new();
        write_spectra(input.spectra, &mut bytes)?;
        extra.push((crate::SPECTRA_FILE, bytes));
    }
    let mut sections = figure.sections(&data);
    sections.push(losses_section(&data.losses, data.table.seeds().len()));
    let report = Report {
        info,
        preset: input.preset,
        runs: runs(&data.table),
        diverged: diverged(&data.table),
        claims: &claims,
        sections,
        settings: &input.settings,
        provenance: &input.provenance,
    }
    .to_markdown();
    Ok(FigureBundle {
        info,
        preset: input.preset,
        picture: draw(&figure.chart(&data).note(shared_settings(&data.table)))?,
        data_csv,
        extra,
        claims,
        report,
        provenance: input.provenance,
    })
}

/// The rows of a figure, with the losses of the networks that they belong to. A network that diverged before it was measured
/// has one row, of no statistic in particular.
pub(crate) fn used<'a>(figure: &dyn SweepFigure, rows: &'a [Row]) -> Vec<&'a Row> {
    let of_figure = |row: &&Row| figure.uses(row) || row.outcome == Outcome::Diverged;
    let networks: HashSet<Network<'_>> = rows.iter().filter(of_figure).map(Row::network).collect();
    let rows = rows.iter();
    rows.filter(|row| of_figure(row) || (is_loss(row) && networks.contains(&row.network())))
        .collect()
}

pub(crate) fn judge(figure: &dyn SweepFigure, data: &Data<'_>, identities: &[Identity]) -> Claims {
    let table = &data.table;
    let (seeds, diverged) = (table.seeds().len(), diverged(table));
    let runs = table.networks() + diverged.len();
    let mut claims = vec![
        runs_finished(runs, seeds, &diverged),
        measured_everywhere(figure, data),
    ];
    claims.extend(identities_hold(identities, seeds));
    if data.preset != Preset::Smoke {
        claims.extend(figure.claims(data));
    }
    Claims::new(figure.id(), data.preset, claims)
}

fn measured_everywhere(figure: &dyn SweepFigure, data: &Data<'_>) -> Claim {
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
    let criterion = Criterion::by_value(
        "share of networks with a value at each of their measurements",
        Bound::AtLeast(1.0),
    );
    let parts = headline.into_iter().map(|(name, select)| {
        let rows = select.rows();
        let with: std::collections::BTreeSet<Network<'_>> =
            rows.iter().map(|row| row.network()).collect();
        let numbers = select.numbers();
        let numbers: HashSet<_> = numbers
            .iter()
            .map(|(row, _)| std::ptr::from_ref(*row))
            .collect();
        let without: std::collections::BTreeSet<Network<'_>> = rows
            .iter()
            .filter(|row| !numbers.contains(&std::ptr::from_ref(**row)))
            .map(|row| row.network())
            .collect();
        let complete = with.difference(&without).count();
        let share = complete as f64 / table.networks().max(1) as f64;
        let ours = Estimate::without_interval(share, table.seeds().len());
        criterion.part(name, None, Some(ours))
    });
    let parts = parts.collect();
    Claim::new(id, Tag::Ours, statement, criterion, parts)
}

fn diverged(table: &Table<'_>) -> Vec<String> {
    table.diverged().map(Row::network_in_words).collect()
}

fn shared_settings(table: &Table<'_>) -> String {
    format!("All networks: {}.", table.shared_settings())
}

fn runs(table: &Table<'_>) -> String {
    let runs = table.networks() + table.diverged().len();
    format!(
        "{} with {} in all, up to {} steps",
        plural(runs, "run"),
        plural(table.seeds().len(), "seed"),
        thousands(table.steps())
    )
}

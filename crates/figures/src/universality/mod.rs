//! Figures of "When Representations Align": tables of pairs of points, one pattern of a figure.
//!
//! An experiment measures [`PairTables`]; [`reproduce`] finds the figure of an id and makes it: the rows that the figure uses
//! are checked ([`PairData`]) and become claims, a chart and the tables of a report. A new figure is a module that implements
//! [`PairFigure`] and a line in `FIGURES`.

pub mod alternative;
pub(crate) mod authors;
#[cfg(test)]
pub(crate) mod check;
mod checked;
pub mod crh;
pub mod depth;
pub(crate) mod drawn;
pub mod final_distance;
pub mod gain;
pub mod loss;
pub mod mnist_structure;
pub mod mnist_trajectories;
pub mod one_curve;
pub mod orthogonal;
pub(crate) mod picked;
mod rows;
pub mod settings;
#[doc(hidden)]
pub mod synthetic;
mod tables;
pub mod trajectories;
pub(crate) mod two_points;
pub mod xor;

pub use checked::{PairData, Run};
pub use rows::{Distance, Embedded, FitRow, Moment, Value};
pub use tables::{PairTable, PairTables, SCHEMA_VERSION};

pub use crate::table::Outcome;

use formant_catalog::CatalogError;

use crate::chart::{Chart, draw};
use crate::claims::{Identity, identities_hold, runs_finished};
use crate::report::Report;
use crate::text::{Section, plural};
use crate::{
    Bound, Claim, Claims, Criterion, Estimate, FigureBundle, FigureError, FigureInfo, Preset,
    Provenance, Setting, Tag,
};

/// What a figure is made of.
#[derive(Debug, Clone)]
pub struct PairInput<'a> {
    /// How much work was done.
    pub preset: Preset,
    /// The measurements; rows that the figure does not use are dropped, from its files too.
    pub tables: &'a PairTables,
    /// What was set, and whose choice it is.
    pub settings: Vec<Setting>,
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// Checks of what was measured; may be empty.
    pub identities: Vec<Identity>,
}

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
    fn main_table(&self) -> PairTable;

    /// The rows that the figure uses, of all that were measured.
    fn select(&self, tables: &PairTables) -> PairTables;

    /// What must have been measured of every run that finished: any preset claims so.
    fn coverage(&self, data: &PairData) -> Vec<Coverage>;

    /// The claims of the presets that make any about the paper: `quick` and `paper`.
    fn claims(&self, data: &PairData) -> Vec<Claim>;

    /// The picture.
    fn chart(&self, data: &PairData) -> Chart;

    /// The report's own sections.
    fn sections(&self, data: &PairData) -> Vec<Section>;
}

/// The figures, one a line.
static FIGURES: &[&dyn PairFigure] = &[
    &crate::universality::trajectories::Trajectories,
    &crate::universality::loss::PairLoss,
    &crate::universality::depth::Depth,
    &crate::universality::final_distance::FinalDistance,
    &crate::universality::gain::Gain,
    &crate::universality::alternative::Alternative,
    &crate::universality::one_curve::Universality,
    &crate::universality::xor::Xor,
    &crate::universality::mnist_trajectories::MnistPair,
    &crate::universality::mnist_structure::Structure,
    &crate::universality::orthogonal::Orthogonal,
    &crate::universality::crh::PairAlignment,
];

/// Whether the figure with this id is made of [`PairTables`].
pub fn is_pair(id: &str) -> bool {
    FIGURES.iter().any(|figure| figure.id() == id)
}

/// The table that is a figure's `data.csv`; `None` where [`is_pair`] says no.
pub fn main_table(id: &str) -> Option<PairTable> {
    let figure = FIGURES.iter().find(|figure| figure.id() == id);
    figure.map(|figure| figure.main_table())
}

/// Makes the figure with this id.
///
/// # Errors
///
/// [`FigureError::Catalog`] for an id that is not one of these figures, [`FigureError::Table`] for rows that cannot be
/// used, [`FigureError::Draw`].
pub fn reproduce(id: &str, input: PairInput<'_>) -> Result<FigureBundle, FigureError> {
    let info = crate::find(id)?;
    let figure = FIGURES.iter().find(|figure| figure.id() == id);
    let figure = figure.ok_or_else(|| CatalogError::UnknownFigure {
        id: id.to_owned(),
        hint: "it is not made of tables of pairs".to_owned(),
    })?;
    assemble(*figure, info, input)
}

fn assemble(
    figure: &dyn PairFigure,
    info: &'static FigureInfo,
    input: PairInput<'_>,
) -> Result<FigureBundle, FigureError> {
    let used = figure.select(input.tables);
    let (data_csv, extra) = files(figure.main_table(), &used)?;
    let data = PairData::new(used, input.preset)?;
    let claims = judge(figure, &data, &input.identities);
    let report = Report {
        info,
        preset: input.preset,
        runs: runs(&data),
        diverged: diverged(&data),
        claims: &claims,
        sections: figure.sections(&data),
        settings: &input.settings,
        provenance: &input.provenance,
    }
    .to_markdown();
    Ok(FigureBundle {
        info,
        preset: input.preset,
        picture: draw(&figure.chart(&data))?,
        data_csv,
        extra,
        claims,
        report,
        provenance: input.provenance,
    })
}

type Files = (Vec<u8>, Vec<(&'static str, Vec<u8>)>);

/// `data.csv`, and the other tables that have rows.
fn files(main: PairTable, used: &PairTables) -> Result<Files, FigureError> {
    let bytes = |table| {
        let mut bytes = Vec::new();
        used.write(table, &mut bytes).map(|()| bytes)
    };
    let others = PairTable::ALL.into_iter();
    let others = others.filter(|&table| table != main && used.len(table) > 0);
    let extra = others.map(|table| Ok((table.file(), bytes(table)?)));
    Ok((bytes(main)?, extra.collect::<Result<_, FigureError>>()?))
}

/// The claims, without the picture.
fn judge(figure: &dyn PairFigure, data: &PairData, identities: &[Identity]) -> Claims {
    let (seeds, diverged) = (data.seeds().len(), diverged(data));
    let runs = data.runs.len() + diverged.len();
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

fn measured_everywhere(figure: &dyn PairFigure, data: &PairData) -> Claim {
    let criterion = Criterion::by_value("share of runs that have it", Bound::AtLeast(1.0));
    let seeds = data.seeds().len();
    let parts = figure.coverage(data).into_iter().map(|coverage| {
        let share = coverage.measured as f64 / coverage.of.max(1) as f64;
        let ours = Estimate::without_interval(share, seeds);
        criterion.part(coverage.name, None, Some(ours))
    });
    let parts = parts.collect();
    let statement = "everything that the picture shows was measured in every run";
    Claim::new(
        "measured-everywhere",
        Tag::Ours,
        statement,
        criterion,
        parts,
    )
}

fn diverged(data: &PairData) -> Vec<String> {
    data.diverged.iter().map(Run::in_words).collect()
}

fn runs(data: &PairData) -> String {
    let runs = data.runs.len() + data.diverged.len();
    format!(
        "{} with {} in all",
        plural(runs, "run"),
        plural(data.seeds().len(), "seed")
    )
}

#[cfg(test)]
mod tests;

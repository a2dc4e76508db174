//! Figures of *Formation of Representations in Neural Networks* (arXiv 2410.03006).
//!
//! An experiment measures [`Row`]s; [`reproduce`] finds the figure of an id and makes it: the rows that the figure uses
//! become a [`Table`](crate::table::Table), the table becomes claims, a chart and the tables of a report. A new figure is a
//! module that implements [`SweepFigure`] and a line in `FIGURES`.

pub mod ansatz;
pub mod balance;
pub mod calibrate;
#[cfg(test)]
pub(crate) mod check;
pub mod collapse;
pub mod cross;
pub mod exponents;
pub mod gamma;
pub mod phases;
pub mod rank;
pub mod raw;
mod relations;
pub mod sweeps;
#[doc(hidden)]
pub mod synthetic;
pub mod training;
#[cfg(test)]
pub(crate) mod verdicts;
pub mod width;

use formant_catalog::CatalogError;

use crate::figure::{FigureInput, SweepFigure, assemble};
use crate::{FigureBundle, FigureError};

/// The figures, one a line.
static FIGURES: &[&dyn SweepFigure] = &[
    &width::Width,
    &rank::Rank,
    &training::Training,
    &raw::Raw,
    &cross::Cross,
    &sweeps::Sweeps,
    &balance::Balance,
    &exponents::Exponents,
    &phases::Phases,
    &collapse::Collapse,
    &ansatz::Ansatz,
];

/// Makes the figure with this id.
///
/// # Errors
///
/// [`FigureError::Catalog`] for an id that is not one of these figures, [`FigureError::Table`] for rows that cannot
/// be used, [`FigureError::Draw`].
pub fn reproduce(id: &str, input: FigureInput<'_>) -> Result<FigureBundle, FigureError> {
    let info = crate::find(id)?;
    let figure = FIGURES.iter().find(|figure| figure.id() == id);
    let figure = figure.ok_or_else(|| CatalogError::UnknownFigure {
        id: id.to_owned(),
        hint: "it is not made of sweep rows".to_owned(),
    })?;
    assemble(*figure, info, input)
}

#[cfg(test)]
mod tests;

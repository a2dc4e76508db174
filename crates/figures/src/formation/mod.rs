//! Figures of *Formation of Representations in Neural Networks* (arXiv 2410.03006).
//!
//! An experiment measures rows ([`Row`](crate::table::Row)). Those that a figure uses become a
//! [`Table`](crate::table::Table), the table becomes claims, a chart and the tables of a report. A new figure is a module with
//! a `SweepFigure` and a line in `FIGURES` of `figures`.

pub mod ansatz;
pub mod balance;
pub mod calibrate;
#[cfg(test)]
pub(crate) mod check;
pub mod clock;
pub mod collapse;
pub mod cross;
pub mod exponents;
pub mod gamma;
pub mod phases;
pub mod predictions;
pub mod rank;
pub mod raw;
mod relations;
pub mod sweeps;
#[doc(hidden)]
pub mod synthetic;
pub mod training;
pub mod width;

/// What every claim along weight decay or learning rate at equal steps has to say.
pub(crate) const CLOCK: &str = "at equal steps, weight decay and learning rate also set how many decay times training lasts, so that this is no effect of either alone; `crh-clock` compares at equal decay times";

#[cfg(test)]
mod tests;

//! Experiments, one module each, and the binary `formant`.
//!
//! An [`Experiment`] is a configuration that expands into *cells*: training runs of one network each. The
//! [`cells::Store`] keeps what a finished cell measured, under a key that is the hash of everything its result
//! depends on; a cell that was stopped goes on from its checkpoint.

mod calibrate;
mod cell_list;
pub mod cells;
pub mod cli;
mod commands;
pub mod config;
mod experiment;
mod fc;
mod figure;
pub mod gamma;
mod host;
mod measurement;
pub mod pairs;
mod progress;
mod provenance;
mod spec;
mod sweep;
mod tasks;
mod train_cells;

pub use experiment::{Context, Experiment, experiments};

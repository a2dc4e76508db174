//! Experiments, one folder a paper, and the binary `formant`.
//!
//! An [`Experiment`] is a configuration that expands into *cells*: training runs of one network each. The
//! [`runner`] keeps what a finished cell measured, under a key that is the hash of everything its result
//! depends on; a cell that was stopped resumes from its checkpoint.

pub mod cli;
mod commands;
mod experiment;
mod families;
pub mod formation;
mod measure;
pub mod runner;
pub mod universality;

pub use experiment::{Context, Experiment, experiments};

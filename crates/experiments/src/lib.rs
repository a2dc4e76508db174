//! Experiments, one folder a paper, and the binary `formant`.
//!
//! An [`Experiment`] is a configuration that expands into *cells*: training runs of one network each. The
//! [`runner`] keeps what a finished cell measured, under a key that is the hash of everything its result
//! depends on; a cell that was stopped resumes from its checkpoint.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod cli;
mod commands;
mod configuration;
mod damage;
mod experiment;
mod families;
pub mod formation;
mod kills;
mod limits;
mod measure;
pub mod runner;
mod small_runs;
pub mod universality;

pub use experiment::{Experiment, Mode};
pub use families::EXPERIMENTS;
pub use runner::Context;

//! Tables to plots, claims and reports.
//!
//! **Invariant:** this crate never trains and knows nothing of tensors or devices. It reads a table of
//! numbers that an experiment measured and turns it into a picture, machine-checked claims and a report.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod error;
mod preset;
mod registry;

pub use error::FigureError;
pub use preset::Preset;
pub use registry::{FigureInfo, find, registry};

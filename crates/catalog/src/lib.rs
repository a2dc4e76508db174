//! What a command must know of figures, data sets and backends before anything is built: ids, titles, presets, data.
//!
//! **Invariant:** almost no dependencies. `xtask` is built on this crate, and answers a mistake on the command line
//! before the first build of the rest.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod backend;
mod data;
mod error;
mod figures;
mod preset;

pub use backend::BackendName;
pub use data::{DATA_VARIABLE, DataSet};
pub use error::CatalogError;
pub use figures::{FigureInfo, find, registry};
pub use preset::Preset;

/// The largest number of seeds of one setting.
pub const MOST_SEEDS: u64 = 1_000;

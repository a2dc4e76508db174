//! Tables to plots, claims and reports.
//!
//! **Invariant:** this crate never trains and knows nothing of tensors or devices. It reads a table of
//! numbers that an experiment measured and turns it into a picture, machine-checked claims and a report.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod bundle;
mod claims;
mod error;
pub mod gamma;
mod picture;
mod preset;
mod provenance;
mod registry;
mod stats;

pub use bundle::{FILES, FigureBundle, write_figure};
pub use claims::{
    Bound, CLAIMS_SCHEMA_VERSION, Claim, Claims, Criterion, JudgedBy, Part, Standing, Tag, Verdict,
};
pub use error::FigureError;
pub use picture::Picture;
pub use preset::Preset;
pub use provenance::{PROVENANCE_SCHEMA_VERSION, Provenance, Setting};
pub use registry::{FigureInfo, find, registry};
pub use stats::{Estimate, Range, spearman};

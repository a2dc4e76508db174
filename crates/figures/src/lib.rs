//! Tables to plots, claims and reports.
//!
//! **Invariant:** this crate never trains and knows nothing of tensors or devices. It reads a table of
//! numbers that an experiment measured and turns it into a picture, machine-checked claims and a report.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod alternative;
pub mod ansatz;
pub mod balance;
mod base;
mod bundle;
pub mod calibrate;
pub mod chart;
mod claims;
pub mod collapse;
pub mod cross;
mod dashes;
pub mod depth;
pub mod distance;
mod error;
pub mod exponents;
pub mod gain;
pub mod gamma;
mod measures;
pub mod mnist_pair;
mod numbers;
pub mod orthogonal;
pub mod pair_alignment;
pub mod pair_loss;
pub mod pairs;
pub mod phases;
mod picked;
mod picture;
mod preset;
mod provenance;
pub mod rank;
pub mod raw;
mod records;
mod registry;
mod report;
mod stats;
pub mod structure;
pub mod sweep;
pub mod sweeps;
pub mod training;
pub mod trajectories;
pub mod universality;
#[cfg(test)]
mod verdicts;
pub mod width;
pub mod xor;

pub use bundle::{EXTRA_FILES, FILES, FigureBundle, SPECTRA_FILE, write_figure};
pub use claims::{
    Bound, CLAIMS_SCHEMA_VERSION, Claim, Claims, Criterion, Identity, JudgedBy, Part, Standing,
    Tag, Verdict,
};
pub use error::FigureError;
pub use picture::{Marker, Picture};
pub use preset::Preset;
pub use provenance::{PROVENANCE_SCHEMA_VERSION, Provenance, Setting};
pub use records::Outcome;
pub use registry::{FigureInfo, find, registry};
pub use report::Section;
pub use stats::{Estimate, Range, spearman};
pub use sweep::{FigureInput, reproduce};

//! Tables to plots, claims and reports.
//!
//! **Invariant:** this crate never trains and knows nothing of tensors or devices. It reads a table of
//! numbers that an experiment measured and turns it into a picture, machine-checked claims and a report.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod chart;
mod claims;
mod error;
mod figure;
mod figures;
pub mod formation;
mod report;
pub mod table;
mod text;
pub mod universality;

pub use chart::{Marker, Picture};
pub use claims::{
    Bound, CLAIMS_SCHEMA_VERSION, Centre, Claim, Claims, Criterion, Estimate, Identity, JudgedBy,
    Kind, Part, Range, Tag, Tally, Verdict, spearman,
};
pub use error::FigureError;
pub use figure::{FigureInput, Sweep};
#[doc(hidden)]
pub use figures::made_up;
pub use figures::{Measured, read_measured, reproduce};
pub use formant_catalog::{FigureInfo, MOST_SEEDS, Preset, find, registry};
pub use report::{
    EXTRA_FILES, FILES, FigureBundle, PROVENANCE_SCHEMA_VERSION, Provenance, SPECTRA_FILE, Setting,
    recover_figure, write_figure,
};
pub use table::Outcome;
pub use text::Section;

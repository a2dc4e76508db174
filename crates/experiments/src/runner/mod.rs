//! The runner of cells: what a plan has, what is done, what is left, and where results are kept.

pub(crate) mod host;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod provenance;
pub mod store;

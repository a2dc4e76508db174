//! The experiments of "Formation of representations in neural networks" (arXiv 2410.03006): fully connected networks over
//! weight decays and other settings.

pub(crate) mod calibrate;
pub mod config;
pub mod gamma;
pub(crate) mod networks;
pub(crate) mod spec;
pub(crate) mod sweep;
pub(crate) mod sweeps;
pub(crate) mod tasks;

//! The experiments of "Formation of Representations in Neural Networks" (arXiv 2410.03006): fully connected networks over
//! weight decays and other settings.

pub(crate) mod calibrate;
mod check;
pub mod config;
pub mod gamma;
pub(crate) mod networks;
mod spec;
pub(crate) mod sweeps;
mod tasks;

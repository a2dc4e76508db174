//! The figures of the fully connected experiments that are made of sweeps: which networks each needs, and the rows that
//! it is drawn from.

mod figure;
mod rows;
mod runs;
mod settings;

pub use figure::FIGURES;
pub(crate) use rows::rows;

//! From a network to what is measured of it.

pub mod measurement;
pub mod requested;

pub use measurement::Measurement;
pub use requested::{Extra, Requested, Subject};

//! From a network to what is measured of it.

pub mod averages;
pub mod measurement;
pub mod requested;

pub use averages::Averages;
pub use measurement::Measurement;
pub use requested::{Extra, Requested, Subject, Taken};

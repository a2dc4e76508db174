//! From a network to what is measured of it.

pub(crate) mod measurement;
pub(crate) mod requested;

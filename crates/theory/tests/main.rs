//! The tests of the crate, phases, two points, structure, in one program: linking many takes longer than running them.

#![allow(clippy::unwrap_used)]

mod common;
mod phases;
mod structure;
mod two_point_fit;
mod two_point_intervals;
mod two_point_properties;
mod two_point_reference;

//! One binary for all integration tests: burn's generic code is compiled anew in each.
#![allow(clippy::unwrap_used)]

mod few_points;
mod independence;
mod parity;
mod plain;
mod workers;

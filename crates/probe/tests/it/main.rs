//! One binary for all integration tests: burn's generic code is compiled anew in each.
#![allow(clippy::unwrap_used)]

mod allocations;
mod dimensions;
mod measure;
mod observers;
mod sites;

//! One binary for all integration tests: burn's generic code is compiled anew in each.
#![allow(clippy::unwrap_used)]

mod conformance;
#[cfg(feature = "flex")]
mod kernels;
mod provider;

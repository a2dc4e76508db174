//! Synthetic tables for tests and for looking at the drawing code. **Not data.**

mod fits;
mod network;

pub use fits::{altered, depth_fits, distances, grid};
#[cfg(test)]
pub use network::two_points_with;
pub use network::{Network, two_points};

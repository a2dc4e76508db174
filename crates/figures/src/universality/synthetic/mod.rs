//! Synthetic tables for tests and for looking at the drawing code. **Not data.**

mod fits;
mod network;

pub use fits::{altered, depth_fits, distances, grid};
pub use network::{Network, two_points, two_points_with};

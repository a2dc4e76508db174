//! Two-dimensional convolutions and batch norm over slices of host memory, in single precision.
//!
//! Activations are `[samples, height, width, channels]`, weights `[kernel, kernel, channels, filters]`, everything in row-major
//! order: a convolution is the linear map \\(h_b = W^\top h_a\\) of each patch, and its weight, flattened, is
//! `[kernel * kernel * channels, filters]`.
//!
//! A 3×3 convolution of stride 1 goes through Winograd's \\(F(2 \times 2, 3 \times 3)\\) (Lavin and Gray 2016), which has
//! 16 multiplications for 36; any other unfolds its patches, a block of positions at a time. Both end in products of
//! panels: strips of 16 columns, read in order. The order of every sum is fixed: results do not depend on the number of threads.

mod batch_norm;
mod conv;
mod groups;
mod panels;
mod patches;
mod scratch;
mod shape;
mod vectorized;
mod winograd;

pub use batch_norm::{BatchNorm, Statistics};
pub use shape::Conv;

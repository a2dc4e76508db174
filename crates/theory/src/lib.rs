//! Predictions of the papers, derived in code.
//!
//! - [`phases`]: the power-law phases of a layer (which of its matrices are powers of which others), solved from the
//!   relations that hold on its two sides (Theorem 2 and Table 1 of "Formation of Representations in Neural
//!   Networks", arXiv 2410.03006).
//! - [`structure`]: distances between images in a trained network, predicted from distances of pixels and labels
//!   (same paper as [`two_point`]).
//! - [`two_point`]: how the representations of two data points separate or merge, and the fit of the theory's two
//!   constants to a measured trajectory ("When Representations Align", arXiv 2402.09142).
//!
//! Nothing here reads files, trains networks or measures them.

mod error;
pub mod phases;
pub mod structure;
pub mod two_point;

pub use error::TheoryError;
pub use structure::{PixelScale, Structure, predicted_structure};

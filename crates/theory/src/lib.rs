//! What the papers predict, as code that derives it.
//!
//! - [`phases`]: the power-law phases of a layer, which of its matrices are powers of which, solved from the
//!   relations that hold on its two sides (Theorem 2 and Table 1 of "Formation of Representations in Neural
//!   Networks", arXiv 2410.03006).
//! - [`structure`]: distances between images of a trained network, from distances of pixels and labels (same paper as
//!   [`two_point`]).
//! - [`two_point`]: how the representations of two data points come apart, or together, and the fit of its two
//!   constants to a measured trajectory ("When Representations Align", arXiv 2402.09142).
//!
//! Nothing here reads a file, trains or measures.

mod error;
pub mod phases;
pub mod structure;
pub mod two_point;

pub use error::TheoryError;
pub use structure::{PixelScale, Structure, predicted_structure};

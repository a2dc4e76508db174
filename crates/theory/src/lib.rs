//! What the papers predict, as code that derives it.
//!
//! - [`phases`]: the power-law phases of a layer, which of its matrices are powers of which, solved from the
//!   relations that hold on its two sides (Theorem 2 and Table 1 of "Formation of Representations in Neural
//!   Networks", arXiv 2410.03006).
//!
//! Nothing here reads a file, trains or measures.

mod error;
pub mod phases;

pub use error::TheoryError;

//! Second moments of one layer: streaming, mergeable, in `f64`, with files to keep them in.
//!
//! A layer is a linear map \\(h_b = W h_a\\) with \\(h_a \in \mathbb{R}^{d_a}\\) on side *a* (its input) and
//! \\(h_b \in \mathbb{R}^{d_b}\\) on side *b* (its output). With \\(\ell\\) the loss of **one sample**, without any
//! weight-decay term, the neuron gradients are \\(g_c = -\partial\ell/\partial h_c\\): the *negative* gradients, one
//! row a sample (FOUND). Everything that this crate keeps of a batch of samples is
//!
//! \\[ H_c = E\[h_c h_c^\top\], \quad G_c = E\[g_c g_c^\top\], \quad C_c = E\[g_c h_c^\top\], \quad c \in \\{a, b\\}, \\]
//!
//! each in three variants (see [`Variant`]), together with \\(W\\) and the number of samples: [`LayerMoments`].
//!
//! - [`MomentsAccumulator`] takes blocks of rows as a network is run, in any number and size.
//! - [`LayerMoments::save`] and [`LayerMoments::load`] keep the result in a file, bit for bit.
//! - `dump` (a feature, on by default) reads activations and gradients that any other framework wrote.
//! - `npz` (a feature, on with `dump`) reads and writes NumPy's files of arrays.
//!
//! ```
//! use formant_moments::{Moment, MomentsAccumulator, SampleAxis, SampleBlock, Side, Variant};
//! use ndarray::array;
//!
//! let weight = array![[1.0, 2.0]]; // [d_b, d_a]
//! let (h_a, g_b) = (array![[1.0, 0.0], [0.0, 1.0]], array![[3.0], [-1.0]]);
//! let (h_b, g_a) = (h_a.dot(&weight.t()), g_b.dot(&weight));
//! let mut accumulator = MomentsAccumulator::new(2, 1);
//! accumulator.add(&SampleBlock { h_a: h_a.view(), h_b: h_b.view(), g_a: g_a.view(), g_b: g_b.view() })?;
//! let layer = accumulator.finish("fc", weight.view(), SampleAxis::Examples)?;
//! assert_eq!(layer.second_moment(Side::A, Moment::H, Variant::Raw), array![[0.5, 0.0], [0.0, 0.5]]);
//! # Ok::<(), formant_moments::MomentsError>(())
//! ```

mod accumulator;
mod arch;
mod block;
#[cfg(feature = "dump")]
pub mod dump;
mod error;
mod file;
mod layer;
mod linalg;
#[cfg(feature = "npz")]
pub mod npz;
mod quantity;
mod rows;
mod scatter;
mod text;

pub use accumulator::{MomentsAccumulator, ReducedBlock, ReducedSide};
pub use block::{Element, SampleBlock};
pub use error::MomentsError;
pub use file::SCHEMA_VERSION;
pub use formant_text::printable;
pub use layer::LayerMoments;
pub use quantity::{Moment, SampleAxis, Side, Variant, ZeroNorm};

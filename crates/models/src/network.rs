//! What training and measuring ask of a model.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_probe::Observer;

/// A network with a members axis.
pub trait Network<B: Backend>: Module<B> {
    /// How many members it holds. The first axis of every parameter has this length.
    fn members(&self) -> usize;

    /// Maps `[members, samples, inputs]` to `[members, samples, outputs]`, and shows every linear map to the
    /// observer on the way.
    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3>;
}

//! What a model is: members, and a forward pass that an observer sees.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_probe::Observer;

/// A network with a members axis.
pub trait Network<B: Backend>: Module<B> {
    /// How many members it holds. The first axis of every parameter has this length.
    fn members(&self) -> usize;

    /// Maps `[members, samples, inputs]` to `[members, samples, outputs]`, and on the way shows the observer every
    /// linear map and the representation of every hidden layer.
    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3>;
}

/// What a network makes of its inputs.
#[derive(Debug, Clone)]
pub struct Representations<B: Backend> {
    /// Of every hidden layer, `[members, samples, …]` with all else flattened, from input to readout.
    pub hidden: Vec<Tensor<B, 3>>,
    /// `[members, samples, outputs]`.
    pub outputs: Tensor<B, 3>,
}

/// The representation of every hidden layer, after its activation, and the outputs. On an autodiff backend they come
/// with their graph: ask the network without one, which
/// [`valid`](burn::module::AutodiffModule::valid) gives.
pub fn representations<B: Backend>(
    network: &impl Network<B>,
    inputs: Tensor<B, 3>,
) -> Representations<B> {
    struct Hidden<B: Backend>(Vec<Tensor<B, 3>>);
    impl<B: Backend> Observer<B> for Hidden<B> {
        fn hidden(&mut self, representation: &Tensor<B, 3>) {
            self.0.push(representation.clone());
        }
    }
    let mut hidden = Hidden(Vec::new());
    let outputs = network.forward(inputs, &mut hidden);
    let Hidden(hidden) = hidden;
    Representations { hidden, outputs }
}

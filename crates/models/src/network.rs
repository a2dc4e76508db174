//! What training and measuring ask of a model.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use formant_backend::KernelsAutodiff;
use formant_probe::{Observer, SiteSamples};

/// A network with a members axis.
pub trait Network<B: Backend>: Module<B> {
    /// How many members it holds. The first axis of every parameter has this length.
    fn members(&self) -> usize;

    /// Maps `[members, samples, inputs]` to `[members, samples, outputs]`, and shows every linear map to the
    /// observer on the way.
    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3>;

    /// The gradients of a loss with respect to every parameter, in the order of visits, without burn's graph; `None`
    /// if the network leaves them to the graph, as it does by default. `loss` gives the gradient of the loss with
    /// respect to the outputs.
    ///
    /// The graph is right for any model, and it is what observers see. But after each backward pass burn 0.21 waits
    /// for every other graph of the process, so that members on several threads take turns. A network that knows its
    /// own backward pass goes on: with the same operations in the same order, so that not a bit of a gradient differs.
    fn gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<FloatTensor<B::InnerBackend>>>
    where
        B: KernelsAutodiff,
    {
        let _ = (inputs, loss);
        None
    }

    /// Both sides of every linear map, in the order in which they are applied, without burn's graph; `None` if the
    /// network leaves them to a [`Tap`](formant_probe::Tap), as it does by default. `loss` gives the gradient, with
    /// respect to the outputs, of the loss **summed** over samples. Every \\(g_b\\) is a tap's, to the bit.
    fn neuron_gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<SiteSamples<B::InnerBackend>>>
    where
        B: KernelsAutodiff,
    {
        let _ = (inputs, loss);
        None
    }
}

//! What training and measuring ask of a model.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::ops::FloatTensor;
use formant_backend::{Descent, KernelsAutodiff};
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

    /// The representation of every hidden layer, after its activation, and the outputs, without burn's graph.
    fn representations(&self, inputs: Tensor<B::InnerBackend, 3>) -> Representations<B>
    where
        B: KernelsAutodiff;

    /// The network after one step of plain gradient descent, one [`Descent`] for each member, with each weight read as
    /// rarely as can be; the network as it was if it knows no such step. `loss` sees the representations before the step
    /// and gives the gradient of the loss with respect to the outputs.
    ///
    /// # Errors
    /// Never a failure: `Err` holds the unchanged network.
    fn descend(
        self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Representations<B>) -> Tensor<B::InnerBackend, 3>,
        steps: &[Descent],
    ) -> Result<Self, Self>
    where
        B: KernelsAutodiff,
    {
        let _ = (inputs, loss, steps);
        Err(self)
    }
}

/// What a network makes of its inputs.
#[derive(Debug, Clone)]
pub struct Representations<B: AutodiffBackend> {
    /// Of every hidden layer, `[members, samples, …]` with all else flattened, from input to readout.
    pub hidden: Vec<Tensor<B::InnerBackend, 3>>,
    /// `[members, samples, outputs]`.
    pub outputs: Tensor<B::InnerBackend, 3>,
}

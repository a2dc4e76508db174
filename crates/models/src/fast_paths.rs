//! What only makes a model faster.

use burn::module::AutodiffModule;
use burn::tensor::Tensor;
use burn::tensor::ops::FloatTensor;
use formant_backend::{Descent, KernelsAutodiff};
use formant_probe::SiteSamples;

use crate::{Network, Representations};

/// Passes that a network knows better than burn's graph does. Every method has a default that says that it knows none,
/// so that a new network starts with `impl<B: KernelsAutodiff> FastPaths<B> for MyNetwork<B> {}`.
///
/// The graph is right for any model, and it is what observers see. But after each backward pass burn 0.21 waits for
/// every other graph of the process, so that members on several threads take turns; and it forms the gradient of every
/// weight, however few samples there are.
pub trait FastPaths<B: KernelsAutodiff>:
    Network<B> + AutodiffModule<B, InnerModule: Network<B::InnerBackend>>
{
    /// The gradients of a loss with respect to every parameter, in the order of visits; `None` if the network leaves
    /// them to the graph. `loss` gives the gradient of the loss with respect to the outputs.
    ///
    /// The operations have to be those of the graph, in its order, so that not a bit of a gradient differs.
    fn gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<FloatTensor<B::InnerBackend>>> {
        let _ = (inputs, loss);
        None
    }

    /// Both sides of every linear map, in the order in which they are applied; `None` if the network leaves them to a
    /// [`Tap`](formant_probe::Tap). `loss` gives the gradient, with respect to the outputs, of the loss **summed** over
    /// samples. Every \\(g_b\\) is a tap's, to the bit.
    fn neuron_gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<SiteSamples<B::InnerBackend>>> {
        let _ = (inputs, loss);
        None
    }

    /// Takes one step of plain gradient descent, one [`Descent`] for each member, and reads each weight as rarely as
    /// can be. `loss` sees the representations before the step and gives the gradient of the loss with respect to the
    /// outputs; a network that does not know the step never calls it.
    fn descend(
        self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Representations<B::InnerBackend>) -> Tensor<B::InnerBackend, 3>,
        steps: &[Descent],
    ) -> Descended<Self> {
        let _ = (inputs, loss, steps);
        Descended::Unknown(self)
    }
}

/// The network that [`FastPaths::descend`] gives back.
#[derive(Debug)]
#[must_use]
pub enum Descended<N> {
    /// It has taken the step.
    Done(N),
    /// It knows no such step, and is as it was.
    Unknown(N),
}

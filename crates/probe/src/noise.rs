//! Noise on neuron gradients.

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

use crate::{Observer, Site};

/// Adds noise \\(\xi\\) to the neuron gradients \\(g_b = -\partial\ell/\partial h_b\\) of chosen layers.
///
/// It collects the linear term \\(-\langle \xi, h_b \rangle\\), whose gradient with respect to \\(h_b\\) is
/// \\(-\xi\\): add [`NoiseInjector::loss_term`] to the loss before `backward`, and both the update of that
/// layer and everything upstream see \\(g_b + \xi\\). The values of the forward pass do not change.
///
/// `draw` gives, for a layer and the shape `[members, samples, d_b]` of its output, the noise in row-major
/// order, or `None` to leave the layer alone. The generator is the caller's, so that a run stays a function of
/// its seed.
pub struct NoiseInjector<B: Backend, F> {
    draw: F,
    term: Option<Tensor<B, 1>>,
}

impl<B: Backend, F: FnMut(&Site, [usize; 3]) -> Option<Vec<f32>>> NoiseInjector<B, F> {
    /// An injector that asks `draw` at each layer.
    pub fn new(draw: F) -> Self {
        Self { draw, term: None }
    }

    /// The term to add to the loss, once; `None` if no layer got noise.
    pub fn loss_term(&mut self) -> Option<Tensor<B, 1>> {
        self.term.take()
    }
}

impl<B: Backend, F: FnMut(&Site, [usize; 3]) -> Option<Vec<f32>>> Observer<B>
    for NoiseInjector<B, F>
{
    fn wants(&self, _: &Site) -> bool {
        true
    }

    fn linear(
        &mut self,
        site: &Site,
        _: &Tensor<B, 3>,
        _: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let shape = h_b.dims();
        if let Some(noise) = (self.draw)(site, shape) {
            let noise: Tensor<B, 3> =
                Tensor::from_data(TensorData::new(noise, shape), (&h_b.device(), h_b.dtype()));
            let term = (h_b.clone() * noise).sum().neg();
            self.term = Some(match self.term.take() {
                Some(sum) => sum + term,
                None => term,
            });
        }
        h_b
    }
}

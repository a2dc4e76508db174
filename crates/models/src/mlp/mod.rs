//! Fully connected networks.

mod config;
mod pass;

use std::sync::Arc;

use burn::module::Module;
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorData};
use formant_backend::{Descent, Kernels, KernelsAutodiff, matmul};
use formant_probe::{Observer, Site, SiteSamples};

use crate::linear::Upstream;
use crate::{Activation, Descended, FastPaths, Linear, ModelError, Network, Representations};
use pass::Keep;

pub(crate) use config::{LARGEST_SCALE, SMALLEST_SCALE};
pub use config::{MlpConfig, OutputTransform, Skip};

/// A fully connected network for each member. Its sites are `fc1` … `fc{depth}` and `readout`; the
/// post-activation of hidden layer *i* is side *a* of the site that follows it.
#[derive(Module, Debug)]
pub struct Mlp<B: Backend> {
    layers: Vec<Linear<B>>,
    #[module(skip)]
    sites: Arc<[Site]>,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    skip: Skip,
    /// The diagonal of \\(Z^{-1}\\), if there is a transform.
    #[module(skip)]
    output_scale: Option<Vec<f32>>,
}

impl<B: Backend> Mlp<B> {
    /// A network of given layers; the activation stands between them, not after the last.
    ///
    /// # Errors
    /// If there are no layers.
    pub fn from_layers(layers: Vec<Linear<B>>, activation: Activation) -> Result<Self, ModelError> {
        let Some(hidden) = layers.len().checked_sub(1) else {
            let (found, expected) = (0, 1);
            return Err(ModelError::TooFewLayers { found, expected });
        };
        let names = (1..=hidden).map(|i| Site::new(format!("fc{i}")));
        Ok(Self {
            layers,
            sites: names.chain([Site::new("readout")]).collect(),
            activation,
            skip: Skip::None,
            output_scale: None,
        })
    }

    /// The same network with connections that pass layers by.
    #[must_use]
    pub fn with_skip(mut self, skip: Skip) -> Self {
        self.skip = skip;
        self
    }

    /// From the readout to what the loss sees, and the gradient of that back.
    fn scale_outputs<C: Backend>(&self, outputs: Tensor<C, 3>) -> Tensor<C, 3> {
        match &self.output_scale {
            Some(scale) => {
                let data = TensorData::new(scale.clone(), [1, 1, scale.len()]);
                let scale = Tensor::from_data(data, (&outputs.device(), outputs.dtype()));
                outputs * scale
            }
            None => outputs,
        }
    }

    /// The linear maps, from input to readout.
    pub fn layers(&self) -> &[Linear<B>] {
        &self.layers
    }
}

impl<B: Kernels> Mlp<B> {
    /// [`Network::forward`] in training with dropout: `masks` are the factors on the input of every linear map,
    /// `[members, samples, d_a]` each.
    ///
    /// # Panics
    /// If there is not one mask for each linear map.
    pub fn forward_masked(&self, inputs: Tensor<B, 3>, masks: &[Tensor<B, 3>]) -> Tensor<B, 3> {
        // invariant: whoever draws the masks draws one for each linear map.
        assert_eq!(masks.len(), self.layers.len(), "masks for linear maps");
        self.run(inputs, |index, h| h * masks[index].clone(), &mut ())
    }

    /// The forward pass; `before` may change the input of every linear map.
    fn run(
        &self,
        inputs: Tensor<B, 3>,
        before: impl Fn(usize, Tensor<B, 3>) -> Tensor<B, 3>,
        observer: &mut impl Observer<B>,
    ) -> Tensor<B, 3> {
        let last = self.layers.len() - 1;
        let mut h = inputs;
        // The representations of the two layers before, where skip connections want them.
        let mut back: [Option<Tensor<B, 3>>; 2] = [None, None];
        for (index, (layer, site)) in self.layers.iter().zip(&*self.sites).enumerate() {
            h = layer.forward(before(index, h), site, observer);
            if index < last {
                h = self.activation.apply(h);
                if self.skip == Skip::TwoBack {
                    let [two_back, one_back] = back;
                    if let Some(two_back) = two_back {
                        h = h + two_back;
                    }
                    back = [one_back, Some(h.clone())];
                }
                observer.hidden(&h);
            }
        }
        self.scale_outputs(h)
    }
}

impl<B: Kernels> Network<B> for Mlp<B> {
    fn members(&self) -> usize {
        self.layers[0].weight().dims()[0]
    }

    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        self.run(inputs, |_, h| h, observer)
    }
}

impl<B: KernelsAutodiff> FastPaths<B> for Mlp<B> {
    fn gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<FloatTensor<B::InnerBackend>>> {
        let pass = self.pass(inputs, Keep::Needed);
        let g = self.scale_outputs(loss(self.scale_outputs(pass.readout.clone())));
        let mut gradients = Vec::new();
        let form = (self.activation, self.skip);
        Self::walk_back(form, pass, g, |index, h_a, _, g_b| {
            let upstream = if index > 0 {
                Upstream::Layer
            } else {
                Upstream::Inputs
            };
            self.layers[index].backward(h_a, g_b, upstream, &mut gradients)
        });
        gradients.reverse();
        Some(gradients)
    }

    fn neuron_gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<SiteSamples<B::InnerBackend>>> {
        let pass = self.pass(inputs, Keep::All);
        let g = self.scale_outputs(loss(self.scale_outputs(pass.readout.clone())));
        let mut samples = Vec::with_capacity(self.layers.len());
        let form = (self.activation, self.skip);
        Self::walk_back(form, pass, g.neg(), |index, h_a, h_b, g_b| {
            let weight = self.layers[index].weight().inner();
            let g_a = matmul(g_b.clone(), weight.clone().swap_dims(1, 2));
            let site = self.sites[index].clone();
            // Every pre-activation was kept.
            if let Some(h_b) = h_b {
                samples.push(SiteSamples {
                    site,
                    h_a,
                    h_b,
                    g_a: g_a.clone(),
                    g_b,
                    weight,
                });
            }
            g_a
        });
        samples.reverse();
        Some(samples)
    }

    fn descend(
        mut self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Representations<B::InnerBackend>) -> Tensor<B::InnerBackend, 3>,
        steps: &[Descent],
    ) -> Descended<Self> {
        let pass = self.pass(inputs, Keep::Needed);
        let seen = Representations {
            hidden: pass.h_a[1..].to_vec(),
            outputs: self.scale_outputs(pass.readout.clone()),
        };
        let g = self.scale_outputs(loss(seen));
        let mut before = std::mem::take(&mut self.layers);
        let mut after = Vec::with_capacity(before.len());
        let form = (self.activation, self.skip);
        Self::walk_back(form, pass, g, |_, h_a, _, g_b| match before.pop() {
            Some(layer) => {
                let (layer, g_a) = layer.descend(h_a, g_b, steps);
                after.push(layer);
                g_a
            }
            None => g_b,
        });
        after.reverse();
        self.layers = after;
        Descended::Done(self)
    }
}

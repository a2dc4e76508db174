//! Convolutions along one axis.

use std::sync::Arc;

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_backend::{Kernels, KernelsAutodiff, unfold};
use formant_moments::SampleAxis;
use formant_probe::{Observer, Site};
use serde::{Deserialize, Serialize};

use crate::mlp::{LARGEST_SCALE, SMALLEST_SCALE};
use crate::{Activation, Bias, FastPaths, Init, Linear, ModelError, Network};

/// The shape of a network of convolutions along one axis: a linear map to one channel of `width` positions, convolutions
/// without padding, the last of them to one channel, and a linear readout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CnnConfig {
    /// Width of an input row.
    pub inputs: usize,
    /// Positions after the first linear map.
    pub width: usize,
    /// Convolutions, the one to a single channel included.
    pub convolutions: usize,
    /// Channels between convolutions.
    pub channels: usize,
    /// Neighbouring positions that a convolution sees.
    pub kernel: usize,
    /// Width of an output row.
    pub outputs: usize,
    /// After every map but the readout.
    pub activation: Activation,
    /// Whether the maps have biases.
    pub bias: Bias,
    /// How weights are drawn; a convolution's fans include the kernel.
    pub init: Init,
    /// A factor on all weights that are drawn, above 0.
    pub init_scale: f64,
}

/// A network of convolutions along one axis for each member. Its sites are `fc1`, `conv1` … and `readout`; the samples of
/// a convolution's site are positions.
#[derive(Module, Debug)]
pub struct Cnn<B: Backend> {
    layers: Vec<Linear<B>>,
    #[module(skip)]
    sites: Arc<[Site]>,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    kernel: usize,
}

impl CnnConfig {
    /// Draws one member for each seed.
    ///
    /// # Errors
    /// If a size is zero, the convolutions leave no position, or there are no seeds.
    pub fn init<B: Backend>(
        &self,
        seeds: &[u64],
        device: &B::Device,
    ) -> Result<Cnn<B>, ModelError> {
        self.check()?;
        if seeds.is_empty() {
            return Err(ModelError::NoMembers);
        }
        let layers = (0..).zip(self.shapes()).map(|(index, (shape, kernel))| {
            let fans = shape.map(|channels| channels * kernel);
            let shape = [shape[0] * kernel, shape[1]];
            let init = (self.init, self.init_scale);
            Linear::with_fans(seeds, index, shape, fans, self.bias, init, device)
        });
        Cnn::from_layers(layers.collect(), self.activation, self.kernel)
    }

    /// Channels before and after every map, and positions that it sees.
    fn shapes(&self) -> Vec<([usize; 2], usize)> {
        let mut channels = vec![1];
        channels.extend(std::iter::repeat_n(self.channels, self.convolutions - 1));
        channels.push(1);
        let mut shapes = vec![([self.inputs, self.width], 1)];
        shapes.extend(channels.windows(2).map(|c| ([c[0], c[1]], self.kernel)));
        shapes.push(([self.left(), self.outputs], 1));
        shapes
    }

    /// Positions that the convolutions leave.
    fn left(&self) -> usize {
        let lost = self.convolutions * self.kernel.saturating_sub(1);
        self.width.saturating_sub(lost)
    }

    fn check(&self) -> Result<(), ModelError> {
        let sizes = [
            ("inputs", self.inputs),
            ("width", self.width),
            ("convolutions", self.convolutions),
            ("channels", self.channels),
            ("kernel", self.kernel),
            ("outputs", self.outputs),
            ("width less what the convolutions take", self.left()),
        ];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            return Err(ModelError::Zero { field });
        }
        let found = self.init_scale;
        if (SMALLEST_SCALE..=LARGEST_SCALE).contains(&found) {
            return Ok(());
        }
        let (field, expected) = ("init_scale", "a number from 1e-30 to 1e9");
        Err(ModelError::Setting {
            field,
            found,
            expected,
        })
    }
}

impl<B: Backend> Cnn<B> {
    /// A network of given maps: the first and the last are plain linear ones, the weights of those between are
    /// `[members, kernel * channels, outputs]`, a window's positions one after another.
    ///
    /// # Errors
    /// If there is no first or no last map.
    pub fn from_layers(
        layers: Vec<Linear<B>>,
        activation: Activation,
        kernel: usize,
    ) -> Result<Self, ModelError> {
        let (found, expected) = (layers.len(), 2);
        if found < expected {
            return Err(ModelError::TooFewLayers { found, expected });
        }
        let convolutions = (1..found - 1).map(|i| Site::positions(format!("conv{i}")));
        let first = std::iter::once(Site::new("fc1"));
        let sites = first.chain(convolutions).chain([Site::new("readout")]);
        Ok(Self {
            sites: sites.collect(),
            layers,
            activation,
            kernel,
        })
    }
}

impl<B: Kernels> Cnn<B> {
    /// The linear maps, from input to readout.
    pub fn layers(&self) -> &[Linear<B>] {
        &self.layers
    }
}

impl<B: Kernels> Network<B> for Cnn<B> {
    fn members(&self) -> usize {
        self.layers[0].weight().dims()[0]
    }

    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        let [members, samples, _] = inputs.dims();
        let last = self.layers.len() - 1;
        let mut h = inputs;
        let mut channels = 1;
        for (index, (layer, site)) in self.layers.iter().zip(&*self.sites).enumerate() {
            h = if site.axis == SampleAxis::Positions {
                let length = h.dims()[2] / channels;
                let windows = unfold(h.reshape([members, samples, length, channels]), self.kernel);
                let [_, _, positions, width] = windows.dims();
                let rows = windows.reshape([members, samples * positions, width]);
                let out = layer.forward(rows, site, observer);
                channels = out.dims()[2];
                out.reshape([members, samples, positions * channels])
            } else {
                layer.forward(h, site, observer)
            };
            if index < last {
                h = self.activation.apply(h);
                observer.hidden(&h);
            }
        }
        h
    }
}

impl<B: KernelsAutodiff> FastPaths<B> for Cnn<B> {}

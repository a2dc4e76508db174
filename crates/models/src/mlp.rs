//! Fully connected networks.

use burn::module::Module;
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorData};
use formant_backend::{Kernels, KernelsAutodiff, matmul};
use formant_probe::{Observer, Site, SiteSamples};
use serde::{Deserialize, Serialize};

use crate::linear::Upstream;
use crate::{Activation, Bias, Init, Linear, ModelError, Network};

/// The shape of a fully connected network: `depth` hidden layers of `width`, each followed by the activation,
/// and a linear readout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpConfig {
    /// Width of an input row.
    pub inputs: usize,
    /// Width of every hidden layer.
    pub width: usize,
    /// How many hidden layers.
    pub depth: usize,
    /// Width of an output row.
    pub outputs: usize,
    /// After every hidden linear map.
    pub activation: Activation,
    /// Whether the maps have biases.
    pub bias: Bias,
    /// How weights are drawn.
    pub init: Init,
    /// A factor on all weights that are drawn, above 0.
    #[serde(default = "unscaled")]
    pub init_scale: f64,
    /// What stands between the readout and the loss.
    #[serde(default)]
    pub transform: OutputTransform,
}

fn unscaled() -> f64 {
    1.0
}

/// A fixed invertible map \\(Z\\) of the outputs: the network learns \\(f' = Z f\\) and the loss sees
/// \\(f = Z^{-1} f'\\), so that \\(\\ell'(f') = \\ell(Z^{-1} f')\\).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name", deny_unknown_fields)]
pub enum OutputTransform {
    /// None: \\(Z = I\\).
    #[default]
    None,
    /// Diagonal, its entries in geometric progression from \\(1/\\sqrt\\kappa\\) for the first output to
    /// \\(\\sqrt\\kappa\\) for the last.
    Diagonal {
        /// \\(\\kappa\\), the ratio of the largest entry to the smallest, at least 1.
        condition: f64,
    },
}

impl OutputTransform {
    /// The diagonal of \\(Z\\).
    pub fn diagonal(self, outputs: usize) -> Vec<f64> {
        match self {
            Self::None => vec![1.0; outputs],
            Self::Diagonal { condition } => {
                let last = outputs.saturating_sub(1).max(1) as f64;
                let power = |k: usize| condition.powf(k as f64 / last - 0.5);
                (0..outputs).map(power).collect()
            }
        }
    }
}

/// A fully connected network for each member. Its sites are `fc1` … `fc{depth}` and `readout`; the
/// post-activation of hidden layer *i* is side *a* of the site that follows it.
#[derive(Module, Debug)]
pub struct Mlp<B: Backend> {
    layers: Vec<Linear<B>>,
    #[module(skip)]
    sites: Vec<Site>,
    #[module(skip)]
    activation: Activation,
    /// The diagonal of \\(Z^{-1}\\), if there is a transform.
    #[module(skip)]
    output_scale: Option<Vec<f32>>,
}

impl MlpConfig {
    /// Draws one member for each seed.
    ///
    /// # Errors
    /// If a size is zero or there are no seeds.
    pub fn init<B: Backend>(
        &self,
        seeds: &[u64],
        device: &B::Device,
    ) -> Result<Mlp<B>, ModelError> {
        self.check()?;
        if seeds.is_empty() {
            return Err(ModelError::NoMembers);
        }
        let layers = self
            .shapes()
            .into_iter()
            .zip(0..)
            .map(|(shape, index)| {
                let init = (self.init, self.init_scale);
                Linear::new(seeds, index, shape, self.bias, init, device)
            })
            .collect();
        let mut mlp = Mlp::from_layers(layers, self.activation);
        if self.transform != OutputTransform::None {
            let diagonal = self.transform.diagonal(self.outputs);
            mlp.output_scale = Some(diagonal.into_iter().map(|z| z.recip() as f32).collect());
        }
        Ok(mlp)
    }

    /// `[d_a, d_b]` of every linear map.
    pub fn shapes(&self) -> Vec<[usize; 2]> {
        let mut widths = vec![self.inputs];
        widths.extend(std::iter::repeat_n(self.width, self.depth));
        widths.push(self.outputs);
        widths.windows(2).map(|pair| [pair[0], pair[1]]).collect()
    }

    fn check(&self) -> Result<(), ModelError> {
        let sizes = [
            ("inputs", self.inputs),
            ("width", self.width),
            ("depth", self.depth),
            ("outputs", self.outputs),
        ];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            return Err(ModelError::Zero { field });
        }
        let condition = match self.transform {
            OutputTransform::None => 1.0,
            OutputTransform::Diagonal { condition } => condition,
        };
        let scale = self.init_scale;
        let settings = [
            ("init_scale", scale, scale > 0.0, "a finite number above 0"),
            (
                "transform.condition",
                condition,
                condition >= 1.0,
                "a finite number of at least 1",
            ),
        ];
        match settings
            .into_iter()
            .find(|(_, found, fits, _)| !(*fits && found.is_finite()))
        {
            Some((field, found, _, expected)) => Err(ModelError::Setting {
                field,
                found,
                expected,
            }),
            None => Ok(()),
        }
    }
}

impl<B: Backend> Mlp<B> {
    /// A network of given layers; the activation stands between them, not after the last.
    pub fn from_layers(layers: Vec<Linear<B>>, activation: Activation) -> Self {
        let hidden = layers.len().saturating_sub(1);
        let mut sites: Vec<Site> = (1..=hidden).map(|i| Site::new(format!("fc{i}"))).collect();
        sites.push(Site::new("readout"));
        Self {
            layers,
            sites,
            activation,
            output_scale: None,
        }
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

impl<B: Kernels> Network<B> for Mlp<B> {
    fn members(&self) -> usize {
        self.layers
            .first()
            .map_or(0, |layer| layer.weight().dims()[0])
    }

    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        let last = self.layers.len().saturating_sub(1);
        let mut h = inputs;
        for (index, (layer, site)) in self.layers.iter().zip(&self.sites).enumerate() {
            h = layer.forward(h, site, observer);
            if index < last {
                h = self.activation.apply(h);
            }
        }
        self.scale_outputs(h)
    }

    fn gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<FloatTensor<B::InnerBackend>>>
    where
        B: KernelsAutodiff,
    {
        let (last, hidden) = self.layers.split_last()?;
        let mut h = vec![inputs];
        for layer in hidden {
            let pre = layer.apply(h[h.len() - 1].clone());
            h.push(self.activation.apply(pre));
        }
        let outputs = self.scale_outputs(last.apply(h[h.len() - 1].clone()));
        let mut g = self.scale_outputs(loss(outputs));
        let mut gradients = Vec::new();
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let h_a = h.pop()?;
            let upstream = if index > 0 {
                Upstream::Layer
            } else {
                Upstream::Inputs
            };
            g = layer.backward(h_a.clone(), g, upstream, &mut gradients);
            if index > 0 {
                g = self.activation.backward(h_a, g);
            }
        }
        gradients.reverse();
        Some(gradients)
    }

    fn neuron_gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<SiteSamples<B::InnerBackend>>>
    where
        B: KernelsAutodiff,
    {
        let last = self.layers.len().checked_sub(1)?;
        let mut sides = Vec::with_capacity(self.layers.len());
        let mut h_a = inputs;
        for (index, layer) in self.layers.iter().enumerate() {
            let h_b = layer.apply(h_a.clone());
            let next = if index < last {
                self.activation.apply(h_b.clone())
            } else {
                h_b.clone()
            };
            sides.push((h_a, h_b));
            h_a = next;
        }
        let mut g_b = self.scale_outputs(loss(self.scale_outputs(h_a))).neg();
        let mut samples = Vec::with_capacity(self.layers.len());
        for (index, (h_a, h_b)) in sides.into_iter().enumerate().rev() {
            let weight = self.layers[index].weight().inner();
            let g_a = matmul(g_b.clone(), weight.clone().swap_dims(1, 2));
            let next = if index > 0 {
                self.activation.backward(h_a.clone(), g_a.clone())
            } else {
                g_a.clone()
            };
            let site = self.sites[index].clone();
            samples.push(SiteSamples {
                site,
                h_a,
                h_b,
                g_a,
                g_b,
                weight,
            });
            g_b = next;
        }
        samples.reverse();
        Some(samples)
    }
}

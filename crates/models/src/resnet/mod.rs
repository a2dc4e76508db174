//! Residual networks.

mod block;
mod config;
mod conv_norm;

use burn::module::{AutodiffModule, Module};
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, activation};
use formant_backend::{Kernels, KernelsAutodiff};
use formant_probe::{Observer, Site};

use crate::linear::Upstream;
use crate::{Activation, FastPaths, Linear, Network};
use block::{Block, KeptBlock};
use conv_norm::{ConvNorm, Kept, Rectify};

pub use config::ResNetConfig;

/// A residual network for each member: see [`ResNetConfig`]. Inputs are rows of images `[channels, height, width]`.
///
/// Its sites have torchvision's names: `conv1`, `layer1.0.conv1`, `layer2.0.downsample` …, whose samples are positions, then `fc1`
/// and `fc2`, whose samples are examples.
///
/// A new network normalizes by the statistics of each batch, as in training. Then rows are coupled, a sample has no gradient of its
/// own, and no observer is shown anything: [`Network::forward`] panics if there is one. [`ResNet::with_statistics`] gives the network
/// that is measured.
#[derive(Module, Debug)]
pub struct ResNet<B: Backend> {
    stem: ConvNorm<B>,
    blocks: Vec<Block<B>>,
    penultimate: Linear<B>,
    readout: Linear<B>,
    #[module(skip)]
    shape: Shape,
}

/// Of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    channels: usize,
    side: usize,
}

/// What the way back needs of a pass.
struct Pass<B: Kernels> {
    stem: Kept<B>,
    blocks: Vec<KeptBlock<B>>,
    /// Of the last block's output.
    shape: [usize; 5],
    pooled: Tensor<B, 3>,
    hidden: Tensor<B, 3>,
    outputs: Tensor<B, 3>,
}

impl<B: Backend> ResNet<B> {
    /// From rows `[members, samples, channels * height * width]` to `[members, samples, height, width, channels]`.
    fn images(&self, inputs: Tensor<B, 3>) -> Tensor<B, 5> {
        let ([members, samples, _], Shape { channels, side }) = (inputs.dims(), self.shape);
        let images = inputs.reshape([members, samples, channels, side, side]);
        images.permute([0, 1, 3, 4, 2])
    }

    /// `[members, samples, height * width * channels]`.
    fn flat(x: &Tensor<B, 5>) -> Tensor<B, 3> {
        let [members, samples, height, width, channels] = x.dims();
        let x = x.clone();
        x.reshape([members, samples, height * width * channels])
    }

    /// The mean over positions, `[members, samples, channels]`.
    fn pool(x: Tensor<B, 5>) -> Tensor<B, 3> {
        let [members, samples, height, width, channels] = x.dims();
        let x = x.reshape([members, samples, height * width, channels]);
        x.mean_dim(2).reshape([members, samples, channels])
    }
}

impl<B: Kernels> ResNet<B> {
    /// The network that normalizes by means over batches of the batches' means and variances (those divided by one less than the
    /// number of rows), as *precise batch norm* does (Wu and Johnson 2021), instead of the moving averages that frameworks keep:
    /// they are those of the weights as they are now, and of as many samples as are given.
    #[must_use]
    pub fn with_statistics(mut self, batches: impl IntoIterator<Item = Tensor<B, 3>>) -> Self {
        let mut sums: Vec<[Vec<f64>; 2]> = Vec::new();
        let mut count = 0.0_f64;
        for inputs in batches {
            let pass = self.pass(inputs);
            let blocks = pass.blocks.into_iter().flat_map(KeptBlock::into_convs);
            for (at, kept) in std::iter::once(pass.stem).chain(blocks).enumerate() {
                let normalized = kept.normalized;
                let rows = normalized.y.dims()[1] as f64;
                let read = |x: Tensor<B, 3>, factor: f64| -> Vec<f64> {
                    x.into_data().iter::<f64>().map(|x| x * factor).collect()
                };
                let mean = read(normalized.mean, 1.0);
                let variance = read(normalized.variance, rows / (rows - 1.0).max(1.0));
                match sums.get_mut(at) {
                    Some(sums) => add(sums, [mean, variance]),
                    None => sums.push([mean, variance]),
                }
            }
            count += 1.0;
        }
        let mut means = sums.into_iter().map(|sums| {
            sums.map(|sums| sums.into_iter().map(|sum| (sum / count) as f32).collect())
        });
        self.stem.set_running(means.next());
        for conv in self.blocks.iter_mut().flat_map(Block::convs_mut) {
            conv.set_running(means.next());
        }
        self
    }

    fn pass(&self, inputs: Tensor<B, 3>) -> Pass<B> {
        let (stem, mut x) = self.stem.pass(self.images(inputs), None, Rectify::Yes);
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            let (kept, y) = block.pass(x);
            blocks.push(kept);
            x = y;
        }
        let shape = x.dims();
        let [fc1, fc2] = LINEAR.map(Site::new);
        let pooled = Self::pool(x);
        let hidden = self.penultimate.forward(pooled.clone(), &fc1, &mut ());
        let hidden = activation::relu(hidden);
        let outputs = self.readout.forward(hidden.clone(), &fc2, &mut ());
        Pass {
            stem,
            blocks,
            shape,
            pooled,
            hidden,
            outputs,
        }
    }

    /// The gradients of all parameters, from that of the outputs, in the order of visits.
    fn backward(&self, mut pass: Pass<B>, g: Tensor<B, 3>) -> Vec<FloatTensor<B>> {
        let mut gradients = Vec::new();
        let hidden = pass.hidden;
        let g = self
            .readout
            .back(hidden.clone(), g, Upstream::Layer, &mut gradients);
        let g = Activation::Relu.backward(hidden.clone(), hidden, g);
        let g = self
            .penultimate
            .back(pass.pooled, g, Upstream::Layer, &mut gradients);
        let [members, samples, height, width, channels] = pass.shape;
        let g = g.div_scalar((height * width) as f64);
        let g = g.reshape([members, samples, 1, channels]);
        let mut g = g
            .expand([members, samples, height * width, channels])
            .reshape(pass.shape);
        for block in self.blocks.iter().rev() {
            if let Some(kept) = pass.blocks.pop() {
                g = block.backward(kept, g, &mut gradients);
            }
        }
        let _ = self
            .stem
            .backward(pass.stem, g, Upstream::Inputs, &mut gradients);
        gradients.reverse();
        gradients
    }
}

/// The sites of the two linear maps.
const LINEAR: [&str; 2] = ["fc1", "fc2"];

fn add(sums: &mut [Vec<f64>; 2], more: [Vec<f64>; 2]) {
    for (sums, more) in sums.iter_mut().zip(more) {
        for (sum, x) in sums.iter_mut().zip(more) {
            *sum += x;
        }
    }
}

impl<B: Kernels> Network<B> for ResNet<B> {
    fn members(&self) -> usize {
        self.stem.members()
    }

    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        let mut x = self
            .stem
            .forward(self.images(inputs), None, Rectify::Yes, observer);
        observer.hidden(&Self::flat(&x));
        for block in &self.blocks {
            x = block.forward(x, observer);
            observer.hidden(&Self::flat(&x));
        }
        let [fc1, fc2] = LINEAR.map(Site::new);
        let hidden = self.penultimate.forward(Self::pool(x), &fc1, observer);
        let hidden = activation::relu(hidden);
        observer.hidden(&hidden);
        self.readout.forward(hidden, &fc2, observer)
    }
}

impl<B: KernelsAutodiff> FastPaths<B> for ResNet<B> {
    fn gradients(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        loss: impl FnOnce(Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3>,
    ) -> Option<Vec<FloatTensor<B::InnerBackend>>> {
        let network = self.valid();
        let pass = network.pass(inputs);
        let g = loss(pass.outputs.clone());
        Some(network.backward(pass, g))
    }
}

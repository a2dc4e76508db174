//! The shape of a residual network, and its initial weights.

use burn::tensor::backend::Backend;
use formant_backend::Window;
use serde::{Deserialize, Serialize};

use super::block::Block;
use super::conv_norm::ConvNorm;
use super::{ResNet, Shape};
use crate::{Bias, Init, Linear, ModelError};

/// A residual network of basic blocks for small images, as He et al. (2016) have it for CIFAR-10 with the widths of ResNet-18: a
/// 3×3 convolution, stages of blocks of two 3×3 convolutions, each stage but the first with half the side and twice the channels of
/// the one before, the mean over positions, and two linear maps with a rectifier between them. Every convolution is followed by
/// batch norm and has no bias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResNetConfig {
    /// Channels of an image.
    pub channels: usize,
    /// Rows and columns of an image.
    pub side: usize,
    /// Channels of the first stage: 64 in ResNet-18.
    pub width: usize,
    /// Blocks of each stage: `[2, 2, 2, 2]` in ResNet-18.
    pub blocks: Vec<usize>,
    /// Neurons between the two linear maps at the end.
    pub penultimate: usize,
    /// Width of an output row.
    pub outputs: usize,
}

impl ResNetConfig {
    /// ResNet-18 for CIFAR-10 with two linear maps at the end, and `width` channels in the first stage; 64 is the real one.
    pub fn resnet18(width: usize) -> Self {
        Self {
            channels: 3,
            side: 32,
            width,
            blocks: vec![2; 4],
            penultimate: 8 * width,
            outputs: 10,
        }
    }

    /// Draws one member for each seed: weights of convolutions as torchvision does (normal, variance 2 over the fan out), scales 1,
    /// shifts 0, linear maps as PyTorch does by default.
    ///
    /// # Errors
    /// If a size is zero, the stages halve the image to nothing, or there are no seeds.
    pub fn init<B: Backend>(
        &self,
        seeds: &[u64],
        device: &B::Device,
    ) -> Result<ResNet<B>, ModelError> {
        self.check()?;
        if seeds.is_empty() {
            return Err(ModelError::NoMembers);
        }
        let mut draw = Draw {
            seeds,
            device,
            index: 0,
        };
        let stem = draw.conv::<B>("conv1", [self.channels, self.width], [3, 1]);
        let mut blocks = Vec::new();
        let mut before = self.width;
        for (stage, &count) in self.blocks.iter().enumerate() {
            let width = self.width << stage;
            for block in 0..count {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                let name = format!("layer{}.{block}", stage + 1);
                blocks.push(draw.block(&name, [before, width], stride));
                before = width;
            }
        }
        Ok(ResNet {
            stem,
            blocks,
            penultimate: draw.linear([before, self.penultimate]),
            readout: draw.linear([self.penultimate, self.outputs]),
            shape: Shape {
                channels: self.channels,
                side: self.side,
            },
        })
    }

    fn check(&self) -> Result<(), ModelError> {
        let smallest = |blocks: &[usize]| blocks.iter().copied().min().unwrap_or(0);
        let halvings = self.blocks.len().saturating_sub(1).min(63);
        let sizes = [
            ("channels", self.channels),
            ("width", self.width),
            ("blocks", smallest(&self.blocks)),
            ("side of the last stage", self.side >> halvings),
            ("penultimate", self.penultimate),
            ("outputs", self.outputs),
        ];
        match sizes.into_iter().find(|(_, size)| *size == 0) {
            Some((field, _)) => Err(ModelError::Zero { field }),
            None => Ok(()),
        }
    }
}

/// Draws layer after layer, each from a stream of its own.
struct Draw<'a, D> {
    seeds: &'a [u64],
    device: &'a D,
    index: u64,
}

impl<D> Draw<'_, D> {
    fn next(&mut self) -> u64 {
        self.index += 1;
        self.index - 1
    }

    fn conv<B: Backend<Device = D>>(
        &mut self,
        name: &str,
        [channels, filters]: [usize; 2],
        [kernel, stride]: [usize; 2],
    ) -> ConvNorm<B> {
        let positions = kernel * kernel;
        let fans = [positions * channels, positions * filters];
        let init = (Init::KaimingNormal, 1.0);
        let shape = [positions * channels, filters];
        let (seeds, device, index) = (self.seeds, self.device, self.next());
        let weight = Linear::with_fans(seeds, index, shape, fans, Bias::None, init, device);
        let window = Window {
            kernel,
            stride,
            padding: kernel / 2,
        };
        ConvNorm::new(name, weight, window)
    }

    fn block<B: Backend<Device = D>>(
        &mut self,
        name: &str,
        [before, width]: [usize; 2],
        stride: usize,
    ) -> Block<B> {
        let first = self.conv(&format!("{name}.conv1"), [before, width], [3, stride]);
        let second = self.conv(&format!("{name}.conv2"), [width, width], [3, 1]);
        let changes = stride > 1 || before != width;
        let shortcut = changes.then(|| {
            let name = format!("{name}.downsample");
            self.conv(&name, [before, width], [1, stride])
        });
        Block {
            first,
            second,
            shortcut,
        }
    }

    fn linear<B: Backend<Device = D>>(&mut self, shape: [usize; 2]) -> Linear<B> {
        let (init, index) = ((Init::UniformFanIn, 1.0), self.next());
        Linear::new(self.seeds, index, shape, Bias::Learned, init, self.device)
    }
}

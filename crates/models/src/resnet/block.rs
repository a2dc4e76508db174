//! A basic block.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use formant_backend::Kernels;
use formant_probe::Observer;

use super::conv_norm::{ConvNorm, Kept, Rectify};
use crate::linear::Upstream;

/// Two convolutions with batch norm, and a connection that passes them by: the identity, or a convolution of 1×1 where the shape
/// changes.
#[derive(Module, Debug)]
pub struct Block<B: Backend> {
    pub(super) first: ConvNorm<B>,
    pub(super) second: ConvNorm<B>,
    pub(super) shortcut: Option<ConvNorm<B>>,
}

/// What the way back needs of a pass.
pub(super) struct KeptBlock<B: Kernels> {
    first: Kept<B>,
    second: Kept<B>,
    shortcut: Option<Kept<B>>,
}

impl<B: Kernels> KeptBlock<B> {
    /// In the order of [`Block::convs`].
    pub(super) fn into_convs(self) -> impl Iterator<Item = Kept<B>> {
        [self.first, self.second].into_iter().chain(self.shortcut)
    }
}

impl<B: Backend> Block<B> {
    /// Its convolutions, in the order of parameters.
    pub(super) fn convs_mut(&mut self) -> impl Iterator<Item = &mut ConvNorm<B>> {
        let both = [&mut self.first, &mut self.second].into_iter();
        both.chain(&mut self.shortcut)
    }
}

impl<B: Kernels> Block<B> {
    pub(super) fn forward(&self, x: Tensor<B, 5>, observer: &mut impl Observer<B>) -> Tensor<B, 5> {
        let passed_by = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x.clone(), None, Rectify::No, observer),
            None => x.clone(),
        };
        let h = self.first.forward(x, None, Rectify::Yes, observer);
        self.second
            .forward(h, Some(passed_by), Rectify::Yes, observer)
    }

    pub(super) fn pass(&self, x: Tensor<B, 5>) -> (KeptBlock<B>, Tensor<B, 5>) {
        let shortcut = self.shortcut.as_ref();
        let shortcut = shortcut.map(|shortcut| shortcut.pass(x.clone(), None, Rectify::No));
        let (shortcut, passed_by) = shortcut.unzip();
        let passed_by = passed_by.unwrap_or_else(|| x.clone());
        let (first, h) = self.first.pass(x, None, Rectify::Yes);
        let (second, y) = self.second.pass(h, Some(passed_by), Rectify::Yes);
        let kept = KeptBlock {
            first,
            second,
            shortcut,
        };
        (kept, y)
    }

    /// The way back: pushes the gradients of the parameters, the last one first, and gives that of the input.
    pub(super) fn backward(
        &self,
        kept: KeptBlock<B>,
        g: Tensor<B, 5>,
        gradients: &mut Vec<FloatTensor<B>>,
    ) -> Tensor<B, 5> {
        let mut of_second = Vec::new();
        let (g, passed_by) = self
            .second
            .backward(kept.second, g, Upstream::Layer, &mut of_second);
        let passed_by = match (&self.shortcut, kept.shortcut) {
            (Some(shortcut), Some(kept)) => {
                let (g, _) = shortcut.backward(kept, passed_by, Upstream::Layer, gradients);
                g
            }
            _ => Some(passed_by),
        };
        gradients.extend(of_second);
        let first = |g| {
            self.first
                .backward(kept.first, g, Upstream::Layer, gradients)
                .0
        };
        let [own, passed_by] = [g.and_then(first), passed_by].map(|g| {
            // invariant: a layer upstream is always given its gradient.
            g.unwrap_or_else(|| unreachable!("the gradient of an input was asked for"))
        });
        own + passed_by
    }
}

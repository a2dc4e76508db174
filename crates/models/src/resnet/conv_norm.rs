//! A convolution and the batch norm after it.

use burn::module::{Module, Param};
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorData, activation};
use formant_backend::{
    Kernels, NormForm, Normalized, Window, batch_norm, batch_norm_backward, conv2d,
    conv2d_backward, patches,
};
use formant_probe::{Observer, Site};

use crate::Linear;
use crate::linear::Upstream;

/// Added to variances: PyTorch's default.
const EPSILON: f32 = 1e-5;

/// A convolution without bias, batch norm, the sum with a shortcut if there is one, and a rectifier if wanted.
#[derive(Module, Debug)]
pub struct ConvNorm<B: Backend> {
    conv: Linear<B>,
    scale: Param<Tensor<B, 3>>,
    shift: Param<Tensor<B, 3>>,
    #[module(skip)]
    site: Site,
    #[module(skip)]
    window: Window,
    /// Means and variances to normalize by, `[members * filters]` each; without them those of the batch.
    #[module(skip)]
    running: Option<[Vec<f32>; 2]>,
}

/// Whether the output is rectified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rectify {
    Yes,
    No,
}

/// What the way back needs of a pass.
pub(super) struct Kept<B: Kernels> {
    x: Tensor<B, 5>,
    /// After the convolution, as rows.
    convolved: Tensor<B, 3>,
    pub normalized: Normalized<B>,
    rectify: Rectify,
}

impl<B: Backend> ConvNorm<B> {
    pub(super) fn new(name: &str, conv: Linear<B>, window: Window) -> Self {
        let weight = conv.weight();
        let [members, _, filters] = weight.dims();
        let of = (&weight.device(), weight.dtype());
        let shape = [members, 1, filters];
        Self {
            conv,
            scale: Param::from_tensor(Tensor::ones(shape, of)),
            shift: Param::from_tensor(Tensor::zeros(shape, of)),
            site: Site::positions(name.to_owned()),
            window,
            running: None,
        }
    }

    pub(super) fn members(&self) -> usize {
        self.scale.val().dims()[0]
    }

    pub(super) fn set_running(&mut self, running: Option<[Vec<f32>; 2]>) {
        self.running = running;
    }

    fn rows(x: Tensor<B, 5>) -> Tensor<B, 3> {
        let [members, samples, height, width, channels] = x.dims();
        x.reshape([members, samples * height * width, channels])
    }

    fn form(rectify: Rectify) -> NormForm {
        NormForm {
            epsilon: EPSILON,
            rectify: rectify == Rectify::Yes,
        }
    }
}

impl<B: Kernels> ConvNorm<B> {
    /// The map under an observer.
    pub(super) fn forward(
        &self,
        x: Tensor<B, 5>,
        shortcut: Option<Tensor<B, 5>>,
        rectify: Rectify,
        observer: &mut impl Observer<B>,
    ) -> Tensor<B, 5> {
        // invariant: whoever observes has set statistics; see `ResNet`.
        assert!(
            self.running.is_some() || observer.is_off(),
            "under batch statistics a sample has no gradient of its own: measure with `with_statistics`"
        );
        let Some(running) = &self.running else {
            let (_, y) = self.pass(x, shortcut, rectify);
            return y;
        };
        let convolved = if observer.wants(&self.site) {
            let patches = patches(x, self.window);
            let [members, samples, height, width, _] = patches.dims();
            let h_b = self.conv.forward(Self::rows(patches), &self.site, observer);
            let filters = h_b.dims()[2];
            h_b.reshape([members, samples, height, width, filters])
        } else {
            conv2d(x, self.conv.weight(), self.window)
        };
        let shape = convolved.dims();
        let mut y = self
            .normalize(Self::rows(convolved), running)
            .reshape(shape);
        if let Some(shortcut) = shortcut {
            y = y + shortcut;
        }
        match rectify {
            Rectify::Yes => activation::relu(y),
            Rectify::No => y,
        }
    }

    /// Normalizes rows by given statistics.
    fn normalize(&self, x: Tensor<B, 3>, [mean, variance]: &[Vec<f32>; 2]) -> Tensor<B, 3> {
        let scale = self.scale.val();
        let load = |values: &[f32]| {
            let data = TensorData::new(values.to_vec(), scale.dims());
            Tensor::<B, 3>::from_data(data, (&x.device(), x.dtype()))
        };
        let deviation = load(variance).add_scalar(EPSILON).sqrt();
        let factor = scale.clone() / deviation;
        let offset = self.shift.val() - load(mean) * factor.clone();
        x * factor + offset
    }

    /// The map under statistics of the batch, and what the way back needs of it.
    pub(super) fn pass(
        &self,
        x: Tensor<B, 5>,
        shortcut: Option<Tensor<B, 5>>,
        rectify: Rectify,
    ) -> (Kept<B>, Tensor<B, 5>) {
        let convolved = conv2d(x.clone(), self.conv.weight(), self.window);
        let shape = convolved.dims();
        let convolved = Self::rows(convolved);
        let normalized = batch_norm(
            convolved.clone(),
            [self.scale.val(), self.shift.val()],
            shortcut.map(Self::rows),
            Self::form(rectify),
        );
        let y = normalized.y.clone().reshape(shape);
        let kept = Kept {
            x,
            convolved,
            normalized,
            rectify,
        };
        (kept, y)
    }

    /// The way back: pushes the gradients of the parameters, the last one first, and gives those of the input, if there is more to
    /// come, and of the shortcut.
    pub(super) fn backward(
        &self,
        kept: Kept<B>,
        g: Tensor<B, 5>,
        to: Upstream,
        gradients: &mut Vec<FloatTensor<B>>,
    ) -> (Option<Tensor<B, 5>>, Tensor<B, 5>) {
        let shape = g.dims();
        let of_norm = batch_norm_backward(
            kept.convolved,
            kept.normalized,
            Self::rows(g),
            self.scale.val(),
            Self::form(kept.rectify),
        );
        let (g_weight, g_x) = conv2d_backward(
            kept.x,
            self.conv.weight(),
            of_norm.x.reshape(shape),
            self.window,
            to == Upstream::Layer,
        );
        for gradient in [of_norm.shift, of_norm.scale, g_weight] {
            gradients.push(gradient.into_primitive().tensor());
        }
        (g_x, of_norm.shortcut.reshape(shape))
    }
}

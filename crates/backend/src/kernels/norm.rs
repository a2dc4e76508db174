//! Batch norm, with what follows it in a residual network.

use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorPrimitive, activation};

use super::Kernels;

/// What a batch norm does beside normalizing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormForm {
    /// Added to variances, above 0.
    pub epsilon: f32,
    /// Whether the output is rectified, after the sum with a shortcut.
    pub rectify: bool,
}

/// What [`batch_norm`] gives.
#[derive(Debug, Clone)]
pub struct Normalized<B: Kernels> {
    /// `[members, rows, channels]`.
    pub y: Tensor<B, 3>,
    /// Means over rows, `[members, 1, channels]`.
    pub mean: Tensor<B, 3>,
    /// Variances over rows, divided by the number of rows, `[members, 1, channels]`.
    pub variance: Tensor<B, 3>,
}

/// What [`batch_norm_backward`] gives: gradients.
#[derive(Debug, Clone)]
pub struct NormBackward<B: Kernels> {
    /// With respect to the input.
    pub x: Tensor<B, 3>,
    /// With respect to the shortcut: what the rectifier lets through.
    pub shortcut: Tensor<B, 3>,
    /// With respect to the scale, `[members, 1, channels]`.
    pub scale: Tensor<B, 3>,
    /// With respect to the shift, `[members, 1, channels]`.
    pub shift: Tensor<B, 3>,
}

/// Normalizes `x` `[members, rows, channels]` by the statistics of its own rows, scales and shifts it (`[members, 1, channels]`
/// each), adds a shortcut, if there is one, and rectifies, if `form` says so.
///
/// Rows are coupled by it: a sample has no gradient of its own.
pub fn batch_norm<B: Kernels>(
    x: Tensor<B, 3>,
    [scale, shift]: [Tensor<B, 3>; 2],
    shortcut: Option<Tensor<B, 3>>,
    form: NormForm,
) -> Normalized<B> {
    let shortcut = shortcut.map(primitive);
    let [y, mean, variance] = B::batch_norm(
        primitive(x),
        [primitive(scale), primitive(shift)],
        shortcut,
        form,
    )
    .map(tensor);
    Normalized { y, mean, variance }
}

/// The backward pass of [`batch_norm`], from its input, what it gave, the gradient `g` of its output, and its scale.
pub fn batch_norm_backward<B: Kernels>(
    x: Tensor<B, 3>,
    of: Normalized<B>,
    g: Tensor<B, 3>,
    scale: Tensor<B, 3>,
    form: NormForm,
) -> NormBackward<B> {
    let tensors = [x, of.y, g, scale, of.mean, of.variance].map(primitive);
    let [x, shortcut, scale, shift] = B::batch_norm_backward(tensors, form).map(tensor);
    NormBackward {
        x,
        shortcut,
        scale,
        shift,
    }
}

fn tensor<B: Kernels>(x: FloatTensor<B>) -> Tensor<B, 3> {
    Tensor::from_primitive(TensorPrimitive::Float(x))
}

fn primitive<B: Kernels>(x: Tensor<B, 3>) -> FloatTensor<B> {
    x.into_primitive().tensor()
}

/// [`batch_norm`] in plain operations.
pub(super) fn plain<B: Kernels>(
    x: FloatTensor<B>,
    scale_and_shift: [FloatTensor<B>; 2],
    shortcut: Option<FloatTensor<B>>,
    form: NormForm,
) -> [FloatTensor<B>; 3] {
    let x = tensor::<B>(x);
    let [scale, shift] = scale_and_shift.map(tensor::<B>);
    let mean = x.clone().mean_dim(1);
    let centered = x - mean.clone();
    let variance = (centered.clone() * centered.clone()).mean_dim(1);
    let factor = scale / variance.clone().add_scalar(form.epsilon).sqrt();
    let mut y = centered * factor + shift;
    if let Some(shortcut) = shortcut {
        y = y + tensor::<B>(shortcut);
    }
    if form.rectify {
        y = activation::relu(y);
    }
    [y, mean, variance].map(primitive)
}

/// [`batch_norm_backward`] in plain operations.
pub(super) fn plain_backward<B: Kernels>(
    tensors: [FloatTensor<B>; 6],
    form: NormForm,
) -> [FloatTensor<B>; 4] {
    let [x, y, mut g, scale, mean, variance] = tensors.map(tensor::<B>);
    if form.rectify {
        g = g.mask_fill(y.lower_equal_elem(0.0), 0.0);
    }
    // Divided, not multiplied by the reciprocal: that of burn-ndarray is approximate.
    let deviation = variance.add_scalar(form.epsilon).sqrt();
    let normalized = (x - mean) / deviation.clone();
    let g_shift = g.clone().sum_dim(1);
    let g_scale = (g.clone() * normalized.clone()).sum_dim(1);
    let rows = g.dims()[1] as f64;
    let [of_shift, of_scale] = [&g_shift, &g_scale].map(|sum| sum.clone().div_scalar(rows));
    let g_x = (g.clone() - of_shift - normalized * of_scale) * (scale / deviation);
    [g_x, g, g_scale, g_shift].map(primitive)
}

//! Convolutions of images.
//!
//! Images are `[members, samples, height, width, channels]`, so that a pixel's channels lie side by side and a position is a row of
//! the linear map that a convolution is.

use burn::tensor::ops::FloatTensor;
use burn::tensor::{IndexingUpdateOp, Int, Tensor, TensorData, TensorPrimitive};

use super::Kernels;

/// The square window of a convolution, the same along both axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Its side.
    pub kernel: usize,
    /// Pixels between neighbouring positions.
    pub stride: usize,
    /// Zeros around an image.
    pub padding: usize,
}

impl Window {
    /// Positions along rows and columns of images of so many.
    ///
    /// # Panics
    /// If the window does not fit.
    pub fn positions(&self, sides: [usize; 2]) -> [usize; 2] {
        sides.map(|side| {
            let room = (side + 2 * self.padding).checked_sub(self.kernel);
            // invariant: models check their sizes when they are built.
            assert!(room.is_some(), "{self:?} on images of {sides:?}");
            room.unwrap_or_default() / self.stride + 1
        })
    }
}

/// The convolution of `x` `[members, samples, height, width, channels]` with `weight`
/// `[members, kernel * kernel * channels, filters]`, whose rows go over the window row by row, and for each pixel over channels:
/// `[members, samples, height', width', filters]`.
///
/// # Panics
/// If shapes do not fit.
pub fn conv2d<B: Kernels>(x: Tensor<B, 5>, weight: Tensor<B, 3>, window: Window) -> Tensor<B, 5> {
    check(&x, &weight, window);
    tensor(B::convolve(primitive(x), primitive(weight), window))
}

/// The gradients of [`conv2d`] with respect to the weight, summed over samples, and, if it is wanted, `x`; `g` is that with respect
/// to the output.
///
/// # Panics
/// If shapes do not fit.
pub fn conv2d_backward<B: Kernels>(
    x: Tensor<B, 5>,
    weight: Tensor<B, 3>,
    g: Tensor<B, 5>,
    window: Window,
    want_x: bool,
) -> (Tensor<B, 3>, Option<Tensor<B, 5>>) {
    check(&x, &weight, window);
    let tensors = [primitive(x), primitive(weight), primitive(g)];
    let (g_weight, g_x) = B::convolve_backward(tensors, window, want_x);
    (tensor(g_weight), g_x.map(tensor))
}

/// The patches of `x` `[members, samples, height, width, channels]` under a window:
/// `[members, samples, height', width', kernel * kernel * channels]`. They are the inputs of the linear map that a convolution is.
///
/// # Panics
/// If the window does not fit.
pub fn patches<B: Kernels>(x: Tensor<B, 5>, window: Window) -> Tensor<B, 5> {
    let [_, _, height, width, _] = x.dims();
    let _ = window.positions([height, width]);
    tensor(B::patches(primitive(x), window))
}

fn check<B: Kernels>(x: &Tensor<B, 5>, weight: &Tensor<B, 3>, window: Window) {
    let ([members, _, height, width, channels], [of_weight, rows, _]) = (x.dims(), weight.dims());
    // invariant: models check their sizes when they are built.
    assert!(
        members == of_weight && rows == window.kernel * window.kernel * channels,
        "{window:?} with a weight {:?} on images {:?}",
        weight.dims(),
        x.dims()
    );
    let _ = window.positions([height, width]);
}

fn tensor<B: Kernels, const D: usize>(x: FloatTensor<B>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(x))
}

fn primitive<B: Kernels, const D: usize>(x: Tensor<B, D>) -> FloatTensor<B> {
    x.into_primitive().tensor()
}

/// Rows and columns of images.
pub(super) fn sides<B: Kernels>(x: &FloatTensor<B>) -> [usize; 2] {
    let [_, _, height, width, _] = tensor::<B, 5>(x.clone()).dims();
    [height, width]
}

fn product<B: Kernels>(lhs: Tensor<B, 3>, rhs: Tensor<B, 3>) -> Tensor<B, 3> {
    tensor(B::matmul(primitive(lhs), primitive(rhs)))
}

/// `[members, samples * positions, …]`.
fn as_rows<B: Kernels>(x: Tensor<B, 5>) -> Tensor<B, 3> {
    let [members, samples, height, width, last] = x.dims();
    x.reshape([members, samples * height * width, last])
}

/// [`conv2d`] in plain operations.
pub(super) fn plain<B: Kernels>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    window: Window,
) -> FloatTensor<B> {
    let patches = tensor::<B, 5>(B::patches(x, window));
    let [members, samples, height, width, _] = patches.dims();
    let y = product(as_rows(patches), tensor(weight));
    let filters = y.dims()[2];
    primitive(y.reshape([members, samples, height, width, filters]))
}

/// [`conv2d_backward`] in plain operations.
pub(super) fn plain_backward<B: Kernels>(
    [x, weight, g]: [FloatTensor<B>; 3],
    window: Window,
    want_x: bool,
) -> (FloatTensor<B>, Option<FloatTensor<B>>) {
    let sides = sides::<B>(&x);
    let patches = tensor::<B, 5>(B::patches(x, window));
    let shape = patches.dims();
    let g = as_rows(tensor::<B, 5>(g));
    let g_weight = product(as_rows(patches).swap_dims(1, 2), g.clone());
    let g_x = want_x.then(|| {
        let g_patches = product(g, tensor::<B, 3>(weight).swap_dims(1, 2)).reshape(shape);
        B::add_patches(primitive(g_patches), window, sides)
    });
    (primitive(g_weight), g_x)
}

/// Indices of the padded pixels that lie under one row (or column) of the window, position by position.
fn under<B: Kernels>(
    window: Window,
    offset: usize,
    positions: usize,
    device: &B::Device,
) -> Tensor<B, 1, Int> {
    let indices = (0..positions).map(|at| (at * window.stride + offset) as i64);
    Tensor::from_data(TensorData::new(indices.collect(), [positions]), device)
}

/// [`patches`] in plain operations.
pub(super) fn plain_patches<B: Kernels>(x: FloatTensor<B>, window: Window) -> FloatTensor<B> {
    let x = tensor::<B, 5>(x);
    let (device, shape) = (x.device(), x.dims());
    let [members, samples, height, width, channels] = shape;
    let [rows, columns] = window.positions([height, width]);
    let pad = window.padding;
    let padded = [
        members,
        samples,
        height + 2 * pad,
        width + 2 * pad,
        channels,
    ];
    let inside = [
        0..members,
        0..samples,
        pad..pad + height,
        pad..pad + width,
        0..channels,
    ];
    let padded = Tensor::<B, 5>::zeros(padded, (&device, x.dtype())).slice_assign(inside, x);
    let parts = (0..window.kernel * window.kernel).map(|at| {
        let (row, column) = (at / window.kernel, at % window.kernel);
        let rows = under::<B>(window, row, rows, &device);
        let columns = under::<B>(window, column, columns, &device);
        padded.clone().select(2, rows).select(3, columns)
    });
    primitive(Tensor::cat(parts.collect(), 4))
}

/// The transpose of [`plain_patches`].
pub(super) fn plain_add_patches<B: Kernels>(
    patches: FloatTensor<B>,
    window: Window,
    [height, width]: [usize; 2],
) -> FloatTensor<B> {
    let patches = tensor::<B, 5>(patches);
    let (device, dtype) = (patches.device(), patches.dtype());
    let [members, samples, rows, columns, entries] = patches.dims();
    let channels = entries / (window.kernel * window.kernel);
    let pad = window.padding;
    let (tall, wide) = (height + 2 * pad, width + 2 * pad);
    let zeros = |height, width| {
        Tensor::<B, 5>::zeros(
            [members, samples, height, width, channels],
            (&device, dtype),
        )
    };
    let mut sum = zeros(tall, wide);
    for at in 0..window.kernel * window.kernel {
        let (row, column) = (at / window.kernel, at % window.kernel);
        let part = patches.clone().narrow(4, at * channels, channels);
        let columns = under::<B>(window, column, columns, &device);
        let part = zeros(rows, wide).select_assign(3, columns, part, IndexingUpdateOp::Add);
        let rows = under::<B>(window, row, rows, &device);
        sum = sum.select_assign(2, rows, part, IndexingUpdateOp::Add);
    }
    primitive(sum.narrow(2, pad, height).narrow(3, pad, width))
}

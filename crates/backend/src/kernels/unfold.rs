//! The windows of a sequence, which turn a convolution into a linear map.

use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorPrimitive};

use super::Kernels;

/// All windows of `window` neighbouring positions of `[members, samples, length, channels]`:
/// `[members, samples, length - window + 1, window * channels]`, a window's positions one after another. A convolution
/// without padding is a product with a weight `[window * channels, outputs]`.
///
/// # Panics
/// If the sequence is shorter than a window, or the window is empty.
pub fn unfold<B: Kernels>(x: Tensor<B, 4>, window: usize) -> Tensor<B, 4> {
    // invariant: models check their lengths when they are built.
    assert!(
        window >= 1 && x.dims()[2] >= window,
        "windows of {window} in a sequence of {}",
        x.dims()[2]
    );
    let windows = B::unfold(x.into_primitive().tensor(), window);
    Tensor::from_primitive(TensorPrimitive::Float(windows))
}

fn tensor<B: Kernels>(x: FloatTensor<B>) -> Tensor<B, 4> {
    Tensor::from_primitive(TensorPrimitive::Float(x))
}

/// [`unfold`] in plain operations.
pub(super) fn plain<B: Kernels>(x: FloatTensor<B>, window: usize) -> FloatTensor<B> {
    let x = tensor::<B>(x);
    let positions = x.dims()[2] + 1 - window;
    let shifted = (0..window).map(|shift| x.clone().narrow(2, shift, positions));
    Tensor::cat(shifted.collect(), 3).into_primitive().tensor()
}

/// The transpose of [`unfold`] in plain operations.
pub(super) fn plain_fold<B: Kernels>(windows: FloatTensor<B>, window: usize) -> FloatTensor<B> {
    let windows = tensor::<B>(windows);
    let [members, samples, positions, width] = windows.dims();
    let (channels, length) = (width / window, positions + window - 1);
    let shape = [members, samples, length, channels];
    let mut x = Tensor::<B, 4>::zeros(shape, (&windows.device(), windows.dtype()));
    for shift in 0..window {
        let part = windows.clone().narrow(3, shift * channels, channels);
        let place = [
            0..members,
            0..samples,
            shift..shift + positions,
            0..channels,
        ];
        let sum = x.clone().slice(place.clone()) + part;
        x = x.slice_assign(place, sum);
    }
    x.into_primitive().tensor()
}

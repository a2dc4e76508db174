//! Elementwise functions that our models need in a fast form.
//!
//! burn's `tanh` on CPU calls the C library for each entry, twice (the backward pass computes it again).
//! Here each backend may bring a better one; every method has a default made of plain burn operations, so
//! that a third-party backend joins with `impl Kernels for TheirBackend {}`.

#[cfg(feature = "flex")]
mod flex;

use burn::backend::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorPrimitive};

/// A backend with the elementwise functions of our models.
pub trait Kernels: Backend {
    /// $y = \tanh x$, entry by entry.
    fn tanh(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_tanh(x)
    }

    /// $g\,(1 - y^2)$: the gradient of [`Kernels::tanh`] from its output `y` and the gradient `g` of it.
    fn tanh_backward(y: FloatTensor<Self>, g: FloatTensor<Self>) -> FloatTensor<Self> {
        let g_y = Self::float_mul(g.clone(), y.clone());
        Self::float_sub(g, Self::float_mul(g_y, y))
    }
}

/// A [`Kernels`] backend that differentiates: what training needs.
pub trait KernelsAutodiff: Kernels + AutodiffBackend<InnerBackend: Kernels> {}

impl<B: Kernels + AutodiffBackend<InnerBackend: Kernels>> KernelsAutodiff for B {}

#[cfg(feature = "ndarray")]
impl Kernels for burn::backend::NdArray<f32> {}
#[cfg(feature = "ndarray")]
impl Kernels for burn::backend::NdArray<f64> {}
#[cfg(feature = "cuda")]
impl Kernels for burn::backend::Cuda<f32> {}

/// The backward pass of `tanh` needs its output only.
#[derive(Debug)]
struct TanhBackward;

impl<B: Kernels> Backward<B, 1> for TanhBackward {
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let y = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |g| B::tanh_backward(y, g));
    }
}

impl<B: Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn tanh(x: FloatTensor<Self>) -> FloatTensor<Self> {
        match TanhBackward
            .prepare::<C>([x.node.clone()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let y = B::tanh(x.primitive);
                prep.finish(y.clone(), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::tanh(x.primitive)),
        }
    }
}

/// $\tanh x$, entry by entry, through the backend's [`Kernels`].
pub fn tanh<B: Kernels, const D: usize>(x: Tensor<B, D>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(B::tanh(x.into_primitive().tensor())))
}

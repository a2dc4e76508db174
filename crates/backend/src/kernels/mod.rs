//! Functions that our models need in a fast form.
//!
//! burn's `tanh` on CPU calls the C library for each entry, twice (the backward pass computes it again), and its
//! products zero and copy their output. Here each backend may bring better ones; every method has a default made of
//! plain burn operations, so that a third-party backend joins with `impl Kernels for TheirBackend {}`.

mod descend;
#[cfg(feature = "flex")]
mod few;
#[cfg(feature = "flex")]
mod flex;
mod unfold;

pub use descend::{Descent, descend};
pub use unfold::unfold;

use burn::backend::Autodiff;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, binary, unary};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorPrimitive};

/// A backend with the functions of our models.
pub trait Kernels: Backend {
    /// \\(y = \tanh x\\), entry by entry.
    fn tanh(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_tanh(x)
    }

    /// \\(g\\,(1 - y^2)\\): the gradient of [`Kernels::tanh`] from its output `y` and the gradient `g` of it.
    fn tanh_backward(y: FloatTensor<Self>, g: FloatTensor<Self>) -> FloatTensor<Self> {
        let g_y = Self::float_mul(g.clone(), y.clone());
        Self::float_sub(g, Self::float_mul(g_y, y))
    }

    /// The product of `[members, n, k]` and `[members, k, p]`, member by member.
    fn matmul(lhs: FloatTensor<Self>, rhs: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(lhs, rhs)
    }

    /// One step of gradient descent on the weight of a linear map, from both sides of it: see [`descend`].
    fn descend(
        weight: FloatTensor<Self>,
        h_a: FloatTensor<Self>,
        g_b: FloatTensor<Self>,
        steps: &[Descent],
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        descend::plain::<Self>(weight, h_a, g_b, steps)
    }

    /// The windows of a sequence: see [`unfold`].
    fn unfold(x: FloatTensor<Self>, window: usize) -> FloatTensor<Self> {
        unfold::plain::<Self>(x, window)
    }

    /// The transpose of [`Kernels::unfold`]: adds every entry of `[members, samples, positions, window * channels]` to
    /// the place in `[members, samples, length, channels]` that it came from.
    fn fold(windows: FloatTensor<Self>, window: usize) -> FloatTensor<Self> {
        unfold::plain_fold::<Self>(windows, window)
    }
}

/// A [`Kernels`] backend that differentiates: what training needs.
pub trait KernelsAutodiff: Kernels + AutodiffBackend<InnerBackend: Kernels> {}

impl<B: Kernels + AutodiffBackend<InnerBackend: Kernels>> KernelsAutodiff for B {}

impl Kernels for burn::backend::NdArray<f32> {}
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

/// The backward pass of a product needs each factor for the gradient of the other.
#[derive(Debug)]
struct MatmulBackward;

impl<B: Kernels> Backward<B, 2> for MatmulBackward {
    /// The left factor if the right one is tracked, and the other way round.
    type State = (Option<FloatTensor<B>>, Option<FloatTensor<B>>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (lhs, rhs) = ops.state;
        let other = |factor: Option<FloatTensor<B>>, g: &FloatTensor<B>| {
            // invariant: a gradient is requested only where the other factor was kept.
            B::float_transpose(factor.unwrap_or_else(|| g.clone()))
        };
        binary::<B, _, _>(
            ops.parents,
            ops.node,
            grads,
            |g| {
                let rhs = other(rhs, &g);
                B::matmul(g, rhs)
            },
            |g| B::matmul(other(lhs, &g), g),
        );
    }
}

/// The backward pass of `unfold` needs the length of a window only.
#[derive(Debug)]
struct UnfoldBackward;

impl<B: Kernels> Backward<B, 1> for UnfoldBackward {
    type State = usize;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let window = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |g| B::fold(g, window));
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

    fn matmul(lhs: FloatTensor<Self>, rhs: FloatTensor<Self>) -> FloatTensor<Self> {
        let (track_lhs, track_rhs) = (lhs.is_tracked(), rhs.is_tracked());
        let prepared = MatmulBackward.prepare::<C>([lhs.node.clone(), rhs.node.clone()]);
        match prepared.compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let state = (
                    track_rhs.then(|| lhs.primitive.clone()),
                    track_lhs.then(|| rhs.primitive.clone()),
                );
                prep.finish(state, B::matmul(lhs.primitive, rhs.primitive))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::matmul(lhs.primitive, rhs.primitive)),
        }
    }

    fn unfold(x: FloatTensor<Self>, window: usize) -> FloatTensor<Self> {
        let prepared = UnfoldBackward.prepare::<C>([x.node.clone()]);
        match prepared.compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(window, B::unfold(x.primitive, window)),
            OpsKind::UnTracked(prep) => prep.finish(B::unfold(x.primitive, window)),
        }
    }
}

/// \\(\tanh x\\), entry by entry, through the backend's [`Kernels`].
pub fn tanh<B: Kernels, const D: usize>(x: Tensor<B, D>) -> Tensor<B, D> {
    Tensor::from_primitive(TensorPrimitive::Float(B::tanh(x.into_primitive().tensor())))
}

/// \\(g\\,(1 - y^2)\\), entry by entry, through the backend's [`Kernels`].
pub fn tanh_backward<B: Kernels, const D: usize>(y: Tensor<B, D>, g: Tensor<B, D>) -> Tensor<B, D> {
    let [y, g] = [y, g].map(|x| x.into_primitive().tensor());
    Tensor::from_primitive(TensorPrimitive::Float(B::tanh_backward(y, g)))
}

/// The product of `[members, n, k]` and `[members, k, p]`, through the backend's [`Kernels`].
///
/// # Panics
/// If members or `k` differ, as burn's own product does.
pub fn matmul<B: Kernels>(lhs: Tensor<B, 3>, rhs: Tensor<B, 3>) -> Tensor<B, 3> {
    let ([m, _, k], [other_m, other_k, _]) = (lhs.dims(), rhs.dims());
    // invariant: shapes of factors fit, as burn's own product asserts.
    assert!(
        m == other_m && k == other_k,
        "product of {:?} and {:?}",
        lhs.dims(),
        rhs.dims()
    );
    let [lhs, rhs] = [lhs, rhs].map(|x| x.into_primitive().tensor());
    Tensor::from_primitive(TensorPrimitive::Float(B::matmul(lhs, rhs)))
}

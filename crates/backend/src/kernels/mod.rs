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
#[cfg(feature = "flex")]
mod flex_images;
mod images;
mod norm;
mod unfold;

pub use descend::{Descent, descend};
pub use images::{Window, conv2d, conv2d_backward, patches};
pub use norm::{NormBackward, NormForm, Normalized, batch_norm, batch_norm_backward};
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

    /// A convolution of images: see [`conv2d`].
    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
    ) -> FloatTensor<Self> {
        images::plain::<Self>(x, weight, window)
    }

    /// The gradients with respect to the weight and, if it is wanted, the images: see [`conv2d_backward`].
    fn convolve_backward(
        [x, weight, g]: [FloatTensor<Self>; 3],
        window: Window,
        want_x: bool,
    ) -> (FloatTensor<Self>, Option<FloatTensor<Self>>) {
        images::plain_backward::<Self>([x, weight, g], window, want_x)
    }

    /// The patches of images: see [`patches`].
    fn patches(x: FloatTensor<Self>, window: Window) -> FloatTensor<Self> {
        images::plain_patches::<Self>(x, window)
    }

    /// The transpose of [`Kernels::patches`]: adds every entry to the place in images of so many rows and columns that it came
    /// from.
    fn add_patches(
        patches: FloatTensor<Self>,
        window: Window,
        sides: [usize; 2],
    ) -> FloatTensor<Self> {
        images::plain_add_patches::<Self>(patches, window, sides)
    }

    /// Batch norm and what follows it: see [`batch_norm`]. Gives the output, means and variances.
    fn batch_norm(
        x: FloatTensor<Self>,
        scale_and_shift: [FloatTensor<Self>; 2],
        shortcut: Option<FloatTensor<Self>>,
        form: NormForm,
    ) -> [FloatTensor<Self>; 3] {
        norm::plain::<Self>(x, scale_and_shift, shortcut, form)
    }

    /// The backward pass of [`Kernels::batch_norm`]: see [`batch_norm_backward`]. Takes the input, the output, the gradient of
    /// that, scale, means and variances; gives the gradients of input, shortcut, scale and shift.
    fn batch_norm_backward(
        tensors: [FloatTensor<Self>; 6],
        form: NormForm,
    ) -> [FloatTensor<Self>; 4] {
        norm::plain_backward::<Self>(tensors, form)
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

/// The backward pass of a convolution needs both of its factors.
#[derive(Debug)]
struct Conv2dBackward;

impl<B: Kernels> Backward<B, 2> for Conv2dBackward {
    type State = ([FloatTensor<B>; 2], Window);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let ([x, weight], window) = ops.state;
        let [of_x, of_weight] = ops.parents;
        let g = grads.consume::<B>(&ops.node);
        let (g_weight, g_x) = B::convolve_backward([x, weight, g], window, of_x.is_some());
        if let (Some(node), Some(g_x)) = (of_x, g_x) {
            grads.register::<B>(node.id, g_x);
        }
        if let Some(node) = of_weight {
            grads.register::<B>(node.id, g_weight);
        }
    }
}

/// The backward pass of `patches` needs the size of the images only.
#[derive(Debug)]
struct PatchesBackward;

impl<B: Kernels> Backward<B, 1> for PatchesBackward {
    type State = (Window, [usize; 2]);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (window, sides) = ops.state;
        unary::<B, _>(ops.parents, ops.node, grads, |g| {
            B::add_patches(g, window, sides)
        });
    }
}

impl<B: Kernels, C: CheckpointStrategy> Kernels for Autodiff<B, C> {
    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        window: Window,
    ) -> FloatTensor<Self> {
        let prepared = Conv2dBackward.prepare::<C>([x.node.clone(), weight.node.clone()]);
        match prepared.compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let factors = [x.primitive.clone(), weight.primitive.clone()];
                let y = B::convolve(x.primitive, weight.primitive, window);
                prep.finish((factors, window), y)
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::convolve(x.primitive, weight.primitive, window))
            }
        }
    }

    fn patches(x: FloatTensor<Self>, window: Window) -> FloatTensor<Self> {
        let sides = images::sides::<B>(&x.primitive);
        let prepared = PatchesBackward.prepare::<C>([x.node.clone()]);
        match prepared.compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((window, sides), B::patches(x.primitive, window)),
            OpsKind::UnTracked(prep) => prep.finish(B::patches(x.primitive, window)),
        }
    }

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

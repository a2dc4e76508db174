//! Gradient descent on a linear map in as few passes over its weight as possible.

use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorData, TensorPrimitive};

use super::Kernels;

/// What a step of gradient descent does to the parameters of one member:
/// \\(W \\leftarrow \\mathrm{keep}\\, W - \\mathrm{rate}\\, \\partial\\ell/\\partial W\\).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// The learning rate \\(\\eta\\).
    pub rate: f32,
    /// \\(1 - \\eta\\gamma\\) for a weight decay \\(\\gamma\\).
    pub keep: f32,
}

/// One step of gradient descent on the weight `[members, d_a, d_b]` of \\(h_b = h_a W\\), from its input `h_a`
/// `[members, samples, d_a]` and the gradient `g_b` `[members, samples, d_b]` of the loss with respect to its output. Gives
/// the new weight, and the gradient \\(g_b W^\\top\\) with respect to the input, of the weight **before** the step.
///
/// The gradient \\(h_a^\\top g_b\\) has the rank of the samples. Where there are few of them, reading the weight is what takes
/// time, and flex goes over it once, for both results, where a product, a product and an update go over it, or matrices of
/// its size, seven times.
pub fn descend<B: Kernels>(
    weight: Tensor<B, 3>,
    h_a: Tensor<B, 3>,
    g_b: Tensor<B, 3>,
    steps: &[Descent],
) -> (Tensor<B, 3>, Tensor<B, 3>) {
    let [members, d_a, d_b] = weight.dims();
    let samples = h_a.dims()[1];
    // invariant: shapes fit, as burn's own products assert.
    assert!(
        h_a.dims() == [members, samples, d_a]
            && g_b.dims() == [members, samples, d_b]
            && steps.len() == members,
        "a step of {:?} from {:?} and {:?} with {} rates",
        weight.dims(),
        h_a.dims(),
        g_b.dims(),
        steps.len()
    );
    let [weight, h_a, g_b] = [weight, h_a, g_b].map(|x| x.into_primitive().tensor());
    let (weight, g_a) = B::descend(weight, h_a, g_b, steps);
    let tensor = |x| Tensor::from_primitive(TensorPrimitive::Float(x));
    (tensor(weight), tensor(g_a))
}

/// [`descend`] in plain operations.
pub(super) fn plain<B: Kernels>(
    weight: FloatTensor<B>,
    h_a: FloatTensor<B>,
    g_b: FloatTensor<B>,
    steps: &[Descent],
) -> (FloatTensor<B>, FloatTensor<B>) {
    let [weight, h_a, g_b] =
        [weight, h_a, g_b].map(|x| Tensor::<B, 3>::from_primitive(TensorPrimitive::Float(x)));
    let product = |lhs: Tensor<B, 3>, rhs: Tensor<B, 3>| {
        let [lhs, rhs] = [lhs, rhs].map(|x| x.into_primitive().tensor());
        Tensor::<B, 3>::from_primitive(TensorPrimitive::Float(B::matmul(lhs, rhs)))
    };
    let g_a = product(g_b.clone(), weight.clone().swap_dims(1, 2));
    let gradient = product(h_a.swap_dims(1, 2), g_b);
    let [rate, keep] = [|step: &Descent| step.rate, |step: &Descent| step.keep]
        .map(|which| each_member(steps, which, &weight));
    let weight = weight * keep - gradient * rate;
    let primitive = |x: Tensor<B, 3>| x.into_primitive().tensor();
    (primitive(weight), primitive(g_a))
}

/// One number for each member, `[members, 1, 1]`.
fn each_member<B: Backend>(
    steps: &[Descent],
    which: fn(&Descent) -> f32,
    like: &Tensor<B, 3>,
) -> Tensor<B, 3> {
    let values: Vec<f32> = steps.iter().map(which).collect();
    let data = TensorData::new(values, [steps.len(), 1, 1]);
    Tensor::from_data(data, (&like.device(), like.dtype()))
}

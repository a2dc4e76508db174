//! A linear map for each member.

use burn::module::{Module, Param};
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorData};
use formant_backend::{Descent, Kernels, KernelsAutodiff, descend, matmul};
use formant_data::rng::{Purpose, normal_f32, stream, uniform_f32};
use formant_probe::{Observer, Site};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Whether linear maps have biases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bias {
    /// None, as in the theory: \\(h_b = W h_a\\).
    None,
    /// A learned vector, which weight decay also reaches (as PyTorch's optimisers do by default).
    Learned,
}

/// How initial weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform on \\(\pm 1/\sqrt{d_a}\\), weights and biases: PyTorch's default for `nn.Linear`.
    UniformFanIn,
    /// Normal with variance \\(2/(d_a + d_b)\\), biases 0: PyTorch's `xavier_normal_`.
    XavierNormal,
    /// Normal with variance \\(2/d_b\\), biases 0: PyTorch's `kaiming_normal_` with `mode="fan_out"`, for rectifiers.
    KaimingNormal,
}

impl Init {
    /// Draws weights and biases for one member. Both are multiplied by `scale`; `fans` are in and out.
    pub(crate) fn draw(
        self,
        rng: &mut impl Rng,
        scale: f64,
        fans: [usize; 2],
        [weights, biases]: [usize; 2],
    ) -> [Vec<f32>; 2] {
        match self {
            Self::UniformFanIn => {
                let bound = scale as f32 / (fans[0] as f32).sqrt();
                [weights, biases].map(|count| uniform_f32(rng, -bound, bound, count))
            }
            Self::XavierNormal | Self::KaimingNormal => {
                let fans = match self {
                    Self::XavierNormal => fans[0] + fans[1],
                    _ => fans[1],
                };
                let deviation = scale * (2.0 / fans as f64).sqrt();
                let mut values = normal_f32(rng, weights);
                values.iter_mut().for_each(|w| *w *= deviation as f32);
                [values, vec![0.0; biases]]
            }
        }
    }
}

/// \\(h_b = h_a W\\) for row vectors, plus a bias if there is one: weight `[members, d_a, d_b]`, bias
/// `[members, 1, d_b]`.
#[derive(Module, Debug)]
pub struct Linear<B: Backend> {
    weight: Param<Tensor<B, 3>>,
    bias: Option<Param<Tensor<B, 3>>>,
}

impl<B: Backend> Linear<B> {
    /// Draws the weights of layer `index` of each member from that member's own stream; the scale of `init` is a factor
    /// on all of them.
    pub fn new(
        seeds: &[u64],
        index: u64,
        [d_a, d_b]: [usize; 2],
        bias: Bias,
        init: (Init, f64),
        device: &B::Device,
    ) -> Self {
        Self::with_fans(seeds, index, [d_a, d_b], [d_a, d_b], bias, init, device)
    }

    /// [`Linear::new`] with other fans than its widths, as a convolution has.
    pub(crate) fn with_fans(
        seeds: &[u64],
        index: u64,
        [d_a, d_b]: [usize; 2],
        fans: [usize; 2],
        bias: Bias,
        (init, scale): (Init, f64),
        device: &B::Device,
    ) -> Self {
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        let count = if bias == Bias::Learned { d_b } else { 0 };
        for &seed in seeds {
            let mut rng = stream(seed, Purpose::Init, index);
            let [weight, bias] = init.draw(&mut rng, scale, fans, [d_a * d_b, count]);
            weights.extend(weight);
            biases.extend(bias);
        }
        let param = |values, shape: [usize; 3]| {
            Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), device))
        };
        Self {
            weight: param(weights, [seeds.len(), d_a, d_b]),
            bias: (bias == Bias::Learned).then(|| param(biases, [seeds.len(), 1, d_b])),
        }
    }

    /// A layer with given weights: `weight` `[members, d_a, d_b]`, `bias` `[members, 1, d_b]`.
    pub fn from_tensors(weight: Tensor<B, 3>, bias: Option<Tensor<B, 3>>) -> Self {
        Self {
            weight: Param::from_tensor(weight),
            bias: bias.map(Param::from_tensor),
        }
    }

    /// The weight, `[members, d_a, d_b]`.
    pub fn weight(&self) -> Tensor<B, 3> {
        self.weight.val()
    }

    /// The bias, `[members, 1, d_b]`.
    pub fn bias(&self) -> Option<Tensor<B, 3>> {
        self.bias.as_ref().map(Param::val)
    }

    fn add_bias(&self, h_b: Tensor<B, 3>) -> Tensor<B, 3> {
        match &self.bias {
            Some(bias) => h_b + bias.val(),
            None => h_b,
        }
    }
}

impl<B: Kernels> Linear<B> {
    /// [`Linear::backward`] of a network without a graph.
    pub(crate) fn back(
        &self,
        h_a: Tensor<B, 3>,
        g: Tensor<B, 3>,
        to: Upstream,
        gradients: &mut Vec<FloatTensor<B>>,
    ) -> Tensor<B, 3> {
        let weight = || self.weight.val();
        backward(weight, self.bias.is_some(), [h_a, g], to, gradients)
    }

    /// Applies the map to `[members, samples, d_a]` and shows it to the observer.
    pub fn forward(
        &self,
        h_a: Tensor<B, 3>,
        site: &Site,
        observer: &mut impl Observer<B>,
    ) -> Tensor<B, 3> {
        let weight = self.weight.val();
        if observer.wants(site) {
            let h_b = self.add_bias(matmul(h_a.clone(), weight.clone()));
            observer.linear(site, &h_a, &weight, h_b)
        } else {
            self.add_bias(matmul(h_a, weight))
        }
    }
}

impl<B: KernelsAutodiff> Linear<B> {
    /// The map without burn's graph.
    pub(crate) fn apply(&self, h_a: Tensor<B::InnerBackend, 3>) -> Tensor<B::InnerBackend, 3> {
        let h_b = matmul(h_a, self.weight.val().inner());
        match &self.bias {
            Some(bias) => h_b + bias.val().inner(),
            None => h_b,
        }
    }

    /// Its backward pass: pushes the gradients of its parameters, the last one first, and gives that of its input if
    /// there is more to come.
    pub(crate) fn backward(
        &self,
        h_a: Tensor<B::InnerBackend, 3>,
        g: Tensor<B::InnerBackend, 3>,
        to: Upstream,
        gradients: &mut Vec<FloatTensor<B::InnerBackend>>,
    ) -> Tensor<B::InnerBackend, 3> {
        let weight = || self.weight.val().inner();
        backward(weight, self.bias.is_some(), [h_a, g], to, gradients)
    }

    /// The layer after one step of gradient descent on its parameters, and the gradient of its input, of the weight before
    /// the step.
    pub(crate) fn descend(
        self,
        h_a: Tensor<B::InnerBackend, 3>,
        g: Tensor<B::InnerBackend, 3>,
        steps: &[Descent],
    ) -> (Self, Tensor<B::InnerBackend, 3>) {
        let bias = self.bias.map(|bias| {
            let [members, samples, _] = g.dims();
            let ones = Tensor::ones([members, samples, 1], (&g.device(), g.dtype()));
            descend_param(bias, ones, g.clone(), steps).0
        });
        let (weight, g_a) = descend_param(self.weight, h_a, g, steps);
        (Self { weight, bias }, g_a)
    }
}

/// The backward pass of a map with this weight: see [`Linear::backward`].
fn backward<B: Kernels>(
    weight: impl FnOnce() -> Tensor<B, 3>,
    has_bias: bool,
    [h_a, g]: [Tensor<B, 3>; 2],
    to: Upstream,
    gradients: &mut Vec<FloatTensor<B>>,
) -> Tensor<B, 3> {
    let mut push = |gradient: Tensor<B, 3>| gradients.push(gradient.into_primitive().tensor());
    if has_bias {
        push(g.clone().sum_dim(1));
    }
    push(matmul(h_a.swap_dims(1, 2), g.clone()));
    match to {
        Upstream::Layer => matmul(g, weight().swap_dims(1, 2)),
        Upstream::Inputs => g,
    }
}

fn descend_param<B: KernelsAutodiff>(
    param: Param<Tensor<B, 3>>,
    h_a: Tensor<B::InnerBackend, 3>,
    g: Tensor<B::InnerBackend, 3>,
    steps: &[Descent],
) -> (Param<Tensor<B, 3>>, Tensor<B::InnerBackend, 3>) {
    let (id, value, mapper) = param.consume();
    let (value, g_a) = descend(value.inner(), h_a, g, steps);
    let param = Param::from_mapped_value(id, Tensor::from_inner(value), mapper);
    (param, g_a)
}

/// What stands before a layer, and whether it wants a gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upstream {
    /// Another layer.
    Layer,
    /// The inputs of the network: nothing to differentiate.
    Inputs,
}

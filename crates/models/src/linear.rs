//! A linear map for each member.

use burn::module::{Module, Param};
use burn::tensor::backend::Backend;
use burn::tensor::ops::FloatTensor;
use burn::tensor::{Tensor, TensorData};
use formant_backend::{Kernels, KernelsAutodiff, matmul};
use formant_data::rng::{Purpose, stream, uniform_f32};
use formant_probe::{Observer, Site};
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
        (Init::UniformFanIn, scale): (Init, f64),
        device: &B::Device,
    ) -> Self {
        let bound = scale as f32 / (d_a as f32).sqrt();
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        for &seed in seeds {
            let mut rng = stream(seed, Purpose::Init, index);
            weights.extend(uniform_f32(&mut rng, -bound, bound, d_a * d_b));
            if bias == Bias::Learned {
                biases.extend(uniform_f32(&mut rng, -bound, bound, d_b));
            }
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
        let mut push = |gradient: Tensor<B::InnerBackend, 3>| {
            gradients.push(gradient.into_primitive().tensor());
        };
        if self.bias.is_some() {
            push(g.clone().sum_dim(1));
        }
        push(matmul(h_a.swap_dims(1, 2), g.clone()));
        match to {
            Upstream::Layer => matmul(g, self.weight.val().inner().swap_dims(1, 2)),
            Upstream::Inputs => g,
        }
    }
}

/// What stands before a layer, and whether it wants a gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upstream {
    /// Another layer.
    Layer,
    /// The inputs of the network: nothing to differentiate.
    Inputs,
}

//! Activation functions.

use burn::tensor::{Tensor, activation};
use formant_backend::{Kernels, tanh, tanh_backward};
use serde::{Deserialize, Serialize};

/// Slope of [`Activation::LeakyRelu`] below 0: PyTorch's default.
pub const LEAK: f64 = 0.01;

/// Height of [`Activation::Discontinuous`] just above 0.
pub const JUMP: f64 = 0.05;

/// The function between two linear maps, entry by entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// \\(\tanh x\\).
    Tanh,
    /// \\(\max(x, 0)\\).
    Relu,
    /// None: a deep linear network.
    Identity,
    /// \\(x\\) above 0, \\(0.01\\, x\\) below. Its slope at 0 is 0.01, as in PyTorch; burn's own has slope 1 there. That is
    /// no small print: without biases an input of 0 puts every neuron of a network exactly there.
    LeakyRelu,
    /// \\(x\\) above 0, \\(e^x - 1\\) below.
    Elu,
    /// \\(x\\,\sigma(x)\\), also called swish.
    Silu,
    /// \\(x + 0.05\\) above 0, 0 below, with the slope of ReLU.
    Discontinuous,
}

impl Activation {
    /// Applies it.
    pub fn apply<B: Kernels, const D: usize>(self, x: Tensor<B, D>) -> Tensor<B, D> {
        match self {
            Self::Tanh => tanh(x),
            Self::Relu => activation::relu(x),
            Self::Identity => x,
            Self::LeakyRelu => {
                let below = x.clone().lower_equal_elem(0.0);
                let leaked = x.clone().mul_scalar(LEAK);
                x.mask_where(below, leaked)
            }
            Self::Elu => activation::elu(x, 1.0),
            Self::Silu => activation::silu(x),
            Self::Discontinuous => {
                let below = x.clone().lower_equal_elem(0.0);
                x.add_scalar(JUMP).mask_fill(below, 0.0)
            }
        }
    }

    /// Whether [`Activation::backward`] looks at the input.
    pub(crate) fn needs_input(self) -> bool {
        self == Self::Silu
    }

    /// The gradient with respect to its input `x`, from its output `y` and the gradient `g` of that. `x` may be anything
    /// unless the function [needs it](Activation::needs_input).
    pub(crate) fn backward<B: Kernels, const D: usize>(
        self,
        x: Tensor<B, D>,
        y: Tensor<B, D>,
        g: Tensor<B, D>,
    ) -> Tensor<B, D> {
        match self {
            Self::Tanh => tanh_backward(y, g),
            Self::Relu | Self::Discontinuous => g.mask_fill(y.lower_equal_elem(0.0), 0.0),
            Self::Identity => g,
            Self::LeakyRelu => {
                let leaked = g.clone().mul_scalar(LEAK);
                g.mask_where(y.lower_equal_elem(0.0), leaked)
            }
            // Below 0 the slope is e^x = y + 1.
            Self::Elu => {
                let below = g.clone() * y.clone().add_scalar(1.0);
                g.mask_where(y.lower_equal_elem(0.0), below)
            }
            Self::Silu => {
                let gate = activation::sigmoid(x);
                let slope = gate.clone() + y * gate.neg().add_scalar(1.0);
                g * slope
            }
        }
    }
}

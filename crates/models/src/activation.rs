//! Activation functions.

use burn::tensor::{Tensor, activation};
use formant_backend::{Kernels, tanh, tanh_backward};
use serde::{Deserialize, Serialize};

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
}

impl Activation {
    /// Applies it.
    pub fn apply<B: Kernels, const D: usize>(self, x: Tensor<B, D>) -> Tensor<B, D> {
        match self {
            Self::Tanh => tanh(x),
            Self::Relu => activation::relu(x),
            Self::Identity => x,
        }
    }

    /// The gradient with respect to its input, from its output `y` and the gradient `g` of that.
    pub(crate) fn backward<B: Kernels, const D: usize>(
        self,
        y: Tensor<B, D>,
        g: Tensor<B, D>,
    ) -> Tensor<B, D> {
        match self {
            Self::Tanh => tanh_backward(y, g),
            Self::Relu => g.mask_fill(y.lower_equal_elem(0.0), 0.0),
            Self::Identity => g,
        }
    }
}

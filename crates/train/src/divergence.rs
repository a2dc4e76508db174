//! Members whose numbers stop being finite.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

/// What became NaN or infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The gradient of a parameter.
    Gradient,
    /// The values of a parameter.
    Parameter,
    /// An activation or neuron gradient, seen by a measurement.
    Activation,
}

/// A member that diverged: a recorded outcome, not an error. Other members go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Divergence {
    /// The step after which it was seen; on host memory the first step at which it happened.
    pub step: u64,
    /// Where it was seen first: a parameter such as `layers.0.weight`, or the site of a measurement.
    pub layer: String,
    /// What was not finite.
    pub quantity: Quantity,
}

/// For each parameter of a network, in the order of visits, and each member: whether all its entries are finite, which they
/// are if the largest of them is.
pub(crate) fn finite_parameters<B: Backend>(model: &impl Module<B>) -> Vec<Vec<bool>> {
    #[derive(Default)]
    struct Finite(Vec<Vec<bool>>);
    impl<B: Backend> ModuleVisitor<B> for Finite {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            let value = param.val();
            let members = value.dims()[0];
            let each = value.shape().num_elements() / members;
            let largest = value.abs().reshape([members, each]).max_dim(1).into_data();
            self.0
                .push(largest.iter::<f64>().map(f64::is_finite).collect());
        }
    }
    let mut finite = Finite::default();
    model.visit(&mut finite);
    finite.0
}

//! The experiments of "When Representations Align" (arXiv 2402.09142): networks that are followed through training, on a
//! few points or on many.

pub mod few_points;
mod fits;
#[cfg(test)]
mod given;
pub(crate) mod many_points;

use formant_train::OptimizerConfig;

/// The optimiser in a word: momentum is 0, and Adam has PyTorch's constants.
fn optimizer_name(optimizer: &OptimizerConfig) -> String {
    match optimizer {
        OptimizerConfig::Sgd { .. } => "SGD".to_owned(),
        OptimizerConfig::Adam { .. } => "Adam".to_owned(),
    }
}

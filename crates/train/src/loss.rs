//! Losses, one value for each member.

use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, activation::log_softmax};
use formant_data::TargetKind;
use serde::{Deserialize, Serialize};

use crate::TrainError;

/// The loss of one sample, \\(\ell\\), without any weight-decay term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// \\(\ell = \lVert y - t \rVert^2\\), summed over outputs.
    SquaredError,
    /// \\(\ell = \lVert y - t \rVert^2 / d\\), the mean over the \\(d\\) outputs.
    MeanSquaredError,
    /// \\(\ell = \tfrac12 \lVert y - t \rVert^2 / d\\): half of it.
    HalfMeanSquaredError,
    /// \\(\ell = -\log \mathrm{softmax}(y)_t\\).
    CrossEntropy,
}

/// How the losses of samples become one number for each member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean: what training descends.
    Mean,
    /// Their sum: each row's gradient is that sample's own.
    Sum,
}

impl Loss {
    /// The loss of each member, `[members]`, for outputs and targets `[members, samples, outputs]`. Its sum over
    /// members may be differentiated: gradients of members do not mix.
    pub fn of<B: Backend>(
        self,
        outputs: Tensor<B, 3>,
        targets: Tensor<B, 3>,
        reduction: Reduction,
    ) -> Tensor<B, 1> {
        let [members, samples, width] = outputs.dims();
        let terms = match self {
            Self::SquaredError | Self::MeanSquaredError | Self::HalfMeanSquaredError => {
                let difference = outputs - targets;
                difference.clone() * difference
            }
            Self::CrossEntropy => (log_softmax(outputs, 2) * targets).neg(),
        };
        let scale = self.scale([samples, width], reduction);
        let sums = terms
            .reshape([members, samples * width])
            .sum_dim(1)
            .reshape([members]);
        if scale == 1.0 {
            sums
        } else {
            sums.mul_scalar(scale)
        }
    }

    /// The factor on the sum of terms.
    fn scale(self, [samples, width]: [usize; 2], reduction: Reduction) -> f64 {
        let per_sample = match self {
            Self::MeanSquaredError => 1.0 / width as f64,
            Self::HalfMeanSquaredError => 0.5 / width as f64,
            Self::SquaredError | Self::CrossEntropy => 1.0,
        };
        match reduction {
            Reduction::Mean => per_sample / samples as f64,
            Reduction::Sum => per_sample,
        }
    }

    /// The gradient of [`Loss::of`], summed over members, with respect to the outputs: what burn's graph gives, to the
    /// bit.
    pub(crate) fn gradient<B: AutodiffBackend>(
        self,
        outputs: Tensor<B::InnerBackend, 3>,
        targets: Tensor<B::InnerBackend, 3>,
        reduction: Reduction,
    ) -> Tensor<B::InnerBackend, 3> {
        let [_, samples, width] = outputs.dims();
        match self {
            Self::SquaredError | Self::MeanSquaredError | Self::HalfMeanSquaredError => {
                let scale = self.scale([samples, width], reduction);
                let half = (outputs - targets).mul_scalar(scale);
                half.clone() + half
            }
            Self::CrossEntropy => {
                let outputs = Tensor::<B, 3>::from_inner(outputs).require_grad();
                let targets = Tensor::<B, 3>::from_inner(targets);
                let mut gradients = self
                    .of(outputs.clone(), targets, reduction)
                    .sum()
                    .backward();
                let gradient = outputs.grad_remove(&mut gradients);
                gradient.unwrap_or_else(|| outputs.inner().zeros_like())
            }
        }
    }

    /// Refuses targets that the loss cannot be computed from.
    ///
    /// # Errors
    /// [`TrainError::Targets`].
    pub fn check(self, targets: TargetKind) -> Result<(), TrainError> {
        let (loss, expected, fits) = match self {
            Self::SquaredError => ("squared_error", "values", targets == TargetKind::Regression),
            Self::MeanSquaredError => (
                "mean_squared_error",
                "values",
                targets == TargetKind::Regression,
            ),
            Self::HalfMeanSquaredError => (
                "half_mean_squared_error",
                "values",
                targets == TargetKind::Regression,
            ),
            Self::CrossEntropy => (
                "cross_entropy",
                "classes",
                targets == TargetKind::Classification,
            ),
        };
        let found = match targets {
            TargetKind::Regression => "values",
            TargetKind::Classification => "classes",
        };
        if fits {
            Ok(())
        } else {
            Err(TrainError::Targets {
                loss,
                expected,
                found,
            })
        }
    }
}

//! The shape of a fully connected network.

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::Mlp;
use crate::{Activation, Bias, Init, Linear, ModelError};

/// The shape of a fully connected network: `depth` hidden layers of `width`, each followed by the activation,
/// and a linear readout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpConfig {
    /// Width of an input row.
    pub inputs: usize,
    /// Width of every hidden layer.
    pub width: usize,
    /// How many hidden layers.
    pub depth: usize,
    /// Width of an output row.
    pub outputs: usize,
    /// After every hidden linear map.
    pub activation: Activation,
    /// Whether the maps have biases.
    pub bias: Bias,
    /// How weights are drawn.
    pub init: Init,
    /// A factor on all weights that are drawn, above 0.
    #[serde(default = "unscaled")]
    pub init_scale: f64,
    /// What stands between the readout and the loss.
    #[serde(default)]
    pub transform: OutputTransform,
    /// Connections that pass layers by.
    #[serde(default, skip_serializing_if = "Skip::is_none")]
    pub skip: Skip,
}

/// Connections that pass layers by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// None.
    #[default]
    None,
    /// From the third hidden layer on, the representation two layers back is added after the activation:
    /// \\(h_n = \phi(W_n h_{n-1}) + h_{n-2}\\).
    TwoBack,
}

impl Skip {
    fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Whether hidden layer `index`, counted from 0, has such a connection.
    pub(super) fn enters(self, index: usize) -> bool {
        self == Self::TwoBack && index >= 2
    }
}

fn unscaled() -> f64 {
    1.0
}

/// A fixed invertible map \\(Z\\) of the outputs: the network learns \\(f' = Z f\\) and the loss sees
/// \\(f = Z^{-1} f'\\), so that \\(\\ell'(f') = \\ell(Z^{-1} f')\\).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name", from = "WrittenTransform")]
pub enum OutputTransform {
    /// None: \\(Z = I\\).
    #[default]
    None,
    /// Diagonal, its entries in geometric progression from \\(1/\\sqrt\\kappa\\) for the first output to
    /// \\(\\sqrt\\kappa\\) for the last.
    Diagonal {
        /// \\(\\kappa\\), the ratio of the largest entry to the smallest, at least 1.
        condition: f64,
    },
}

/// An [`OutputTransform`] as it is read: a variant without fields would ignore unknown ones, an empty one refuses them.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "name", deny_unknown_fields)]
enum WrittenTransform {
    None {},
    Diagonal { condition: f64 },
}

impl From<WrittenTransform> for OutputTransform {
    fn from(written: WrittenTransform) -> Self {
        match written {
            WrittenTransform::None {} => Self::None,
            WrittenTransform::Diagonal { condition } => Self::Diagonal { condition },
        }
    }
}

impl OutputTransform {
    /// The diagonal of \\(Z\\).
    pub fn diagonal(self, outputs: usize) -> Vec<f64> {
        match self {
            Self::None => vec![1.0; outputs],
            Self::Diagonal { condition } => {
                let last = outputs.saturating_sub(1).max(1) as f64;
                let power = |k: usize| condition.powf(k as f64 / last - 0.5);
                (0..outputs).map(power).collect()
            }
        }
    }
}

/// Factors on initial weights: others make them zero or infinite in single precision.
pub(crate) const SMALLEST_SCALE: f64 = 1e-30;
pub(crate) const LARGEST_SCALE: f64 = 1e9;

/// The largest ratio of entries of a diagonal transform.
const LARGEST_CONDITION: f64 = 1e12;

impl MlpConfig {
    /// Draws one member for each seed.
    ///
    /// # Errors
    /// If a size is zero or there are no seeds.
    pub fn init<B: Backend>(
        &self,
        seeds: &[u64],
        device: &B::Device,
    ) -> Result<Mlp<B>, ModelError> {
        self.check()?;
        if seeds.is_empty() {
            return Err(ModelError::NoMembers);
        }
        let layers = self
            .shapes()
            .into_iter()
            .zip(0..)
            .map(|(shape, index)| {
                let init = (self.init, self.init_scale);
                Linear::new(seeds, index, shape, self.bias, init, device)
            })
            .collect();
        let mut mlp = Mlp::from_layers(layers, self.activation)?.with_skip(self.skip);
        if self.transform != OutputTransform::None {
            let diagonal = self.transform.diagonal(self.outputs);
            mlp.output_scale = Some(diagonal.into_iter().map(|z| z.recip() as f32).collect());
        }
        Ok(mlp)
    }

    /// `[d_a, d_b]` of every linear map.
    pub fn shapes(&self) -> Vec<[usize; 2]> {
        let mut widths = vec![self.inputs];
        widths.extend(std::iter::repeat_n(self.width, self.depth));
        widths.push(self.outputs);
        widths.windows(2).map(|pair| [pair[0], pair[1]]).collect()
    }

    /// Refuses what cannot be built.
    ///
    /// # Errors
    /// If a size is zero, or a factor out of range.
    pub fn check(&self) -> Result<(), ModelError> {
        let sizes = [
            ("inputs", self.inputs),
            ("width", self.width),
            ("depth", self.depth),
            ("outputs", self.outputs),
        ];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            return Err(ModelError::Zero { field });
        }
        let condition = match self.transform {
            OutputTransform::None => 1.0,
            OutputTransform::Diagonal { condition } => condition,
        };
        let scale = self.init_scale;
        let settings = [
            (
                "init_scale",
                scale,
                (SMALLEST_SCALE..=LARGEST_SCALE).contains(&scale),
                "a number from 1e-30 to 1e9",
            ),
            (
                "transform.condition",
                condition,
                (1.0..=LARGEST_CONDITION).contains(&condition),
                "a number from 1 to 1e12",
            ),
        ];
        match settings.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((field, found, _, expected)) => Err(ModelError::Setting {
                field,
                found,
                expected,
            }),
            None => Ok(()),
        }
    }
}

//! The settings of the two-point experiments: the table of the authors' code.
//!
//! "Universality" repository, commit c4f4956, `2 points.txt` and `models.py`. All networks have one input and one output.

use formant_models::{Activation, Bias, CnnConfig, Init, MlpConfig, OutputTransform, Skip};
use formant_train::OptimizerConfig;

use super::spec::NetworkConfig;

/// A line of the settings table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Its name in the table.
    pub name: &'static str,
    pub kind: Kind,
    /// After every hidden map.
    pub activation: Activation,
    /// Factor on Xavier-normal weights.
    pub gain: f64,
    /// Step size of the table.
    pub learning_rate: f64,
    pub width: usize,
    /// Hidden layers, or convolutions.
    pub depth: usize,
    /// The hidden layer that is followed, counted from 0.
    pub layer: usize,
    /// Its number in the authors' list of activations, which holds dropout layers too.
    pub listed: u32,
    /// Share of units that are dropped before every linear map, the first included.
    pub dropout: f64,
    /// Plain SGD, or Adam for the line of that name: the authors' notebooks hold no code for it.
    pub optimizer: OptimizerConfig,
}

/// What kind of network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Fully connected.
    Mlp,
    /// With skip connections.
    Skip,
    /// Convolutions along one axis.
    Cnn,
}

pub const EPOCHS: u64 = 3000;

const fn mlp(name: &'static str, gain: f64, learning_rate: f64) -> Setting {
    Setting {
        name,
        kind: Kind::Mlp,
        activation: Activation::LeakyRelu,
        gain,
        learning_rate,
        width: 500,
        depth: 20,
        layer: 10,
        listed: 10,
        dropout: 0.0,
        optimizer: OptimizerConfig::Sgd { momentum: 0.0 },
    }
}

const fn with(name: &'static str, activation: Activation, gain: f64, rate: f64) -> Setting {
    Setting {
        activation,
        ..mlp(name, gain, rate)
    }
}

const fn kind(kind: Kind, depth: usize, layer: usize, setting: Setting) -> Setting {
    Setting {
        kind,
        depth,
        layer,
        listed: layer as u32,
        ..setting
    }
}

/// The table. The authors follow entry 5 of the dropout network's list of modules, which holds dropout layers too: its
/// third hidden layer.
pub static SETTINGS: [Setting; 19] = [
    mlp("default", 1.0, 0.01),
    kind(Kind::Mlp, 2, 1, mlp("shallow", 0.35, 0.02)),
    Setting {
        width: 50,
        ..mlp("narrow", 1.05, 0.01)
    },
    with("linear", Activation::Identity, 0.85, 0.0025),
    with("elu", Activation::Elu, 0.95, 0.0009),
    with("tanh", Activation::Tanh, 0.85, 0.0025),
    with("relu", Activation::Relu, 1.0, 0.01),
    with("swish", Activation::Silu, 1.7, 0.005),
    kind(Kind::Skip, 20, 10, mlp("skip", 0.1, 0.02)),
    kind(Kind::Cnn, 10, 5, mlp("cnn", 0.95, 0.004)),
    Setting {
        listed: 5,
        dropout: 0.1,
        ..kind(Kind::Mlp, 10, 2, mlp("dropout", 1.0, 0.01))
    },
    mlp("gain_0.9", 0.9, 0.03),
    mlp("gain_1.1", 1.1, 0.005),
    mlp("gain_1.2", 1.2, 0.0025),
    mlp("gain_1.3", 1.3, 0.0015),
    mlp("gain_1.4", 1.4, 0.0005),
    mlp("gain_1.6", 1.6, 0.000_003),
    Setting {
        optimizer: OptimizerConfig::ADAM,
        ..mlp("adam", 1.0, 0.000_001)
    },
    kind(
        Kind::Mlp,
        1,
        0,
        with("two_layer", Activation::Identity, 0.1, 0.01),
    ),
];

/// The default network with an activation that jumps. The authors' first commit has the activation, their table no line.
pub static DISCONTINUOUS: Setting = with("discontinuous", Activation::Discontinuous, 1.0, 0.01);

/// The line of this name.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

impl Setting {
    /// The network for points of this shape.
    pub fn network(&self, inputs: usize, outputs: usize) -> NetworkConfig {
        let (bias, init) = (Bias::Learned, Init::XavierNormal);
        if self.kind == Kind::Cnn {
            return NetworkConfig::Cnn(CnnConfig {
                inputs,
                width: self.width,
                convolutions: self.depth + 1,
                channels: 20,
                kernel: 11,
                outputs,
                activation: self.activation,
                bias,
                init,
                init_scale: self.gain,
            });
        }
        NetworkConfig::Mlp(MlpConfig {
            inputs,
            width: self.width,
            depth: self.depth,
            outputs,
            activation: self.activation,
            bias,
            init,
            init_scale: self.gain,
            transform: OutputTransform::None,
            skip: match self.kind {
                Kind::Skip => Skip::TwoBack,
                _ => Skip::None,
            },
        })
    }
}

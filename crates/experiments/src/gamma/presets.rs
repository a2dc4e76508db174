//! The settings of the figures at each preset. They are ours: the paper's traces give the weight decays, the five
//! hidden layers and the width; the rest came nearest to the digitised curves, in an earlier
//! scan (`smoke`, `quick`) or in the calibration (`paper`, teacher task).

use formant_data::{Spectrum, TeacherConfig};
use formant_figures::Preset;
use formant_figures::gamma::Task;
use formant_models::{Activation, Bias, Init, OutputTransform};
use formant_train::{Loss, OptimizerConfig};

use super::GammaConfig;
use crate::config::{
    MeasuredOn, MeasurementConfig, ModelConfig, Spacing, TaskConfig, TrainingConfig,
};

/// The first five points of `logspace(-5, 0, 10)` (INFERRED from the digitised abscissae).
fn gammas() -> Vec<f64> {
    (0..5)
        .map(|k| 10f64.powf(-5.0 + 5.0 * f64::from(k) / 9.0))
        .collect()
}

/// The configuration of a figure.
pub fn preset(task: Task, preset: Preset) -> GammaConfig {
    let (seeds, steps, samples, measurements) = match (preset, task) {
        (Preset::Smoke, _) => (1, 1_000, 1_000, 1),
        // Five times the inputs and a wider first layer: fewer seeds in the same time.
        (Preset::Quick, Task::Mnist) => (5, 16_000, 4_000, 1),
        (Preset::Quick, _) => (10, 16_000, 4_000, 1),
        (Preset::Paper, _) => (20, 16_000, 10_000, 4),
    };
    let held_out = match task {
        Task::Teacher | Task::Mnist => samples,
        Task::Digits => 360, // all there are
    };
    let mut config = GammaConfig {
        gammas: gammas(),
        seeds: (0..seeds).collect(),
        task: match task {
            Task::Teacher => TaskConfig::Teacher(TeacherConfig::default()),
            Task::Mnist => TaskConfig::Mnist,
            Task::Digits => TaskConfig::Digits,
        },
        model: ModelConfig {
            width: 100,
            depth: 5,
            activation: Activation::Tanh,
            bias: Bias::None,
            init: Init::UniformFanIn,
            init_scale: 1.0,
            transform: OutputTransform::None,
        },
        training: TrainingConfig {
            loss: match task {
                Task::Teacher => Loss::SquaredError,
                Task::Mnist | Task::Digits => Loss::CrossEntropy,
            },
            optimizer: OptimizerConfig::ADAM,
            learning_rate: 1e-3,
            batch: 32,
            steps,
            label_noise: 0.0,
        },
        measurement: MeasurementConfig {
            samples: held_out,
            on: MeasuredOn::HeldOut,
            count: measurements,
            spacing: Spacing::Even,
            null_draws: None,
            extras: Vec::new(),
        },
    };
    if (preset, task) == (Preset::Paper, Task::Teacher) {
        nearest(&mut config);
    }
    config
}

/// The settings of the teacher task that `fc1-calibrate` found nearest to F-gamma. They take several times as long as
/// those of `quick`, which are from an earlier scan.
fn nearest(config: &mut GammaConfig) {
    config.task = TaskConfig::Teacher(TeacherConfig {
        hidden: 300,
        amplitude: 0.2,
        phase: 0.0,
        spectrum: Spectrum::PowerLaw { exponent: 0.35 },
        ..TeacherConfig::default()
    });
    config.model.init_scale = 1.1;
    config.training.optimizer = OptimizerConfig::Sgd { momentum: 0.9 };
    config.training.learning_rate = 0.03;
    config.training.batch = 24;
    config.training.steps = 40_000;
}

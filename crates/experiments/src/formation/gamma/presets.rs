//! The settings of the figures at each preset. They are ours: the paper's traces give the weight decays, the five
//! hidden layers and the width; the rest is what the calibration found nearest to the digitised curves (teacher task), or
//! Adam's defaults (digits, MNIST), with which nothing can be compared.

use formant_data::{Spectrum, TeacherConfig};
use formant_figures::Preset;
use formant_figures::formation::gamma::Task;
use formant_models::{Activation, Bias, Init, OutputTransform};
use formant_train::{Loss, OptimizerConfig};

use super::GammaConfig;
use crate::formation::config::{
    MeasuredOn, MeasurementConfig, ModelConfig, Spacing, TaskConfig, TrainingConfig,
};

/// The first five points of `logspace(-5, 0, 10)` (INFERRED from the digitised abscissae).
fn weight_decays() -> Vec<f64> {
    (0..5)
        .map(|k| 10f64.powf(-5.0 + 5.0 * f64::from(k) / 9.0))
        .collect()
}

/// The configuration of a figure.
pub fn preset(task: Task, preset: Preset) -> GammaConfig {
    let (seeds, samples, count) = match (preset, task) {
        (Preset::Smoke, _) => (1, 1_000, 1),
        (Preset::Quick, Task::Digits) => (10, 4_000, 1),
        (Preset::Quick, Task::Teacher | Task::Mnist) => (5, 4_000, 1), // each takes longer
        (Preset::Paper, _) => (20, 10_000, 4),
    };
    let held_out = match task {
        Task::Teacher | Task::Mnist => samples,
        Task::Digits => 360, // all there are
    };
    let (task, init_scale, mut training) = match task {
        Task::Teacher => nearest(),
        Task::Mnist => (TaskConfig::Mnist, 1.0, classifying()),
        Task::Digits => (TaskConfig::Digits, 1.0, classifying()),
    };
    if preset == Preset::Smoke {
        training.steps = 1_000;
    }
    GammaConfig {
        weight_decays: weight_decays(),
        seeds: (0..seeds).collect(),
        task,
        model: ModelConfig {
            width: 100,
            depth: 5,
            activation: Activation::Tanh,
            bias: Bias::None,
            init: Init::UniformFanIn,
            init_scale,
            transform: OutputTransform::None,
        },
        training,
        measurement: MeasurementConfig {
            samples: held_out,
            on: MeasuredOn::HeldOut,
            count,
            spacing: Spacing::Even,
            initial: false,
            null_draws: None,
            extras: Vec::new(),
            average: None,
        },
    }
}

/// Task, factor on the initial weights and training of the teacher task, as `fc1-calibrate` found them nearest to F-gamma.
fn nearest() -> (TaskConfig, f64, TrainingConfig) {
    let teacher = TeacherConfig {
        hidden: 300,
        amplitude: 0.2,
        phase: 0.0,
        spectrum: Spectrum::PowerLaw { exponent: 0.35 },
        ..TeacherConfig::default()
    };
    let training = TrainingConfig {
        loss: Loss::SquaredError,
        optimizer: OptimizerConfig::Sgd { momentum: 0.9 },
        learning_rate: 0.03,
        batch: 24,
        steps: 40_000,
        label_noise: 0.0,
    };
    (TaskConfig::Teacher(teacher), 1.1, training)
}

/// Training of a classifier, with which nothing can be compared: Adam's defaults.
fn classifying() -> TrainingConfig {
    TrainingConfig {
        loss: Loss::CrossEntropy,
        optimizer: OptimizerConfig::ADAM,
        learning_rate: 1e-3,
        batch: 32,
        steps: 16_000,
        label_noise: 0.0,
    }
}

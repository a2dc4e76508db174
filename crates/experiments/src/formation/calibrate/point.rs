//! One choice of the settings that the paper's traces leave open.

use anyhow::Result;
use formant_data::{Spectrum, TeacherActivation, TeacherConfig};
use formant_models::{Activation, Bias};
use formant_train::{Loss, OptimizerConfig};
use serde::{Deserialize, Serialize};

use crate::experiment::as_written;
use crate::formation::config::TaskConfig;
use crate::formation::gamma;
use crate::formation::spec::Settings;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Adam with PyTorch's defaults.
    Adam,
    /// SGD without momentum.
    Sgd,
    /// SGD with momentum 0.9.
    Momentum,
}

/// One point of the search: everything that is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Point {
    /// Hidden layers, of which the first five are those of the figures.
    pub depth: usize,
    /// After each hidden map.
    pub activation: Activation,
    pub method: Method,
    pub learning_rate: f64,
    pub batch: usize,
    /// Of the teacher's targets.
    pub amplitude: f32,
    /// The teacher's non-linearity.
    pub teacher: TeacherActivation,
    /// Standard deviation of the teacher's phases: 0 makes a sine teacher odd.
    pub phase: f32,
    /// Hidden units of the teacher.
    pub hidden: usize,
    pub outputs: usize,
    /// The inputs' k-th principal direction has a standard deviation proportional to `k^-exponent`; 0 is white.
    pub spectrum: f64,
    /// Whether the loss is a mean over outputs.
    pub loss: Loss,
    /// Factor on the initial weights.
    pub init_scale: f64,
    pub bias: Bias,
    /// Standard deviation of the noise on training targets.
    pub label_noise: f64,
}

impl Default for Point {
    /// The nearest that was found: that of the figures' `paper` presets.
    fn default() -> Self {
        Self {
            depth: 5,
            activation: Activation::Tanh,
            method: Method::Momentum,
            learning_rate: 0.03,
            batch: 24,
            amplitude: 0.2,
            teacher: TeacherActivation::Sine,
            phase: 0.0,
            hidden: 300,
            outputs: 1,
            spectrum: 0.35,
            loss: Loss::SquaredError,
            init_scale: 1.1,
            bias: Bias::None,
            label_noise: 0.0,
        }
    }
}

/// How long the networks of a search train, and how often they are measured: the number of steps is a setting that one
/// run answers for many values.
#[derive(Debug, Clone, Copy)]
pub struct Timeline {
    pub steps: u64,
    /// Measurements, evenly spaced; the last is at the end.
    pub count: u64,
    /// Held-out samples of a measurement.
    pub samples: usize,
}

impl Timeline {
    /// The steps at which networks are measured.
    pub fn at(self) -> impl Iterator<Item = u64> {
        (1..=self.count).map(move |k| self.steps * k / self.count)
    }
}

/// A weight decay and the width of F-gamma, for checks.
const WEIGHT_DECAY: f64 = 1e-4;
const WIDTH: usize = 100;

impl Point {
    /// The run of this point with one weight decay, width and seed.
    pub fn run(&self, weight_decay: f64, width: usize, seed: u64, timeline: Timeline) -> Settings {
        let preset = formant_figures::Preset::Quick;
        let config = gamma::preset(formant_figures::formation::gamma::Task::Teacher, preset);
        let mut settings = config.runs().swap_remove(0);
        settings.weight_decay = weight_decay;
        settings.seed = seed;
        settings.task = TaskConfig::Teacher(TeacherConfig {
            hidden: self.hidden,
            outputs: self.outputs,
            activation: self.teacher,
            amplitude: self.amplitude,
            phase: self.phase,
            spectrum: match self.spectrum {
                0.0 => Spectrum::White,
                exponent => Spectrum::PowerLaw { exponent },
            },
            ..TeacherConfig::default()
        });
        let (model, training) = (&mut settings.model, &mut settings.training);
        model.width = width;
        model.depth = self.depth;
        model.activation = self.activation;
        model.bias = self.bias;
        model.init_scale = self.init_scale;
        training.loss = self.loss;
        training.learning_rate = self.learning_rate;
        training.batch = self.batch;
        training.steps = timeline.steps;
        training.label_noise = self.label_noise;
        training.optimizer = match self.method {
            Method::Adam => OptimizerConfig::ADAM,
            Method::Sgd => OptimizerConfig::Sgd { momentum: 0.0 },
            Method::Momentum => OptimizerConfig::Sgd { momentum: 0.9 },
        };
        settings.measurement.samples = timeline.samples;
        settings.measurement.count = timeline.count;
        settings.measurement.null_draws = Some(2); // nobody reads the null
        settings
    }

    /// Refuses a point that cannot run.
    ///
    /// # Errors
    /// As [`Settings::check`].
    pub fn check(&self, timeline: Timeline) -> Result<()> {
        let run = self.run(WEIGHT_DECAY, WIDTH, 0, timeline);
        run.check()?;
        run.check_memory()
    }

    /// Every setting by name, for tables.
    pub fn settings(&self) -> Vec<(String, String)> {
        match as_written(self) {
            Ok(serde_json::Value::Object(fields)) => fields
                .into_iter()
                .map(|(name, value)| (name, value.to_string().replace('"', "")))
                .collect(),
            _ => Vec::new(),
        }
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_preset_has_the_nearest_settings() {
        let task = formant_figures::formation::gamma::Task::Teacher;
        let paper = gamma::preset(task, formant_figures::Preset::Paper);
        let timeline = Timeline {
            steps: paper.training.steps,
            count: 1,
            samples: 100,
        };
        let nearest = Point::default().run(1e-4, paper.model.width, 0, timeline);
        assert_eq!(nearest.task, paper.task);
        assert_eq!(nearest.model, paper.model);
        assert_eq!(nearest.training, paper.training);
    }

    #[test]
    fn settings_are_written_as_they_were_given() {
        let point = Point {
            amplitude: 0.7,
            ..Point::default()
        };
        let amplitude = ("amplitude".to_owned(), "0.7".to_owned());
        assert!(point.settings().contains(&amplitude));
    }
}

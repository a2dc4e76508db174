//! The settings that the paper's traces leave open, and how a search moves among them.

use formant_data::rng::{Purpose, stream};
use formant_data::{Spectrum, TeacherConfig};
use formant_models::{Activation, Bias};
use formant_train::{Loss, OptimizerConfig};
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::config::TaskConfig;
use crate::gamma;
use crate::spec::Settings;

/// The optimiser of a point.
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
#[serde(deny_unknown_fields)]
pub struct Point {
    /// After each hidden map.
    pub activation: Activation,
    /// The optimiser.
    pub method: Method,
    /// Step size.
    pub learning_rate: f64,
    /// Samples in a batch.
    pub batch: usize,
    /// Of the teacher's targets.
    pub amplitude: f32,
    /// Hidden units of the teacher.
    pub hidden: usize,
    /// Outputs of the teacher.
    pub outputs: usize,
    /// The inputs' k-th principal direction has a standard deviation proportional to `k^-exponent`; 0 is white.
    pub spectrum: f64,
    /// Whether the loss is a mean over outputs.
    pub loss: Loss,
    /// Factor on the initial weights.
    pub init_scale: f64,
    /// Whether maps have biases.
    pub bias: Bias,
    /// Standard deviation of the noise on training targets.
    pub label_noise: f64,
}

/// The values that each setting may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// See [`Point`].
    pub activation: Vec<Activation>,
    /// See [`Point`].
    pub method: Vec<Method>,
    /// Step sizes of Adam.
    pub adam_learning_rate: Vec<f64>,
    /// Step sizes of SGD, with and without momentum.
    pub sgd_learning_rate: Vec<f64>,
    /// See [`Point`].
    pub batch: Vec<usize>,
    /// See [`Point`].
    pub amplitude: Vec<f32>,
    /// See [`Point`].
    pub hidden: Vec<usize>,
    /// See [`Point`].
    pub outputs: Vec<usize>,
    /// See [`Point`].
    pub spectrum: Vec<f64>,
    /// See [`Point`].
    pub loss: Vec<Loss>,
    /// See [`Point`].
    pub init_scale: Vec<f64>,
    /// See [`Point`].
    pub bias: Vec<Bias>,
    /// See [`Point`].
    pub label_noise: Vec<f64>,
}

impl Default for Space {
    fn default() -> Self {
        Self {
            activation: vec![Activation::Tanh, Activation::Relu],
            method: vec![Method::Adam, Method::Sgd, Method::Momentum],
            adam_learning_rate: vec![3e-4, 7e-4, 1e-3, 1.5e-3, 2e-3],
            sgd_learning_rate: vec![0.01, 0.03, 0.1],
            batch: vec![8, 16, 32, 64, 100],
            amplitude: vec![0.3, 0.4, 0.5, 0.7, 1.0],
            hidden: vec![30, 100, 300],
            outputs: vec![1, 2, 3],
            spectrum: vec![0.0, 0.25, 0.5],
            loss: vec![Loss::SquaredError, Loss::MeanSquaredError],
            init_scale: vec![0.7, 1.0, 1.4, 2.0],
            bias: vec![Bias::None, Bias::Learned],
            label_noise: vec![0.0, 0.05, 0.1, 0.2],
        }
    }
}

impl Default for Point {
    /// The best of two earlier scans in PyTorch.
    fn default() -> Self {
        Self {
            activation: Activation::Tanh,
            method: Method::Adam,
            learning_rate: 1e-3,
            batch: 32,
            amplitude: 0.5,
            hidden: 100,
            outputs: 1,
            spectrum: 0.0,
            loss: Loss::SquaredError,
            init_scale: 1.0,
            bias: Bias::None,
            label_noise: 0.0,
        }
    }
}

impl Space {
    /// Draws one of the lists' values for `changes` settings of `point`, chosen at random. Trial `number` has a stream of
    /// its own, so that a search draws the same points whatever stopped it.
    pub fn neighbour(&self, point: &Point, changes: usize, seed: u64, number: u64) -> Point {
        let mut rng = stream(seed, Purpose::Search, number);
        let mut point = point.clone();
        for _ in 0..changes {
            self.change(&mut point, &mut rng);
        }
        point
    }

    fn change(&self, point: &mut Point, rng: &mut impl Rng) {
        match rng.random_range(0..11) {
            0 => draw(&mut point.activation, &self.activation, rng),
            1 => {
                draw(&mut point.method, &self.method, rng);
                self.draw_rate(point, rng);
            }
            2 => self.draw_rate(point, rng),
            3 => draw(&mut point.batch, &self.batch, rng),
            4 => draw(&mut point.amplitude, &self.amplitude, rng),
            5 => draw(&mut point.hidden, &self.hidden, rng),
            6 => {
                draw(&mut point.outputs, &self.outputs, rng);
                draw(&mut point.loss, &self.loss, rng);
            }
            7 => draw(&mut point.spectrum, &self.spectrum, rng),
            8 => draw(&mut point.init_scale, &self.init_scale, rng),
            9 => draw(&mut point.bias, &self.bias, rng),
            _ => draw(&mut point.label_noise, &self.label_noise, rng),
        }
    }

    fn draw_rate(&self, point: &mut Point, rng: &mut impl Rng) {
        let rates = match point.method {
            Method::Adam => &self.adam_learning_rate,
            Method::Sgd | Method::Momentum => &self.sgd_learning_rate,
        };
        draw(&mut point.learning_rate, rates, rng);
    }
}

/// An empty list leaves the setting as it is.
fn draw<T: Clone>(setting: &mut T, values: &[T], rng: &mut impl Rng) {
    if let Some(value) = values.choose(rng) {
        *setting = value.clone();
    }
}

/// How long the networks of a search train, and how often they are looked at: the number of steps is a setting that one
/// run answers for many values.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    /// Training steps.
    pub steps: u64,
    /// Measurements, evenly spaced; the last is at the end.
    pub count: u64,
    /// Held-out samples of a measurement.
    pub samples: usize,
}

impl Point {
    /// The run of this point with one weight decay, width and seed.
    pub fn run(&self, gamma: f64, width: usize, seed: u64, looks: Looks) -> Settings {
        let preset = formant_figures::Preset::Quick;
        let config = gamma::preset(formant_figures::gamma::Task::Teacher, preset);
        let mut settings = config.runs().swap_remove(0);
        settings.gamma = gamma;
        settings.seed = seed;
        settings.task = TaskConfig::Teacher(TeacherConfig {
            hidden: self.hidden,
            outputs: self.outputs,
            amplitude: self.amplitude,
            spectrum: match self.spectrum {
                0.0 => Spectrum::White,
                exponent => Spectrum::PowerLaw { exponent },
            },
            ..TeacherConfig::default()
        });
        let (model, training) = (&mut settings.model, &mut settings.training);
        model.width = width;
        model.activation = self.activation;
        model.bias = self.bias;
        model.init_scale = self.init_scale;
        training.loss = self.loss;
        training.learning_rate = self.learning_rate;
        training.batch = self.batch;
        training.steps = looks.steps;
        training.label_noise = self.label_noise;
        training.optimizer = match self.method {
            Method::Adam => OptimizerConfig::ADAM,
            Method::Sgd => OptimizerConfig::Sgd { momentum: 0.0 },
            Method::Momentum => OptimizerConfig::Sgd { momentum: 0.9 },
        };
        settings.measurement.samples = looks.samples;
        settings.measurement.count = looks.count;
        settings.measurement.null_draws = Some(2); // nobody reads the null
        settings
    }

    /// The same point with another number of outputs, as F-rank seems to have.
    pub fn with_outputs(&self, outputs: usize) -> Self {
        Self {
            outputs,
            ..self.clone()
        }
    }

    /// Every setting by name, for tables.
    pub fn settings(&self) -> Vec<(String, String)> {
        // By way of the text, in which a number of single precision has no more digits than it needs.
        let text = serde_json::to_string(self).unwrap_or_default();
        match serde_json::from_str(&text) {
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
    fn settings_are_written_as_they_were_given() {
        let point = Point {
            amplitude: 0.7,
            ..Point::default()
        };
        let amplitude = ("amplitude".to_owned(), "0.7".to_owned());
        assert!(point.settings().contains(&amplitude));
    }

    #[test]
    fn a_trial_depends_on_its_number_and_what_it_starts_from() {
        let space = Space::default();
        let draw = |number| space.neighbour(&Point::default(), 3, 1, number);
        assert_eq!(draw(4), draw(4));
        let distinct: Vec<Point> = (0..20).map(draw).collect();
        assert!(distinct.iter().filter(|p| **p != distinct[0]).count() > 15);
    }

    #[test]
    fn every_point_that_is_drawn_can_run_and_rates_fit_their_method() {
        let space = Space::default();
        for number in 0..300 {
            let point = space.neighbour(&Point::default(), 6, 2, number);
            let looks = Looks {
                steps: 100,
                count: 2,
                samples: 100,
            };
            point.run(1e-4, 100, 0, looks).check().unwrap();
            let rates = match point.method {
                Method::Adam => &space.adam_learning_rate,
                _ => &space.sgd_learning_rate,
            };
            assert!(rates.contains(&point.learning_rate), "{point:?}");
        }
    }
}

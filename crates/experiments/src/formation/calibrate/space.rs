//! The values that the open settings may take, and how a search moves among them.

use formant_data::TeacherActivation;
use formant_data::rng::{Purpose, stream};
use formant_models::{Activation, Bias};
use formant_train::Loss;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::point::{Method, Point};

/// The values that each setting of a [`Point`] may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Space {
    pub depth: Vec<usize>,
    pub activation: Vec<Activation>,
    pub method: Vec<Method>,
    /// Step sizes of Adam.
    pub adam_learning_rate: Vec<f64>,
    /// Step sizes of SGD, with and without momentum.
    pub sgd_learning_rate: Vec<f64>,
    pub batch: Vec<usize>,
    pub amplitude: Vec<f32>,
    pub teacher: Vec<TeacherActivation>,
    pub phase: Vec<f32>,
    pub hidden: Vec<usize>,
    pub outputs: Vec<usize>,
    pub spectrum: Vec<f64>,
    pub loss: Vec<Loss>,
    pub init_scale: Vec<f64>,
    pub bias: Vec<Bias>,
    pub label_noise: Vec<f64>,
}

impl Default for Space {
    fn default() -> Self {
        Self {
            depth: vec![5, 6, 7, 8],
            activation: vec![Activation::Tanh, Activation::Relu],
            method: vec![Method::Adam, Method::Sgd, Method::Momentum],
            adam_learning_rate: vec![3e-4, 7e-4, 1e-3, 1.5e-3, 2e-3],
            sgd_learning_rate: vec![0.01, 0.03, 0.05, 0.1],
            batch: vec![8, 16, 24, 32, 48, 64, 100],
            amplitude: vec![0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0],
            teacher: vec![TeacherActivation::Sine, TeacherActivation::Relu],
            phase: vec![0.0, 0.3, 1.0],
            hidden: vec![30, 100, 200, 300, 500],
            outputs: vec![1, 2, 3],
            spectrum: vec![0.0, 0.2, 0.3, 0.35, 0.5],
            loss: vec![Loss::SquaredError, Loss::MeanSquaredError],
            init_scale: vec![0.7, 1.0, 1.1, 1.2, 1.4, 2.0],
            bias: vec![Bias::None, Bias::Learned],
            label_noise: vec![0.0, 0.05, 0.1, 0.2],
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
        match rng.random_range(0..14) {
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
            10 => draw(&mut point.teacher, &self.teacher, rng),
            11 => draw(&mut point.phase, &self.phase, rng),
            12 => draw(&mut point.depth, &self.depth, rng),
            _ => draw(&mut point.label_noise, &self.label_noise, rng),
        }
    }

    /// `point` with one setting at one of its values, for every setting and value, with the setting's name.
    pub fn each<'a>(&'a self, point: &'a Point) -> impl Iterator<Item = (&'static str, Point)> {
        let mut points: Vec<(&'static str, Point)> = Vec::new();
        macro_rules! each {
            ($($list:ident sets $setting:ident),*) => {
                $(for value in &self.$list {
                    let mut changed = point.clone();
                    changed.$setting = value.clone();
                    points.push((stringify!($list), changed));
                })*
            };
        }
        each!(
            depth sets depth, activation sets activation, method sets method,
            adam_learning_rate sets learning_rate, sgd_learning_rate sets learning_rate, batch sets batch,
            amplitude sets amplitude, teacher sets teacher, phase sets phase, hidden sets hidden,
            outputs sets outputs, spectrum sets spectrum, loss sets loss, init_scale sets init_scale,
            bias sets bias, label_noise sets label_noise
        );
        points.into_iter()
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
#[cfg(test)]
mod tests {
    use super::super::point::Timeline;
    use super::*;

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
            let timeline = Timeline {
                steps: 100,
                count: 2,
                samples: 100,
            };
            point.run(1e-4, 100, 0, timeline).check().unwrap();
            let rates = match point.method {
                Method::Adam => &space.adam_learning_rate,
                _ => &space.sgd_learning_rate,
            };
            assert!(rates.contains(&point.learning_rate), "{point:?}");
        }
    }
}

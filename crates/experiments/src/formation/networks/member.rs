//! What has been measured of one network, and what its `cell.json` says of it.

use std::path::Path;

use anyhow::Result;
use formant_data::Targets;
use formant_models::Bias;
use formant_moments::{LayerMoments, Moment, Side, Variant};
use formant_train::Loss;
use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use super::EVENTS;
use crate::formation::spec::CellSpec;
use crate::measure::{Averages, Extra, Measurement};
use crate::runner::Files;

/// Largest relative error of the identities that rounding in `f32` explains.
pub const IDENTITY_TOLERANCE: f64 = 1e-4;

/// Largest relative errors, over layers, of identities that hold exactly without biases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct IdentityErrors {
    /// \\(H_b = W H_a W^\top\\); absent with biases, where it does not hold.
    pub h_b: Option<f64>,
    /// \\(G_a = W^\top G_b W\\).
    pub g_a: Option<f64>,
}

/// What `cell.json` says of a network, beyond what it says of every cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// Checked at the last measurement.
    pub identities: IdentityErrors,
    /// Accuracy on held-out samples at the end, for classes.
    pub test_accuracy: Option<f64>,
    /// Loss on held-out samples of the constant prediction that suits them best.
    pub constant_loss: f64,
    /// Seconds of the ensemble's time that were measurements.
    pub measuring_s: f64,
}

/// What has been measured of one member.
#[derive(Default)]
pub struct Member {
    events: String,
    pub known: Known,
    /// The moments of the last measurement, where the next one is compared with them.
    pub before: Vec<LayerMoments>,
    /// Those of late iterates.
    pub averages: Averages,
}

/// What is known of a member beside its measurements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub identities: IdentityErrors,
    pub test_accuracy: Option<f64>,
    pub measuring_s: f64,
    /// How many layers' moments are kept.
    layers: usize,
    /// How many blocks of iterates of how many layers, and whether with the balance.
    #[serde(default)]
    blocks: [usize; 2],
    #[serde(default)]
    balanced: bool,
}

const KNOWN: &str = "known.json";

fn moments(layer: usize) -> String {
    format!("moments-{layer}.safetensors")
}

impl Member {
    /// A member that was stopped.
    pub fn load(files: &Files) -> Result<Self> {
        let known: Known = files.json(KNOWN)?;
        let layer = |index: usize| {
            let name = moments(index);
            files.parse(&name, |bytes| {
                Ok(LayerMoments::from_bytes(bytes, Path::new(&name))?)
            })
        };
        Ok(Self {
            events: files.parse(EVENTS, |text| Ok(String::from_utf8(text.to_vec())?))?,
            known,
            before: (0..known.layers).map(layer).collect::<Result<_>>()?,
            averages: Averages::load(files, known.blocks, known.balanced)?,
        })
    }

    /// All that [`load`](Self::load) needs.
    pub fn save(&self) -> Result<Files> {
        let mut files = self.events();
        let mut known = self.known;
        known.layers = self.before.len();
        let (layers, balanced) = self.averages.shape();
        (known.blocks, known.balanced) = ([self.averages.blocks(), layers], balanced);
        files.put_json(KNOWN, &known)?;
        self.averages.save(&mut files)?;
        for (index, layer) in self.before.iter().enumerate() {
            files.put(moments(index), layer.to_bytes()?);
        }
        Ok(files)
    }

    /// What is kept of a finished cell.
    pub fn events(&self) -> Files {
        Files::one(EVENTS, self.events.clone())
    }

    pub fn record(
        &mut self,
        spec: &CellSpec,
        layers: Vec<LayerMoments>,
        measurement: &Measurement,
    ) -> Result<()> {
        self.events.push_str(&serde_json::to_string(measurement)?);
        self.events.push('\n');
        self.known.identities = identities(&layers, spec.model.bias);
        self.known.test_accuracy = measurement.test_accuracy;
        if spec.measurement.extras.contains(&Extra::Balance) {
            self.before = layers;
        }
        Ok(())
    }
}

/// Largest relative Frobenius errors over the layers.
fn identities(layers: &[LayerMoments], bias: Bias) -> IdentityErrors {
    let worst = |of: fn(&LayerMoments) -> f64| layers.iter().map(of).reduce(f64::max);
    IdentityErrors {
        h_b: worst(h_b_error).filter(|_| bias == Bias::None),
        g_a: worst(g_a_error),
    }
}

fn h_b_error(layer: &LayerMoments) -> f64 {
    let [a, b] = Side::ALL.map(|side| layer.second_moment(side, Moment::H, Variant::Raw));
    let w = layer.weight();
    relative_error(&b, &w.dot(&a).dot(&w.t()))
}

fn g_a_error(layer: &LayerMoments) -> f64 {
    let [a, b] = Side::ALL.map(|side| layer.second_moment(side, Moment::G, Variant::Raw));
    let w = layer.weight();
    relative_error(&a, &w.t().dot(&b).dot(&w))
}

/// Relative to the expectation; two zero matrices agree.
fn relative_error(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
    norm(&(found - expected)) / norm(expected).max(f64::MIN_POSITIVE)
}

/// The smallest mean loss that one prediction for all samples can have.
pub fn constant_loss(loss: Loss, targets: &Targets, outputs: usize) -> f64 {
    match targets {
        Targets::Values(values) => {
            let values = values.mapv(f64::from);
            let variance = |column: ArrayView1<'_, f64>| {
                let n = column.len() as f64;
                let mean = column.iter().sum::<f64>() / n;
                column.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / n
            };
            let spread: f64 = values.columns().into_iter().map(variance).sum();
            match loss {
                Loss::MeanSquaredError => spread / outputs as f64,
                Loss::HalfMeanSquaredError => 0.5 * spread / outputs as f64,
                Loss::SquaredError | Loss::CrossEntropy => spread,
            }
        }
        Targets::Classes(classes) => {
            let mut counts = vec![0.0; outputs];
            for class in classes {
                counts[*class as usize] += 1.0;
            }
            let shares = counts.into_iter().map(|count| count / classes.len() as f64);
            let present = shares.filter(|share: &f64| *share > 0.0);
            present.map(|share| -share * share.ln()).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn errors_are_relative_to_the_expectation() {
        let error = |found| relative_error(&found, &array![[1.0, 0.0], [0.0, 1.0]]);
        let found = error(array![[1.0, 0.0], [0.0, 0.9]]);
        assert!((found - 0.1 / 2f64.sqrt()).abs() < 1e-12);
        let zero = Array2::zeros((2, 2));
        assert_eq!(relative_error(&zero, &zero), 0.0);
    }

    #[test]
    fn the_best_constant_is_the_mean_or_the_class_frequencies() {
        let values = Targets::Values(array![[1.0, 0.0], [3.0, 0.0]]);
        assert_eq!(constant_loss(Loss::SquaredError, &values, 2), 1.0);
        assert_eq!(constant_loss(Loss::MeanSquaredError, &values, 2), 0.5);
        let classes = Targets::Classes(vec![0, 1, 0, 1]);
        let found = constant_loss(Loss::CrossEntropy, &classes, 3);
        assert!((found - 2f64.ln()).abs() < 1e-12);
    }
}

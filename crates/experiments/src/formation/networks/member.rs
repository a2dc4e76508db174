//! What has been measured of one network.

use std::path::Path;

use anyhow::Result;
use formant_models::Bias;
use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::EVENTS;
use crate::formation::spec::CellSpec;
use crate::measure::{Extra, Measurement};
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

/// What has been measured of one member.
#[derive(Default)]
pub struct Member {
    events: String,
    pub known: Known,
    /// The moments of the last measurement, where the next one is compared with them.
    pub before: Vec<LayerMoments>,
}

/// What is known of a member beside its measurements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub identities: IdentityErrors,
    pub test_accuracy: Option<f64>,
    pub measuring_s: f64,
    /// How many layers' moments are kept.
    layers: usize,
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
        })
    }

    /// All that [`load`](Self::load) needs.
    pub fn save(&self) -> Result<Files> {
        let mut files = self.events();
        let mut known = self.known;
        known.layers = self.before.len();
        files.put_json(KNOWN, &known)?;
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
}

//! What has been measured of one network.

use std::path::Path;

use anyhow::{Context as _, Result};
use formant_figures::formation::gamma::{LayerRow, read_rows, write_rows};
use formant_models::Bias;
use formant_moments::{LayerMoments, Moment, Side, Variant};
use formant_train::Divergence;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::earlier;
use crate::runner::store::write_atomically;
use crate::formation::config::Extra;
use crate::measure::measurement::Measurement;
use crate::formation::spec::CellSpec;

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
    rows: Vec<LayerRow>,
    events: String,
    pub identities: IdentityErrors,
    pub test_accuracy: Option<f64>,
    /// The moments of the last measurement and its step, where the next one is compared with them.
    pub before: Vec<LayerMoments>,
    pub measured_at: Option<u64>,
}

impl Member {
    /// What was measured up to `step`; later rows belong to steps that will be taken again.
    pub fn load(folder: &Path, step: u64) -> Result<Self> {
        let mut member: Self = Self::default();
        let (rows, events) = (folder.join("measurements.csv"), folder.join("events.jsonl"));
        if rows.exists() {
            let file = std::fs::File::open(&rows)
                .with_context(|| format!("cannot read {}", rows.display()))?;
            member.rows = read_rows(file).with_context(|| rows.display().to_string())?;
            member.rows.retain(|row| row.step <= step);
        }
        if events.exists() {
            let text = std::fs::read_to_string(&events)
                .with_context(|| format!("cannot read {}", events.display()))?;
            for line in text.lines() {
                let event: serde_json::Value = serde_json::from_str(line)
                    .with_context(|| format!("{} is damaged", events.display()))?;
                if event["step"].as_u64().is_some_and(|at| at <= step) {
                    member.events.push_str(line);
                    member.events.push('\n');
                }
            }
        }
        if let Some((at, moments)) = earlier::load(folder, step)? {
            (member.before, member.measured_at) = (moments, Some(at));
        }
        Ok(member)
    }

    /// Keeps the moments of the last measurement, if the next one is compared with them.
    pub fn save_moments(&self, folder: &Path) -> Result<()> {
        match self.measured_at {
            Some(step) => earlier::save(folder, step, &self.before),
            None => Ok(()),
        }
    }

    pub fn save(&self, folder: &Path) -> Result<()> {
        let mut csv = Vec::new();
        write_rows(&self.rows, &mut csv)?;
        write_atomically(&folder.join("measurements.csv"), &csv)?;
        write_atomically(&folder.join("events.jsonl"), self.events.as_bytes())
    }

    pub fn record(
        &mut self,
        spec: &CellSpec,
        layers: Vec<LayerMoments>,
        measurement: Measurement,
    ) -> Result<()> {
        self.events.push_str(&serde_json::to_string(&measurement)?);
        self.events.push('\n');
        self.rows.extend(crate::formation::gamma::rows(
            spec,
            measurement.step,
            &measurement.layers,
            measurement.test_loss.unwrap_or(f64::NAN),
        ));
        self.identities = identities(&layers, spec.model.bias);
        self.test_accuracy = measurement.test_accuracy;
        if spec.measurement.extras.contains(&Extra::Balance) {
            (self.before, self.measured_at) = (layers, Some(measurement.step));
        }
        Ok(())
    }

    /// Diverged members keep the rows that they have, marked; without any, they get empty ones.
    pub fn mark_diverged(&mut self, spec: &CellSpec, divergence: &Divergence) {
        if self.rows.is_empty() {
            self.rows = crate::formation::gamma::empty_rows(spec, divergence.step);
        }
        for row in &mut self.rows {
            row.outcome = formant_figures::formation::gamma::Outcome::Diverged;
        }
    }
}

/// Largest relative Frobenius errors over the layers.
fn identities(layers: &[LayerMoments], bias: Bias) -> IdentityErrors {
    let worst = |of: fn(&LayerMoments) -> f64| layers.iter().map(of).reduce(f64::max);
    IdentityErrors {
        h_b: if bias == Bias::None {
            worst(h_b_error)
        } else {
            None
        },
        g_a: worst(g_a_error),
    }
}

fn h_b_error(layer: &LayerMoments) -> f64 {
    let w = layer.weight();
    let expected = w
        .dot(&layer.second_moment(Side::A, Moment::H, Variant::Raw))
        .dot(&w.t());
    relative_error(
        &layer.second_moment(Side::B, Moment::H, Variant::Raw),
        &expected,
    )
}

fn g_a_error(layer: &LayerMoments) -> f64 {
    let w = layer.weight();
    let expected = w
        .t()
        .dot(&layer.second_moment(Side::B, Moment::G, Variant::Raw))
        .dot(&w);
    relative_error(
        &layer.second_moment(Side::A, Moment::G, Variant::Raw),
        &expected,
    )
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
        let (a, b) = (
            array![[1.0, 0.0], [0.0, 1.0]],
            array![[1.0, 0.0], [0.0, 0.9]],
        );
        assert!((relative_error(&b, &a) - 0.1 / 2f64.sqrt()).abs() < 1e-12);
        assert_eq!(
            relative_error(&Array2::zeros((2, 2)), &Array2::zeros((2, 2))),
            0.0
        );
    }
}

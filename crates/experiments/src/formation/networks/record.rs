//! What a cell leaves on disk.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use formant_backend::MemberExecution;
use formant_data::Targets;
use formant_figures::formation::gamma::{LayerRow, read_rows};
use formant_train::{Divergence, Loss};
use serde::{Deserialize, Serialize};

use super::member::IdentityErrors;
use crate::runner::store::{CELL_SCHEMA, read_json};
use crate::measure::measurement::Measurement;
use crate::formation::spec::CellSpec;

/// How a cell ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CellOutcome {
    /// It took all its steps.
    Finished,
    /// Numbers stopped being finite.
    Diverged(Divergence),
}

/// `cell.json`: what the cell is, how it ended, where it was computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellRecord {
    /// [`CELL_SCHEMA`].
    pub schema_version: u32,
    /// What identifies it.
    pub spec: CellSpec,
    /// How it ended.
    pub outcome: CellOutcome,
    /// Checked at the last measurement.
    pub identities: IdentityErrors,
    /// Accuracy on held-out samples at the end, for classes.
    pub test_accuracy: Option<f64>,
    /// Loss on held-out samples of the constant prediction that suits them best.
    pub constant_loss: f64,
    /// Version of this program.
    pub formant_version: String,
    /// Its features.
    pub features: Vec<String>,
    /// Device.
    pub device: String,
    /// How members ran.
    pub execution: MemberExecution,
    /// Processor.
    pub host_cpu: String,
    /// Step from which the process that finished it went on; 0 if nothing stopped it.
    pub resumed_at: u64,
    /// Cells that trained in one ensemble with it.
    pub ensemble: usize,
    /// Seconds that process spent on that ensemble.
    pub wall_time_s: f64,
    /// Seconds of those that were measurements.
    pub measuring_s: f64,
}

impl CellRecord {
    /// This cell's share of the time that its ensemble took, in seconds.
    pub fn share_s(&self) -> f64 {
        self.wall_time_s / self.ensemble.max(1) as f64
    }
}

/// The smallest mean loss that one prediction for all samples can have.
pub fn constant_loss(loss: Loss, targets: &Targets, outputs: usize) -> f64 {
    match targets {
        Targets::Values(values) => {
            let n = values.nrows() as f64;
            let spread: f64 = values
                .columns()
                .into_iter()
                .map(|column| {
                    let mean = column.iter().map(|t| f64::from(*t)).sum::<f64>() / n;
                    column
                        .iter()
                        .map(|t| (f64::from(*t) - mean).powi(2))
                        .sum::<f64>()
                        / n
                })
                .sum();
            if loss == Loss::MeanSquaredError {
                spread / outputs as f64
            } else if loss == Loss::HalfMeanSquaredError {
                0.5 * spread / outputs as f64
            } else {
                spread
            }
        }
        Targets::Classes(classes) => {
            let mut counts = vec![0.0; outputs];
            classes
                .iter()
                .for_each(|class| counts[*class as usize] += 1.0);
            let shares = counts
                .into_iter()
                .map(|count: f64| count / classes.len() as f64);
            shares
                .filter(|share| *share > 0.0)
                .map(|share| -share * share.ln())
                .sum()
        }
    }
}

/// What a finished cell left.
pub struct FinishedCell {
    pub record: CellRecord,
    pub rows: Vec<LayerRow>,
    pub measurements: Vec<Measurement>,
}

impl FinishedCell {
    /// Reads the folder of a finished cell.
    pub fn read(folder: &Path) -> Result<Self> {
        let record: CellRecord = read_json(&folder.join("cell.json"))?;
        ensure!(
            record.schema_version == CELL_SCHEMA,
            "{} has schema version {}, expected {CELL_SCHEMA}: delete it, and the cell is run again",
            folder.display(),
            record.schema_version
        );
        let path = folder.join("measurements.csv");
        let file = std::fs::File::open(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let rows = read_rows(file).map_err(|error| {
            anyhow!(
                "{}: {error}; delete its folder, and the cell is run again",
                path.display()
            )
        })?;
        let path = folder.join("events.jsonl");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let measurements = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>();
        Ok(Self {
            record,
            rows,
            measurements: measurements.with_context(|| {
                format!(
                    "{} is damaged: delete its folder, and the cell is run again",
                    path.display()
                )
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

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

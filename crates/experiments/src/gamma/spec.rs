//! Configurations and cells of the experiment.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use formant_backend::BackendName;
use serde::{Deserialize, Serialize};

use crate::config::{MeasurementConfig, ModelConfig, TaskConfig, TrainingConfig};

/// A sweep over weight decays and seeds; each pair is a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GammaConfig {
    /// Weight decays \\(\gamma\\), above 0 and rising.
    pub gammas: Vec<f64>,
    /// Seeds. A network, its batches and its teacher depend on its seed alone; all weight decays share them.
    pub seeds: Vec<u64>,
    /// What the networks are trained on.
    pub task: TaskConfig,
    /// The networks.
    pub model: ModelConfig,
    /// How they are trained.
    pub training: TrainingConfig,
    /// When and on what they are measured.
    pub measurement: MeasurementConfig,
}

/// Everything that the result of one cell depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellSpec {
    /// The experiment, and the name of its cells' format.
    pub experiment: String,
    /// Weight decay.
    pub gamma: f64,
    /// Seed of the network, its batches and its teacher.
    pub seed: u64,
    /// What it is trained on.
    pub task: TaskConfig,
    /// The network.
    pub model: ModelConfig,
    /// How it is trained.
    pub training: TrainingConfig,
    /// When and on what it is measured.
    pub measurement: MeasurementConfig,
    /// Where it is computed: results of two backends differ in their last digits.
    pub backend: BackendName,
    /// Precision of tensors.
    pub dtype: String,
    /// Checksums of the data.
    pub data_hashes: BTreeMap<String, String>,
}

impl GammaConfig {
    /// Refuses configurations that cannot run.
    ///
    /// # Errors
    /// With the setting, what was found, and what was expected.
    pub fn check(&self) -> Result<()> {
        let rising = self.gammas.windows(2).all(|pair| pair[0] < pair[1]);
        let positive = self.gammas.iter().all(|g| *g > 0.0 && g.is_finite());
        ensure!(
            !self.gammas.is_empty() && rising && positive,
            "gammas are {:?}, expected at least one weight decay, all above 0 and rising",
            self.gammas
        );
        let mut seeds = self.seeds.clone();
        seeds.sort_unstable();
        seeds.dedup();
        ensure!(
            !seeds.is_empty() && seeds.len() == self.seeds.len(),
            "seeds are {:?}, expected at least one, each once",
            self.seeds
        );
        ensure!(
            self.training.batch > 0,
            "training.batch is 0, expected at least 1"
        );
        ensure!(
            self.training.steps > 0,
            "training.steps is 0, expected at least 1"
        );
        ensure!(
            self.training.learning_rate > 0.0 && self.training.learning_rate.is_finite(),
            "training.learning_rate is {}, expected a number above 0",
            self.training.learning_rate
        );
        ensure!(
            self.measurement.samples >= 2,
            "measurement.samples is {}, expected at least 2",
            self.measurement.samples
        );
        ensure!(
            self.model.depth >= 1 && self.model.width >= 2,
            "model.width is {} and model.depth {}, expected at least 2 and 1",
            self.model.width,
            self.model.depth
        );
        Ok(())
    }

    /// The cells: weight decays vary fastest.
    pub fn cells(
        &self,
        backend: BackendName,
        data_hashes: &BTreeMap<String, String>,
    ) -> Vec<CellSpec> {
        let cell = |seed: u64, gamma: f64| CellSpec {
            experiment: "mlp-gamma".into(),
            gamma,
            seed,
            task: self.task.clone(),
            model: self.model.clone(),
            training: self.training.clone(),
            measurement: self.measurement.clone(),
            backend,
            dtype: "f32".into(),
            data_hashes: data_hashes.clone(),
        };
        let pairs = self
            .seeds
            .iter()
            .flat_map(|s| self.gammas.iter().map(move |g| (*s, *g)));
        pairs.map(|(seed, gamma)| cell(seed, gamma)).collect()
    }
}

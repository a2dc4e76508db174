//! What identifies a cell: one training run of one network.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use formant_backend::BackendName;
use serde::{Deserialize, Serialize};

use crate::formation::config::{MeasurementConfig, ModelConfig, TaskConfig, TrainingConfig};

/// What a run is, wherever it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Weight decay \\(\gamma\\), at least 0.
    #[serde(alias = "gamma")]
    pub weight_decay: f64,
    /// Seed of the network, its batches and its teacher.
    pub seed: u64,
    pub task: TaskConfig,
    pub model: ModelConfig,
    pub training: TrainingConfig,
    /// When and on what it is measured.
    pub measurement: MeasurementConfig,
}

/// Everything that the result of one cell depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellSpec {
    /// The name of its cells' format.
    pub experiment: String,
    #[serde(flatten)]
    pub settings: Settings,
    /// Where it is computed: results of two backends differ in their last digits.
    pub backend: BackendName,
    pub dtype: String,
    pub data_hashes: BTreeMap<String, String>,
}

impl std::ops::Deref for CellSpec {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl CellSpec {
    /// The cell of a run.
    pub fn new(
        settings: Settings,
        backend: BackendName,
        data_hashes: BTreeMap<String, String>,
    ) -> Self {
        Self {
            experiment: "mlp".into(),
            settings,
            backend,
            dtype: "f32".into(),
            data_hashes,
        }
    }

    /// What the members of one ensemble share: all but weight decay, learning rate and seed.
    pub fn ensemble_key(&self) -> Option<String> {
        let mut shared = self.clone();
        shared.settings.weight_decay = 0.0;
        shared.settings.seed = 0;
        shared.settings.training.learning_rate = 0.0;
        serde_json::to_string(&shared).ok()
    }
}

impl Settings {
    /// Refuses settings that cannot run.
    ///
    /// # Errors
    /// With the setting, what was found, and what was expected.
    pub fn check(&self) -> Result<()> {
        let (training, model) = (&self.training, &self.model);
        ensure!(
            self.weight_decay >= 0.0 && self.weight_decay.is_finite(),
            "weight_decay is {}, expected a finite number of at least 0",
            self.weight_decay
        );
        for (name, count, least) in [
            ("training.batch", training.batch as u64, 1),
            ("training.steps", training.steps, 1),
            ("measurement.samples", self.measurement.samples as u64, 2),
        ] {
            ensure!(
                count >= least,
                "{name} is {count}, expected at least {least}"
            );
        }
        ensure!(
            training.learning_rate > 0.0 && training.learning_rate.is_finite(),
            "training.learning_rate is {}, expected a number above 0",
            training.learning_rate
        );
        ensure!(
            model.depth >= 1 && model.width >= 2,
            "model.width is {} and model.depth {}, expected at least 2 and 1",
            model.width,
            model.depth
        );
        Ok(())
    }
}

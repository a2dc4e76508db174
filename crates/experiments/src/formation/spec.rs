//! What identifies a cell: one training run of one network.

use std::collections::BTreeMap;

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

    /// Whether a run is on the same samples: it may differ in network, rates and seed.
    pub fn trains_as(&self, run: &Settings) -> bool {
        let (own, other) = (&self.training, &run.training);
        self.task == run.task
            && (own.batch, own.loss, own.label_noise)
                == (other.batch, other.loss, other.label_noise)
            && (self.measurement.on, self.measurement.samples)
                == (run.measurement.on, run.measurement.samples)
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

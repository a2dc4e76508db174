//! Configurations of the experiment.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use crate::formation::config::{MeasurementConfig, ModelConfig, TaskConfig, TrainingConfig};
use crate::formation::spec::Settings;

/// A sweep over weight decays and seeds; each pair is a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GammaConfig {
    /// Weight decays \\(\gamma\\), above 0 and rising.
    #[serde(alias = "gammas")]
    pub weight_decays: Vec<f64>,
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

impl GammaConfig {
    /// Refuses configurations that cannot run.
    ///
    /// # Errors
    /// With the setting, what was found, and what was expected.
    pub fn check(&self) -> Result<()> {
        let rising = self.weight_decays.windows(2).all(|pair| pair[0] < pair[1]);
        let positive = self.weight_decays.iter().all(|g| *g > 0.0 && g.is_finite());
        ensure!(
            !self.weight_decays.is_empty() && rising && positive,
            "weight_decays are {:?}, expected at least one weight decay, all above 0 and rising",
            self.weight_decays
        );
        let seeds: BTreeSet<&u64> = self.seeds.iter().collect();
        ensure!(
            !seeds.is_empty() && seeds.len() == self.seeds.len(),
            "seeds are {:?}, expected at least one, each once",
            self.seeds
        );
        self.settings(self.weight_decays[0], self.seeds[0]).check()
    }

    fn settings(&self, weight_decay: f64, seed: u64) -> Settings {
        Settings {
            weight_decay,
            seed,
            task: self.task.clone(),
            model: self.model.clone(),
            training: self.training.clone(),
            measurement: self.measurement.clone(),
        }
    }

    /// The runs: weight decays vary fastest.
    pub fn runs(&self) -> Vec<Settings> {
        let of_seed =
            |seed| (self.weight_decays.iter()).map(move |decay| self.settings(*decay, seed));
        self.seeds.iter().flat_map(|seed| of_seed(*seed)).collect()
    }
}

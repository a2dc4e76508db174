//! Configurations of the experiment.

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::formation::check::check_total;
use crate::formation::config::{MeasurementConfig, ModelConfig, TaskConfig, TrainingConfig};
use crate::formation::spec::Settings;
use crate::limits::{SEEDS, count};

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
        let decays = &self.weight_decays;
        let (Some(least), Some(most)) = (decays.first(), decays.last()) else {
            bail!("weight_decays is empty, expected at least one weight decay");
        };
        if let Some(found) = decays.iter().find(|decay| decay.is_nan() || **decay <= 0.0) {
            bail!("weight_decays holds {found:?}, expected numbers above 0");
        }
        if let Some([a, b]) = decays.array_windows().find(|[a, b]| a >= b) {
            bail!("weight_decays holds {b:?} after {a:?}, expected rising numbers");
        }
        let mut seeds = self.seeds.clone();
        seeds.sort_unstable();
        if let Some([twice, _]) = seeds.array_windows().find(|[a, b]| a == b) {
            bail!("seeds holds {twice} twice, expected each seed once");
        }
        ensure!(
            !seeds.is_empty(),
            "seeds is empty, expected at least one seed"
        );
        count("the number of seeds", seeds.len() as u64, 1..=SEEDS)?;
        let first = self.settings(*least, self.seeds[0]);
        first.check()?;
        first.check_memory()?;
        self.settings(*most, self.seeds[0]).check()?;
        let runs = decays.len() * seeds.len();
        check_total(runs as u64, self.training.steps)
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

//! What a run on a few points is: everything that its numbers depend on.

use anyhow::{Result, ensure};
use formant_data::{Batch, Targets};
use formant_models::{CnnConfig, MlpConfig};
use formant_train::{Loss, OptimizerConfig};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::settings::{EPOCHS, Setting};
use crate::experiment::Mode;
use crate::limits;
use crate::universality::fits::squared;

/// A network of the zoo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkConfig {
    /// Fully connected.
    Mlp(MlpConfig),
    /// Convolutions along one axis.
    Cnn(CnnConfig),
}

/// A few points, which are the whole training set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// One row a point.
    pub inputs: Vec<Vec<f32>>,
    /// One row a point.
    pub targets: Vec<Vec<f32>>,
}

impl Points {
    /// Two points in one dimension at these squared distances: inputs from -1, targets from 0.6 upwards, as in the
    /// authors' code.
    pub fn two(dx2: f64, dy2: f64) -> Self {
        let pair =
            |low: f64, squared: f64| vec![vec![low as f32], vec![(low + squared.sqrt()) as f32]];
        Self {
            inputs: pair(-1.0, dx2),
            targets: pair(0.6, dy2),
        }
    }

    /// The four points of XOR, in the order (0,0), (0,1), (1,0), (1,1).
    pub fn xor() -> Self {
        let bits = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
        Self {
            inputs: bits.iter().map(|x| x.to_vec()).collect(),
            targets: bits.iter().map(|x| vec![f32::from(x[0] != x[1])]).collect(),
        }
    }

    /// All pairs, the first index below the second.
    pub fn pairs(&self) -> Vec<(usize, usize)> {
        let n = self.inputs.len();
        (0..n)
            .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
            .collect()
    }

    /// Squared distances of inputs and of targets of a pair, computed from the numbers that the network sees.
    pub fn squared_distances(&self, (i, j): (usize, usize)) -> (f64, f64) {
        let of = |rows: &[Vec<f32>]| squared(&rows[i], &rows[j]);
        (of(&self.inputs), of(&self.targets))
    }

    /// As a batch.
    pub fn batch(&self) -> Batch {
        let rows = |rows: &[Vec<f32>]| {
            let width = rows.first().map_or(0, Vec::len);
            Array2::from_shape_fn((rows.len(), width), |(i, j)| rows[i][j])
        };
        Batch {
            inputs: rows(&self.inputs),
            targets: Targets::Values(rows(&self.targets)),
        }
    }
}

/// One run. Its key is the hash of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointsSpec {
    /// `few-points`.
    pub experiment: String,
    /// Which backend computes.
    pub backend: String,
    /// In which precision.
    pub dtype: String,
    /// The network.
    pub network: NetworkConfig,
    /// Share of units that are dropped before every linear map.
    pub dropout: f64,
    /// The optimiser.
    pub optimizer: OptimizerConfig,
    /// Step size.
    pub learning_rate: f64,
    /// Its mean over points is descended.
    pub loss: Loss,
    /// Epochs, each one step on all points.
    pub epochs: u64,
    /// A run whose loss falls below this has converged, and ends.
    pub stop_below: f64,
    /// Hidden layers that are followed, counted from 0.
    pub layers: Vec<usize>,
    /// Epochs before which the six relations of every linear map are measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measured_at: Vec<u64>,
    /// The training set.
    pub points: Points,
    /// Of initial weights and dropped units.
    pub seed: u64,
}

/// Below this loss nothing moves any more in single precision; the authors' runs were cut here too.
pub const CONVERGED: f64 = 1e-11;

impl PointsSpec {
    /// A line of the settings table on two points.
    pub fn of(
        setting: &Setting,
        mode: Mode,
        [dx2, dy2]: [f64; 2],
        seed: u64,
        backend: &str,
    ) -> Self {
        let all = setting.name == "default" || setting.name == "narrow";
        Self {
            experiment: "few-points".into(),
            backend: backend.to_owned(),
            dtype: "f32".into(),
            network: setting.network(1, 1),
            dropout: setting.dropout,
            optimizer: setting.optimizer,
            learning_rate: setting.learning_rate / mode.slower() as f64,
            loss: Loss::HalfMeanSquaredError,
            epochs: EPOCHS * mode.slower(),
            stop_below: CONVERGED,
            // The figures of depth and of alignment look at every layer.
            layers: match all {
                true => (0..setting.depth).collect(),
                false => vec![setting.layer],
            },
            measured_at: Vec::new(),
            points: Points::two(dx2, dy2),
            seed,
        }
    }

    /// Where in [`PointsSpec::layers`] a hidden layer is.
    pub fn place_of(&self, layer: usize) -> Option<usize> {
        self.layers.iter().position(|followed| *followed == layer)
    }

    /// Refuses what could not run.
    ///
    /// # Errors
    /// If a number is out of range.
    pub fn check(&self) -> Result<()> {
        let rates = limits::SMALLEST_FACTOR..=limits::FACTOR;
        limits::number("the learning rate", self.learning_rate, rates)?;
        limits::count("epochs", self.epochs, 1..=limits::EPOCHS)?;
        let finite = |rows: &[Vec<f32>]| rows.iter().flatten().all(|x| x.is_finite());
        ensure!(
            finite(&self.points.inputs) && finite(&self.points.targets),
            "a distance is not a finite number of at least 0"
        );
        Ok(())
    }
}

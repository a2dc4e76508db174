//! What a run on many points is, and which runs each figure has.
//!
//! Settings of the authors' code (commit c4f4956, `mnist.txt`, `orthogonal.txt`); what is ours says so in the report.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use formant_data::{
    Batch, ClassificationTask, ContextConfig, ContextItems, Dataset as _, FiniteTask, OneHotTask,
    Split, Task, context_items, mnist,
};
use formant_figures::Preset;
use formant_models::{Activation, Bias, Init, MlpConfig, OutputTransform, Skip};
use formant_train::{Loss, OptimizerConfig};
use serde::{Deserialize, Serialize};

use crate::experiment::by_preset;

/// What a network is trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManyTask {
    /// MNIST, one-hot targets.
    Mnist,
    /// Positions of bumps under two contexts.
    Context,
}

/// One run. Its key is the hash of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManySpec {
    /// `many-points`.
    pub experiment: String,
    pub backend: String,
    pub dtype: String,
    pub task: ManyTask,
    /// Checksums of its files.
    pub data_hashes: BTreeMap<String, String>,
    pub network: MlpConfig,
    pub optimizer: OptimizerConfig,
    pub learning_rate: f64,
    pub batch: usize,
    pub epochs: u64,
    /// Epochs from one snapshot to the next; the last is at the end.
    pub every: u64,
    /// Training items that the snapshots are of.
    pub items: Vec<usize>,
    /// The hidden layer that is followed, counted from 0.
    pub layer: usize,
    /// Of initial weights and batches.
    pub seed: u64,
}

/// A run and what it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct ManyRun {
    /// Its name in tables.
    pub setting: &'static str,
    /// The activation's name in tables.
    pub activation: &'static str,
    pub spec: ManySpec,
}

impl ManyRun {
    /// Whether it trains for as many epochs as the authors' file, or their stored run, has.
    pub fn has_given_epochs(&self) -> bool {
        let all = [&TRAJECTORIES[..], &STRUCTURE, &CONTEXT].concat();
        let own = all.iter().find(|kind| kind.0 == self.setting);
        own.is_some_and(|kind| kind.4[2] == self.spec.epochs)
    }
}

/// Half the squared error, a mean over outputs: `0.5 * mse_loss`.
pub const LOSS: Loss = Loss::HalfMeanSquaredError;

/// Data that are read once for all runs.
pub enum Source {
    /// Images.
    Mnist(Split),
    /// Generated.
    Context(ContextItems),
}

impl Source {
    /// Reads or makes the data of a task.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn open(task: ManyTask, data_dir: Option<&Path>) -> Result<Self> {
        Ok(match task {
            ManyTask::Mnist => Self::Mnist(mnist::load(&mnist::locate(data_dir)?)?),
            ManyTask::Context => Self::Context(context_items(ContextConfig::default())?),
        })
    }

    /// Checksums of its files.
    pub fn hashes(&self) -> BTreeMap<String, String> {
        match self {
            Self::Mnist(split) => split.train.hashes(),
            Self::Context(_) => BTreeMap::new(),
        }
    }

    /// The training batches of one seed.
    pub fn task(&self, seed: u64) -> Result<Box<dyn Task>> {
        match self {
            Self::Mnist(split) => {
                let (train, test) = (Arc::clone(&split.train), Arc::clone(&split.test));
                let classes = ClassificationTask::new(train, test, seed)?;
                Ok(Box::new(OneHotTask::new(Box::new(classes))?))
            }
            Self::Context(items) => Ok(Box::new(FiniteTask::new(
                "context",
                items.inputs.clone(),
                items.targets.clone(),
                seed,
            )?)),
        }
    }

    /// Training items by their numbers.
    pub fn items(&self, items: &[usize]) -> Result<Batch> {
        Ok(match self {
            Self::Mnist(split) => split.train.gather(items)?,
            Self::Context(all) => {
                FiniteTask::new("context", all.inputs.clone(), all.targets.clone(), 0)?
                    .items(items)?
            }
        })
    }

    /// How many training items there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Mnist(split) => split.train.len(),
            Self::Context(items) => items.inputs.nrows(),
        }
    }
}

/// The training images of a 0 and of a 1 that the authors followed first: items 1 and 3.
const PAIR: [usize; 2] = [1, 3];

/// The task of a figure; `None` for a figure that is not made of such runs.
pub fn task_of(id: &str) -> Option<ManyTask> {
    match id {
        "univ-mnist-trajectories" | "univ-mnist-structure" => Some(ManyTask::Mnist),
        "univ-orthogonal" => Some(ManyTask::Context),
        _ => None,
    }
}

/// Setting, activation, gain, learning rate, epochs of each preset.
type Kind = (&'static str, (Activation, &'static str), f64, f64, [u64; 3]);

const LEAKY: (Activation, &str) = (Activation::LeakyRelu, "leaky_relu");
const TANH: (Activation, &str) = (Activation::Tanh, "tanh");

const TRAJECTORIES: [Kind; 1] = [("mnist", LEAKY, 0.5, 0.003, [3, 80, 200])];
const STRUCTURE: [Kind; 1] = [("structure", LEAKY, 0.5, 0.005, [1, 20, 50])];
const CONTEXT: [Kind; 6] = [
    ("high_init", LEAKY, 2.0, 0.0015, [20, 750, 750]),
    ("high_init", TANH, 2.0, 0.0015, [20, 750, 750]),
    ("low_init", LEAKY, 0.5, 0.015, [20, 1500, 1500]),
    ("low_init", TANH, 0.5, 0.015, [20, 1500, 1500]),
    ("vlow_init", LEAKY, 0.275, 0.05, [20, 2000, 2000]),
    ("vlow_init", TANH, 0.275, 0.05, [20, 2000, 2000]),
];

/// The runs of a figure.
pub fn runs(
    id: &str,
    preset: Preset,
    seeds: Option<u64>,
    backend: &str,
    source: &Source,
) -> Result<Vec<ManyRun>> {
    let sgd = OptimizerConfig::Sgd { momentum: 0.0 };
    // What is trained, how, and on which items it is looked at after every epoch or at both ends.
    let (kinds, optimizer, items, every_epoch) = match id {
        "univ-mnist-trajectories" => (&TRAJECTORIES[..], sgd, PAIR.to_vec(), true),
        "univ-mnist-structure" => {
            let adam = OptimizerConfig::ADAM;
            (&STRUCTURE[..], adam, (0..100).collect(), false)
        }
        "univ-orthogonal" => (&CONTEXT[..], sgd, (0..source.len()).collect(), false),
        _ => bail!("{id} is not made of runs on many points"),
    };
    let (task, [inputs, outputs], width) = match source {
        Source::Mnist(_) => (ManyTask::Mnist, [784, 10], 200),
        Source::Context(_) => (ManyTask::Context, [27, 1], 100),
    };
    let run = |&(setting, (function, activation), gain, learning_rate, epochs): &Kind, seed| {
        let epochs = by_preset(preset, epochs);
        let spec = ManySpec {
            experiment: "many-points".into(),
            backend: backend.to_owned(),
            dtype: "f32".into(),
            task,
            data_hashes: source.hashes(),
            network: MlpConfig {
                inputs,
                width,
                depth: 4,
                outputs,
                activation: function,
                bias: Bias::Learned,
                init: Init::XavierNormal,
                init_scale: gain,
                transform: OutputTransform::None,
                skip: Skip::None,
            },
            optimizer,
            learning_rate,
            batch: 64,
            epochs,
            every: if every_epoch { 1 } else { epochs },
            items: items.clone(),
            layer: 2,
            seed,
        };
        ManyRun {
            setting,
            activation,
            spec,
        }
    };
    let seeds = seeds.unwrap_or(by_preset(preset, [1, 3, 10]));
    let each_seed = |kind| (0..seeds).map(move |seed| (kind, seed));
    let all = kinds.iter().flat_map(each_seed);
    Ok(all.map(|(kind, seed)| run(kind, seed)).collect())
}

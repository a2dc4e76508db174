//! The command line of `formant align`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use formant_alignment::balance::{STATIONARY, decay_times, is_stationary};
use formant_alignment::{ReportOptions, Sgd};

use super::layer::Settings;
use super::summary::Rank;
use crate::select::LayerFilter;
use crate::{MOST_NULL_DRAWS, memory};

/// Arguments of `formant align`.
#[derive(Debug, Args)]
pub struct AlignArgs {
    /// Layers dumped by any framework: .npz, .safetensors or a folder of .npy; patterns such as 'runs/*.npz'; - for
    /// standard input
    #[arg(required = true, value_name = "DUMP")]
    pub(super) dumps: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) filter: LayerFilter,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
    /// All tables, and not one line a layer alone
    #[arg(long, conflicts_with = "json")]
    pub(super) all: bool,
    /// Also write every number to a CSV file, a row each
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<PathBuf>,
    /// Also draw the relations against depth: an SVG and a PNG for each dump in this folder
    #[arg(long, value_name = "DIR")]
    pub(super) plot: Option<PathBuf>,
    /// Also write one page with pictures, tables and warnings, which needs nothing else
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Which rank of the weight a line shows
    #[arg(long, value_enum, default_value_t = Rank::Entropy)]
    pub(super) rank: Rank,
    /// Random rotations of the null, at least 2 [default: by width]
    #[arg(long, value_name = "N", value_parser = parse_draws)]
    null_draws: Option<usize>,
    /// Seed of the rotations
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    null_seed: u64,
    /// Weight decay of the training; with --lr: the balance of noise and weight decay, and with --steps: decay times
    #[arg(long, value_name = "GAMMA", requires = "lr", value_parser = parse_positive, allow_negative_numbers = true)]
    gamma: Option<f64>,
    /// Learning rate of the training, SGD
    #[arg(long, value_name = "ETA", requires = "gamma", value_parser = parse_positive, allow_negative_numbers = true)]
    lr: Option<f64>,
    /// Samples in a batch of the training
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN, requires = "gamma")]
    batch: NonZeroUsize,
    /// Steps of the training, for how many decay times it has lasted
    #[arg(long, value_name = "T", requires = "gamma")]
    steps: Option<u64>,
    /// Momentum of the training, at least 0 and below 1
    #[arg(long, value_name = "MU", default_value_t = 0.0, requires = "gamma", value_parser = parse_momentum, allow_negative_numbers = true)]
    momentum: f64,
    /// Memory that one layer may take, such as 8G; wider layers are refused [default: half of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = memory::parse)]
    max_memory: Option<u64>,
}

fn parse_positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number above 0".into()),
    }
}

fn parse_momentum(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..1.0).contains(&value) => Ok(value),
        _ => Err("expected a number from 0 to below 1".into()),
    }
}

fn parse_draws(text: &str) -> Result<usize, String> {
    let draws = text.parse().ok();
    let draws = draws.filter(|draws| (2..=MOST_NULL_DRAWS).contains(draws));
    draws
        .map(|draws| draws as usize)
        .ok_or_else(|| format!("expected a whole number from 2 to {MOST_NULL_DRAWS}"))
}

impl AlignArgs {
    /// What is measured, and how.
    pub(super) fn settings(&self) -> Settings {
        let sgd = self.gamma.zip(self.lr);
        Settings {
            report: ReportOptions {
                null_draws: self.null_draws,
                null_seed: self.null_seed,
            },
            all: self.all || self.json || self.csv.is_some(),
            sgd: sgd.map(|(weight_decay, learning_rate)| Sgd {
                learning_rate,
                weight_decay,
                batch_size: self.batch.get(),
            }),
            momentum: self.momentum,
            memory: self.max_memory.unwrap_or_else(memory::half_of_machine),
        }
    }

    /// How many decay times training has lasted.
    pub(super) fn decay_times(&self) -> Option<f64> {
        let (gamma, lr, steps) = (self.gamma?, self.lr?, self.steps?);
        Some(decay_times(lr, gamma, self.momentum, steps as f64))
    }

    /// What it means that training was short, where it was.
    pub(super) fn short_training(&self) -> Option<String> {
        let times = self.decay_times()?;
        (!is_stationary(times)).then(|| {
            format!(
                "training has lasted {times:.2} decay times, fewer than {STATIONARY}: the initial weights \
                 have not decayed, and alignment depends on how long training was as well as on the weight decay"
            )
        })
    }
}

//! `formant align DUMP`: the door for networks that were trained elsewhere.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use formant_alignment::{
    AlignmentError, Balance, BalanceAccumulator, BeyondMoments, DumpReport, LayerReport,
    MeasuredLayer, ReportOptions, Sgd, Threads, compare_layers, neural_collapse,
};
use formant_moments::dump::{LayerDump, read_dump};

use super::print;
use crate::limits;
use tables::{print_layer, print_similarity};

mod tables;

const LEGEND: &str = "alpha: Pearson correlation of the entries of two matrices, and of the off-diagonal ones alone.\n\
     null: alpha with the eigenvectors rotated at random (spectra kept).\n\
     calibrated: (alpha - null mean) / (1 - null mean).\n\
     Ranks, phases and power laws are of raw second moments; Z is the weight's Gram matrix.\n\
     docs/src/guide/statistics.md describes every statistic, and so does --json.";

/// Arguments of `formant align`.
#[derive(Debug, Args)]
pub struct AlignArgs {
    /// Layers dumped by any framework: .npz or .safetensors
    dump: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Random rotations of the null, at least 2 [default: by width]
    #[arg(long, value_name = "N", value_parser = parse_draws)]
    null_draws: Option<usize>,
    /// Seed of the rotations
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    null_seed: u64,
    /// Weight decay of the training; with --lr: the balance of noise and weight decay
    #[arg(long, value_name = "GAMMA", requires = "lr", value_parser = parse_positive, allow_negative_numbers = true)]
    gamma: Option<f64>,
    /// Learning rate of the training, plain SGD
    #[arg(long, value_name = "ETA", requires = "gamma", value_parser = parse_positive, allow_negative_numbers = true)]
    lr: Option<f64>,
    /// Samples in a batch of the training
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN, requires = "gamma")]
    batch: NonZeroUsize,
}

fn parse_positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number above 0".into()),
    }
}

fn parse_draws(text: &str) -> Result<usize, String> {
    let draws = limits::parse(text, 2..=limits::NULL_DRAWS)?;
    Ok(draws as usize)
}

/// Reads the dump, measures every layer, prints tables or JSON.
pub fn run(args: &AlignArgs) -> Result<ExitCode> {
    let options = ReportOptions {
        null_draws: args.null_draws,
        null_seed: args.null_seed,
    };
    let sgd = args
        .gamma
        .zip(args.lr)
        .map(|(weight_decay, learning_rate)| Sgd {
            learning_rate,
            weight_decay,
            batch_size: args.batch.get(),
        });
    let dumped = read_dump(&args.dump)?;
    let layers = dumped
        .iter()
        .map(|layer| {
            let named = format!("{}: layer '{}'", args.dump.display(), layer.name());
            report(layer, &options, sgd.as_ref()).context(named)
        })
        .collect::<Result<Vec<_>>>()?;
    let mut report = DumpReport::new(layers);
    report.similarity = compare_layers(&dumped, Threads::Pool);
    if args.json {
        print(serde_json::to_string_pretty(&report)?)?;
    } else {
        for layer in &report.layers {
            print_layer(layer)?;
        }
        print_similarity(&report.similarity)?;
        print(LEGEND)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything about one layer. What a layer refuses is in its report, with the reason; only what makes the whole dump
/// doubtful is an error.
fn report(layer: &LayerDump, options: &ReportOptions, sgd: Option<&Sgd>) -> Result<LayerReport> {
    let moments = layer.moments()?;
    let beyond = BeyondMoments {
        // Without labels there is nothing to refuse.
        neural_collapse: neural_collapse(layer).transpose(),
        balance: sgd.map(|sgd| balance(layer, sgd)),
        ..BeyondMoments::default()
    };
    let measured = MeasuredLayer::new(&moments, options.null(), Threads::Pool).with(beyond);
    Ok(LayerReport::of(&measured)?)
}

fn balance(layer: &LayerDump, sgd: &Sgd) -> Result<Balance, AlignmentError> {
    let mut accumulator = BalanceAccumulator::new(layer.d_a(), layer.d_b());
    layer.for_each_block(|_, block| accumulator.add(block))?;
    accumulator.finish(layer.weight(), sgd)
}

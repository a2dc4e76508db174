//! `formant align DUMP`: the door for networks that were trained elsewhere.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use formant_alignment::balance::{STATIONARY, decay_times, is_stationary};
use formant_alignment::{
    Description, LayerComparison, REPORT_SCHEMA_VERSION, ReportOptions, RepresentationMeasure, Sgd,
    Threads, compare_layers, descriptions,
};
use formant_moments::dump::{Dump, DumpError, DumpedLayer};
use formant_moments::printable;
use serde::Serialize;

use crate::{MOST_NULL_DRAWS, memory, print};
use layer::{MeasuredDump, Settings};

mod layer;
mod summary;
mod tables;

const LEGEND: &str = "alpha: Pearson correlation of the entries of two matrices, and of the off-diagonal ones alone.\n\
     null: alpha with the eigenvectors rotated at random (spectra kept); through weight: with a random moment carried\n\
     through the weight, the null of the two relations whose matrices share it.\n\
     calibrated: (alpha - null mean) / (1 - null mean).\n\
     Ranks, phases and power laws are of raw second moments; Z is the weight's Gram matrix.\n\
     docs/src/guide/statistics.md describes every statistic, and so does --json.";

/// Memory that layers may take when they are compared, if measuring them took less.
const COMPARED: u64 = 256 << 20;

/// Arguments of `formant align`.
#[derive(Debug, Args)]
pub struct AlignArgs {
    /// Layers dumped by any framework: .npz or .safetensors
    dump: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// All tables, and not one line a layer alone
    #[arg(long, conflicts_with = "json")]
    all: bool,
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
    let draws = text
        .parse()
        .ok()
        .filter(|n| (2..=MOST_NULL_DRAWS).contains(n));
    let draws = draws.map(|draws| draws as usize);
    draws.ok_or_else(|| format!("expected a whole number from 2 to {MOST_NULL_DRAWS}"))
}

/// What `--json` prints: the fields of a [`DumpReport`](formant_alignment::DumpReport), and what a dump alone knows.
#[derive(Serialize)]
struct AlignReport<'a> {
    schema_version: u32,
    /// How many decay times training has lasted; `null` without --gamma, --lr and --steps.
    decay_times: Option<f64>,
    /// What to know of all layers, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    layers: Vec<&'a layer::Report>,
    /// Layers without a report.
    refused: &'a [Refused],
    similarity: &'a [LayerComparison],
    statistics: &'static [Description],
}

/// A layer that could not be measured.
#[derive(Serialize)]
struct Refused {
    name: String,
    reason: String,
}

impl AlignArgs {
    fn decay_times(&self) -> Option<f64> {
        let (gamma, lr, steps) = (self.gamma?, self.lr?, self.steps?);
        Some(decay_times(lr, gamma, self.momentum, steps as f64))
    }

    /// What it means that training was short, where it was.
    fn short_training(&self) -> Option<String> {
        let times = self.decay_times()?;
        (!is_stationary(times)).then(|| {
            format!(
                "training has lasted {times:.2} decay times, fewer than {STATIONARY}: the initial weights \
                 have not decayed, and alignment depends on how long training was as well as on the weight decay"
            )
        })
    }
}

/// Reads the dump a layer at a time, measures every layer, prints tables or JSON. A layer that cannot be measured costs the
/// exit code, and not the others.
pub fn run(args: &AlignArgs) -> Result<ExitCode> {
    let settings = Settings {
        report: ReportOptions {
            null_draws: args.null_draws,
            null_seed: args.null_seed,
        },
        all: args.all || args.json,
        sgd: args
            .gamma
            .zip(args.lr)
            .map(|(weight_decay, learning_rate)| Sgd {
                learning_rate,
                weight_decay,
                batch_size: args.batch.get(),
            }),
        momentum: args.momentum,
        memory: args.max_memory.unwrap_or_else(memory::half_of_machine),
    };
    let dumped = Dump::open(&args.dump)?.into_layers();
    let all = dumped.len();
    let (measured, refused) = measure(args, dumped, &settings);
    let largest = measured
        .iter()
        .map(|layer| layer.dump.moments_bytes())
        .max();
    let memory = largest.unwrap_or(0).max(COMPARED).min(settings.memory);
    let (dumps, reports): (Vec<_>, Vec<_>) = measured
        .into_iter()
        .map(|layer| (layer.dump, layer.report))
        .unzip();
    let measures: &[_] = if settings.all {
        &RepresentationMeasure::ALL
    } else {
        &[RepresentationMeasure::LinearCka]
    };
    let similarity = compare_layers(&dumps, measures, Threads::Pool, memory);
    if args.json {
        let report = AlignReport {
            schema_version: REPORT_SCHEMA_VERSION,
            decay_times: args.decay_times(),
            warnings: args.short_training().into_iter().collect(),
            layers: reports.iter().collect(),
            refused: &refused,
            similarity: &similarity,
            statistics: descriptions(),
        };
        print(serde_json::to_string_pretty(&report)?)?;
    } else {
        print_text(args, &reports, &refused, &similarity)?;
    }
    finish(args, all, &reports, &refused)
}

fn measure(
    args: &AlignArgs,
    dumped: Vec<DumpedLayer>,
    settings: &Settings,
) -> (Vec<MeasuredDump>, Vec<Refused>) {
    let (mut measured, mut refused) = (Vec::new(), Vec::new());
    let widths: Vec<usize> = dumped
        .iter()
        .filter_map(|dumped| Some(dumped.layer.as_ref().ok()?.d_b()))
        .collect();
    for DumpedLayer { name, layer } in dumped {
        let result = match layer {
            Ok(layer) => layer::measure(layer, settings, &widths),
            Err(error) => Err(error.into()),
        };
        match result {
            Ok(layer) => measured.push(layer),
            Err(error) => {
                let reason = reason(args, &name, &error);
                refused.push(Refused { name, reason });
            }
        }
    }
    (measured, refused)
}

/// Why a layer is refused. Errors of the dump name the file and the array; those of a statistic do not.
fn reason(args: &AlignArgs, layer: &str, error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        None | Some(DumpError::Moments(_)) => {
            let path = printable(&args.dump.display().to_string(), 100);
            let (layer, error) = (printable(layer, 60), printable(&format!("{error:#}"), 120));
            format!("{path}: layer `{layer}`: {error}")
        }
        Some(error) => error.to_string(),
    }
}

fn print_text(
    args: &AlignArgs,
    reports: &[layer::Report],
    refused: &[Refused],
    similarity: &[LayerComparison],
) -> Result<()> {
    summary::print_layers(reports)?;
    match (args.short_training(), args.decay_times()) {
        (Some(warning), _) => print(warning)?,
        (None, Some(times)) => print(format!("training has lasted {times:.2} decay times"))?,
        (None, None) => {}
    }
    for layer in refused {
        print(format!(
            "{}: refused: {}",
            printable(&layer.name, 60),
            layer.reason
        ))?;
    }
    if args.all {
        print("")?;
        for report in reports {
            tables::print_layer(report)?;
        }
        tables::print_similarity(similarity)?;
        return print(LEGEND);
    }
    if reports.is_empty() {
        return Ok(());
    }
    summary::print_similarity(similarity)?;
    print(summary::LEGEND)
}

/// Says once more, at the end and in the exit code, that something was refused.
fn finish(
    args: &AlignArgs,
    all: usize,
    reports: &[layer::Report],
    refused: &[Refused],
) -> Result<ExitCode> {
    let labels = reports
        .iter()
        .filter_map(|layer| layer.labels_refused.as_ref());
    let reasons: Vec<&String> = refused
        .iter()
        .map(|layer| &layer.reason)
        .chain(labels)
        .collect();
    match reasons.as_slice() {
        [] => Ok(ExitCode::SUCCESS),
        [reason] if all == 1 => bail!("{reason}"),
        [first, ..] => {
            let path = printable(&args.dump.display().to_string(), 60);
            // The first reason begins with the file.
            let first = first
                .split_once(": ")
                .map_or(first.as_str(), |(_, rest)| rest);
            bail!(
                "{path}: {} of {all} layers refused: {}",
                reasons.len(),
                printable(first, 190)
            )
        }
    }
}

//! The command line of `formant compare`.

use std::path::PathBuf;

use clap::Args;
use formant_alignment::{CompareOptions, RepresentationMeasure, UniversalOptions};

use super::network::Of;
use crate::select::LayerFilter;

/// What is compared without `--measure`.
const MEASURES: [RepresentationMeasure; 3] = [
    RepresentationMeasure::LinearCkaUnbiased,
    RepresentationMeasure::Procrustes,
    RepresentationMeasure::RsaSpearman,
];

/// Permutations and splits, at most: more is a slip of the pen.
const MOST: usize = 100_000;

/// Arguments of `formant compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Two networks or more on the same samples: dumps (.npz, .safetensors, folders of .npy), or reports that the Python
    /// package saved (.formant)
    #[arg(required = true, value_name = "NETWORK")]
    pub(super) networks: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) filter: LayerFilter,
    /// What is compared: the inputs or the outputs of layers
    #[arg(long, value_enum, default_value_t = Of::HA)]
    pub(super) of: Of,
    /// How; may be given again [default: linear_cka_unbiased, procrustes and rsa_spearman]
    #[arg(long = "measure", value_name = "NAME", value_parser = parse_measure)]
    measures: Vec<RepresentationMeasure>,
    /// Samples, at most; of more, so many are drawn at random
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = parse_count)]
    pub(super) samples: usize,
    /// Permutations of the samples, for p-values; 0 for none
    #[arg(long, value_name = "N", default_value_t = 199, value_parser = parse_count)]
    permutations: usize,
    /// Splits of the samples into halves, for noise ceilings; 0 for none
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = parse_count)]
    splits: usize,
    /// Seed of permutations, splits and folds
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// Universal dimensions of three networks or more: how well each principal dimension of a layer is predicted from the
    /// others'
    #[arg(long)]
    pub(super) universal: bool,
    /// Principal dimensions of each layer, at most
    #[arg(long, value_name = "N", default_value_t = 20, requires = "universal", value_parser = parse_count)]
    dimensions: usize,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Also write every number to a CSV file, a row each
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<PathBuf>,
    /// Also draw heat maps: an SVG and a PNG for each pair of networks in this folder
    #[arg(long, value_name = "DIR")]
    pub(super) plot: Option<PathBuf>,
}

fn parse_measure(text: &str) -> Result<RepresentationMeasure, String> {
    let names = RepresentationMeasure::ALL.map(RepresentationMeasure::name);
    RepresentationMeasure::from_name(text)
        .ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

fn parse_count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| *count <= MOST);
    count.ok_or_else(|| format!("expected a whole number up to {MOST}"))
}

impl CompareArgs {
    pub(super) fn options(&self) -> CompareOptions {
        let mut measures = self.measures.clone();
        if measures.is_empty() {
            measures = MEASURES.into();
        }
        CompareOptions {
            measures,
            permutations: self.permutations,
            splits: self.splits,
            seed: self.seed,
        }
    }

    pub(super) fn universal_options(&self) -> UniversalOptions {
        UniversalOptions {
            dimensions: self.dimensions,
            permutations: self.permutations.max(2),
            seed: self.seed,
            ..UniversalOptions::default()
        }
    }
}

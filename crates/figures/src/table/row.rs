//! The tables that connect experiments to figures: one number of one network at one step a row.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};

use crate::FigureError;
use crate::table::{Outcome, Schema};

/// The version of the tables in this module; every record carries it.
pub const SCHEMA_VERSION: u32 = 2;

/// One number of one network at one step.
///
/// The post-activation representation of hidden layer i is side `a` of linear map i + 1, its pre-activation is side `b` of
/// map i. What the paper calls \\(\alpha_{gg,hh}\\) of layer i is statistic `alpha_rga`, side `a`, layer i + 1, variant
/// `normalized`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What the network was trained on: `teacher`, `teacher10`, `mnist`, `digits`.
    pub task: String,
    /// Weight decay, 0 or more.
    pub weight_decay: f64,
    /// Learning rate, above 0.
    pub learning_rate: f64,
    /// Samples a step.
    pub batch: u32,
    /// Neurons of a hidden layer.
    pub width: u32,
    /// Number of hidden layers.
    pub depth: u32,
    /// `tanh`, `relu`, `identity`.
    pub activation: String,
    /// Factor on the initial weights; 1 is PyTorch's initialisation.
    pub init_scale: f64,
    /// Share or standard deviation of the noise on labels, as the task defines it; 0 is none.
    pub label_noise: f64,
    /// `none`, or the name of the fixed transform of the output.
    pub transform: String,
    /// Seed of the network, its data and its teacher.
    pub seed: u64,
    /// Training step of the measurement.
    pub step: u64,
    /// The linear map: 1 to `depth` lead to hidden layers, `depth + 1` is the readout; 0 is the whole network.
    pub layer: u32,
    /// `a` (input side of the map), `b` (output side), or empty.
    pub side: String,
    /// What was measured, such as `alpha_rga`.
    pub statistic: String,
    /// `raw`, `centered`, `normalized`, or empty.
    pub variant: String,
    /// The number; `None` where it is undefined.
    pub value: Option<f64>,
    /// Its mean under the null, where there is one.
    pub null_mean: Option<f64>,
    /// Its 95 % quantile under the null, where there is one.
    pub null_q95: Option<f64>,
    /// How the run ended.
    pub outcome: Outcome,
}

/// The network that a row belongs to: everything that tells one training run from another. Floats by their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network<'a> {
    texts: [&'a str; 3],
    floats: [u64; 4],
    counts: [u32; 3],
    seed: u64,
}

impl Network<'_> {
    /// The seed alone.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

impl Row {
    /// The network that this row belongs to.
    pub fn network(&self) -> Network<'_> {
        Network {
            texts: [&self.task, &self.activation, &self.transform],
            // Positive floats sort like their bits.
            floats: [
                self.weight_decay,
                self.learning_rate,
                self.init_scale,
                self.label_noise,
            ]
            .map(f64::to_bits),
            counts: [self.batch, self.width, self.depth],
            seed: self.seed,
        }
    }

    /// The network in words: every setting and the seed.
    pub fn network_in_words(&self) -> String {
        format!(
            "{} task, gamma {:.3e}, learning rate {}, batch {}, width {}, depth {}, {}, initial scale {}, label noise {}, transform {}, seed {}",
            self.task,
            self.weight_decay,
            self.learning_rate,
            self.batch,
            self.width,
            self.depth,
            self.activation,
            self.init_scale,
            self.label_noise,
            self.transform,
            self.seed
        )
    }
}

/// One eigenpair of a power-law fit: x is an eigenvalue of matrix `x`, y the matrix `y` along its eigenvector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spectrum {
    /// As in [`Row`].
    pub task: String,
    /// As in [`Row`].
    pub weight_decay: f64,
    /// As in [`Row`].
    pub learning_rate: f64,
    /// As in [`Row`].
    pub batch: u32,
    /// As in [`Row`].
    pub width: u32,
    /// As in [`Row`].
    pub depth: u32,
    /// As in [`Row`].
    pub activation: String,
    /// As in [`Row`].
    pub init_scale: f64,
    /// As in [`Row`].
    pub label_noise: f64,
    /// As in [`Row`].
    pub transform: String,
    /// As in [`Row`].
    pub seed: u64,
    /// As in [`Row`].
    pub step: u64,
    /// As in [`Row`].
    pub layer: u32,
    /// The matrix whose eigenbasis it is, such as `z_b`.
    pub x: String,
    /// The matrix that is projected onto it, such as `h_b`.
    pub y: String,
    /// Which eigenpair, from 0 at the largest eigenvalue of `x`.
    pub index: u32,
    /// The eigenvalue of `x`.
    pub x_value: f64,
    /// The projection of `y`.
    pub y_value: f64,
    /// Whether the pair entered the fit.
    pub used: bool,
}

const ROWS: Schema = Schema {
    version: SCHEMA_VERSION,
    columns: &[
        "schema_version",
        "task",
        "weight_decay",
        "learning_rate",
        "batch",
        "width",
        "depth",
        "activation",
        "init_scale",
        "label_noise",
        "transform",
        "seed",
        "step",
        "layer",
        "side",
        "statistic",
        "variant",
        "value",
        "null_mean",
        "null_q95",
        "outcome",
    ],
};

const SPECTRA: Schema = Schema {
    version: SCHEMA_VERSION,
    columns: &[
        "schema_version",
        "task",
        "weight_decay",
        "learning_rate",
        "batch",
        "width",
        "depth",
        "activation",
        "init_scale",
        "label_noise",
        "transform",
        "seed",
        "step",
        "layer",
        "x",
        "y",
        "index",
        "x_value",
        "y_value",
        "used",
    ],
};

/// Writes rows as CSV. Floating-point numbers come back bit for bit.
///
/// # Errors
///
/// [`FigureError::Table`] when `to` fails.
pub fn write_rows(rows: &[Row], to: impl Write) -> Result<(), FigureError> {
    ROWS.write(rows, to)
}

/// [`write_rows`] for rows that are picked from a table.
pub(crate) fn write<'a>(
    rows: impl Iterator<Item = &'a Row>,
    to: impl Write,
) -> Result<(), FigureError> {
    ROWS.write(rows, to)
}

/// Reads what [`write_rows`] wrote.
///
/// # Errors
///
/// [`FigureError::Table`] for other columns, another schema version, or a cell that does not parse; it names the line.
pub fn read_rows(from: impl Read) -> Result<Vec<Row>, FigureError> {
    ROWS.read(from)
}

/// Writes eigenpairs as CSV. Floating-point numbers come back bit for bit.
///
/// # Errors
///
/// [`FigureError::Table`] when `to` fails.
pub fn write_spectra(spectra: &[Spectrum], to: impl Write) -> Result<(), FigureError> {
    SPECTRA.write(spectra, to)
}

/// Reads what [`write_spectra`] wrote.
///
/// # Errors
///
/// As [`read_rows`].
pub fn read_spectra(from: impl Read) -> Result<Vec<Spectrum>, FigureError> {
    SPECTRA.read(from)
}

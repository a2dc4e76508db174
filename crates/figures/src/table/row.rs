//! The tables that connect experiments to figures: one number of one network at one step a row.

use std::io::Write;

use formant_alignment::balance::decay_times;
use serde::{Deserialize, Serialize};

use crate::FigureError;
use crate::table::{Outcome, Schema};

/// The version of the tables in this module; every record carries it.
pub const SCHEMA_VERSION: u32 = 3;

/// Defines records that begin with the same fields, those in the first braces. The columns of their tables are their fields,
/// in order.
macro_rules! records {
    ({ $($shared:tt)* }) => {};
    ({ $($shared:tt)* } $(#[$about:meta])* pub struct $name:ident { $($own:tt)* } $($rest:tt)*) => {
        records! { @record $(#[$about])* $name { $($shared)* $($own)* } }
        records! { { $($shared)* } $($rest)* }
    };
    (@record $(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl $name {
            pub(crate) const SCHEMA: Schema = Schema {
                version: SCHEMA_VERSION,
                columns: &["schema_version", $(stringify!($field)),*],
            };
        }
    };
}

records! {
    {
        /// What the network was trained on: `teacher`, `teacher10`, `mnist`, `digits`.
        task: String,
        /// Weight decay, 0 or more.
        weight_decay: f64,
        /// Learning rate, above 0.
        learning_rate: f64,
        /// Momentum of plain SGD; `None` for optimisers whose weight decay has no one time scale, such as Adam.
        momentum: Option<f64>,
        /// Samples a step.
        batch: u32,
        /// Neurons of a hidden layer.
        width: u32,
        /// Number of hidden layers.
        depth: u32,
        /// `tanh`, `relu`, `identity`.
        activation: String,
        /// Factor on the initial weights; 1 is PyTorch's initialisation.
        init_scale: f64,
        /// Share or standard deviation of the noise on labels, as the task defines it; 0 is none.
        label_noise: f64,
        /// `none`, or the name of the fixed transform of the output.
        transform: String,
        /// Seed of the network, its data and its teacher.
        seed: u64,
        /// Training step of the measurement.
        step: u64,
        /// The linear map: 1 to `depth` lead to hidden layers, `depth + 1` is the readout; 0 is the whole network.
        layer: u32,
    }

    /// One number of one network at one step.
    ///
    /// The post-activation representation of hidden layer i is side `a` of linear map i + 1, its pre-activation is side `b` of
    /// map i. What the paper calls \\(\alpha_{gg,hh}\\) of layer i is statistic `alpha_rga`, side `a`, layer i + 1, variant
    /// `normalized`.
    pub struct Row {
        /// `a` (input side of the map), `b` (output side), or empty.
        side: String,
        /// What was measured, such as `alpha_rga`.
        statistic: String,
        /// `raw`, `centered`, `normalized`, or empty.
        variant: String,
        /// The number; `None` where it is undefined.
        value: Option<f64>,
        /// Its mean under the null, where there is one.
        null_mean: Option<f64>,
        /// Its 95 % quantile under the null, where there is one.
        null_q95: Option<f64>,
        /// How the run ended.
        outcome: Outcome,
    }

    /// One eigenpair of a power-law fit: x is an eigenvalue of matrix `x`, y the matrix `y` along its eigenvector.
    pub struct Spectrum {
        /// The matrix whose eigenbasis it is, such as `z_b`.
        x: String,
        /// The matrix that is projected onto it, such as `h_b`.
        y: String,
        /// Which eigenpair, from 0 at the largest eigenvalue of `x`.
        index: u32,
        /// The eigenvalue of `x`.
        x_value: f64,
        /// The projection of `y`.
        y_value: f64,
        /// Whether the pair entered the fit.
        used: bool,
    }
}

/// The network that a row belongs to: everything that tells one training run from another. Floats by their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network<'a> {
    texts: [&'a str; 3],
    floats: [u64; 4],
    momentum: Option<u64>,
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
            momentum: self.momentum.map(f64::to_bits),
            counts: [self.batch, self.width, self.depth],
            seed: self.seed,
        }
    }

    /// How many decay times the network has trained for, see [`decay_times`]; `None` where that is not defined.
    pub fn decay_times(&self) -> Option<f64> {
        let (rate, steps) = (self.learning_rate, self.step as f64);
        Some(decay_times(rate, self.weight_decay, self.momentum?, steps))
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

impl Spectrum {
    /// An eigenpair of the network, step and linear map of a row; change what it is.
    pub fn of(row: &Row) -> Self {
        let row = row.clone();
        Self {
            task: row.task,
            weight_decay: row.weight_decay,
            learning_rate: row.learning_rate,
            momentum: row.momentum,
            batch: row.batch,
            width: row.width,
            depth: row.depth,
            activation: row.activation,
            init_scale: row.init_scale,
            label_noise: row.label_noise,
            transform: row.transform,
            seed: row.seed,
            step: row.step,
            layer: row.layer,
            x: String::new(),
            y: String::new(),
            index: 0,
            x_value: 0.0,
            y_value: 0.0,
            used: false,
        }
    }
}

/// Writes rows as CSV. Floating-point numbers come back bit for bit.
///
/// # Errors
///
/// [`FigureError::Table`] when `to` fails.
pub fn write_rows<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    to: impl Write,
) -> Result<(), FigureError> {
    Row::SCHEMA.write(rows, to)
}

//! Five tables of rows and their CSV files.

use std::io::{Read, Write};

use super::rows::{Distance, Embedded, FitRow, Moment, Value};
use crate::FigureError;
use crate::report::PAIR_FILES;
use crate::table::Schema;

/// The version of the tables of pairs; every record carries it.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that an experiment with pairs of points measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PairTables {
    /// Trajectories.
    pub moments: Vec<Moment>,
    /// Fits and ends of runs.
    pub fits: Vec<FitRow>,
    /// Distances between items.
    pub distances: Vec<Distance>,
    /// Embedded items.
    pub embedded: Vec<Embedded>,
    /// Other numbers.
    pub values: Vec<Value>,
}

/// Which of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PairTable {
    /// [`PairTables::moments`].
    Moments,
    /// [`PairTables::fits`].
    Fits,
    /// [`PairTables::distances`].
    Distances,
    /// [`PairTables::embedded`].
    Embedded,
    /// [`PairTables::values`].
    Values,
}

impl PairTable {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Moments,
        Self::Fits,
        Self::Distances,
        Self::Embedded,
        Self::Values,
    ];

    /// The file of a figure's folder that holds the table where it is not the figure's main one.
    pub const fn file(self) -> &'static str {
        PAIR_FILES[self as usize]
    }

    fn schema(self) -> Schema {
        Schema {
            version: SCHEMA_VERSION,
            columns: match self {
                Self::Moments => &MOMENTS,
                Self::Fits => &FITS,
                Self::Distances => &DISTANCES,
                Self::Embedded => &EMBEDDED,
                Self::Values => &VALUES,
            },
        }
    }
}

impl PairTables {
    /// Number of rows of a table.
    pub fn len(&self, table: PairTable) -> usize {
        match table {
            PairTable::Moments => self.moments.len(),
            PairTable::Fits => self.fits.len(),
            PairTable::Distances => self.distances.len(),
            PairTable::Embedded => self.embedded.len(),
            PairTable::Values => self.values.len(),
        }
    }

    /// Whether no table has a row.
    pub fn is_empty(&self) -> bool {
        PairTable::ALL.iter().all(|&table| self.len(table) == 0)
    }

    /// Appends the rows of another experiment.
    pub fn extend(&mut self, more: Self) {
        self.moments.extend(more.moments);
        self.fits.extend(more.fits);
        self.distances.extend(more.distances);
        self.embedded.extend(more.embedded);
        self.values.extend(more.values);
    }

    /// Writes a table as CSV. Floating-point numbers come back bit for bit.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`] when `to` fails.
    pub fn write(&self, table: PairTable, to: impl Write) -> Result<(), FigureError> {
        let schema = table.schema();
        match table {
            PairTable::Moments => schema.write(&self.moments, to),
            PairTable::Fits => schema.write(&self.fits, to),
            PairTable::Distances => schema.write(&self.distances, to),
            PairTable::Embedded => schema.write(&self.embedded, to),
            PairTable::Values => schema.write(&self.values, to),
        }
    }

    /// Appends what [`PairTables::write`] wrote.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`] for other columns, another schema version, or a cell that does not parse; it names the line.
    pub fn read(&mut self, table: PairTable, from: impl Read) -> Result<(), FigureError> {
        let schema = table.schema();
        match table {
            PairTable::Moments => self.moments.extend(schema.read::<Moment>(from)?),
            PairTable::Fits => self.fits.extend(schema.read::<FitRow>(from)?),
            PairTable::Distances => self.distances.extend(schema.read::<Distance>(from)?),
            PairTable::Embedded => self.embedded.extend(schema.read::<Embedded>(from)?),
            PairTable::Values => self.values.extend(schema.read::<Value>(from)?),
        }
        Ok(())
    }
}

const MOMENTS: [&str; 16] = [
    "schema_version",
    "setting",
    "mode",
    "seed",
    "dx2",
    "dy2",
    "layer",
    "epoch",
    "h2",
    "y2",
    "w",
    "loss",
    "h2_theory",
    "y2_theory",
    "w_theory",
    "loss_theory",
];

const FITS: [&str; 37] = [
    "schema_version",
    "setting",
    "mode",
    "seed",
    "layer",
    "dynamics",
    "dx2",
    "dy2",
    "learning_rate",
    "epochs",
    "epochs_run",
    "h0",
    "y0",
    "w0",
    "h_end",
    "y_end",
    "w_end",
    "w_min",
    "loss_end",
    "eta_h",
    "eta_h_low",
    "eta_h_high",
    "eta_y",
    "eta_y_low",
    "eta_y_high",
    "sse",
    "rmse_h",
    "rmse_y",
    "rmse_w",
    "eta_mean",
    "loss_sse",
    "a_high",
    "a_low",
    "h_inf",
    "fit_ok",
    "refusal",
    "outcome",
];

const DISTANCES: [&str; 9] = [
    "schema_version",
    "setting",
    "seed",
    "kind",
    "i",
    "j",
    "label_i",
    "label_j",
    "distance",
];

const EMBEDDED: [&str; 11] = [
    "schema_version",
    "setting",
    "activation",
    "seed",
    "item",
    "context",
    "x",
    "y",
    "axis1",
    "axis2",
    "axis3",
];

const VALUES: [&str; 10] = [
    "schema_version",
    "setting",
    "activation",
    "seed",
    "epoch",
    "layer",
    "side",
    "metric",
    "value",
    "null_q95",
];

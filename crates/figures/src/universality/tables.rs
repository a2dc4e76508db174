//! Five tables of rows and their CSV files.

use std::io::{Read, Write};

use super::record::Rows;
use super::rows::{Distance, Embedded, FitRow, Moment, Value};
use crate::FigureError;
use crate::report::PAIR_FILES;

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
}

impl PairTables {
    /// The tables, in the order of [`PairTable::ALL`].
    pub(super) fn all(&self) -> [&dyn Rows; 5] {
        [
            &self.moments,
            &self.fits,
            &self.distances,
            &self.embedded,
            &self.values,
        ]
    }

    /// The same, to be changed.
    pub(super) fn all_mut(&mut self) -> [&mut dyn Rows; 5] {
        [
            &mut self.moments,
            &mut self.fits,
            &mut self.distances,
            &mut self.embedded,
            &mut self.values,
        ]
    }

    /// Number of rows of a table.
    pub fn len(&self, table: PairTable) -> usize {
        self.all()[table as usize].count()
    }

    /// Whether no table has a row.
    pub fn is_empty(&self) -> bool {
        self.all().iter().all(|table| table.count() == 0)
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
    pub fn write(&self, table: PairTable, mut to: impl Write) -> Result<(), FigureError> {
        self.all()[table as usize].write(&mut to)
    }

    /// Appends what [`PairTables::write`] wrote.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`] for other columns, another schema version, or a cell that does not parse; it names the line.
    pub fn read(&mut self, table: PairTable, mut from: impl Read) -> Result<(), FigureError> {
        self.all_mut()[table as usize].read(&mut from)
    }
}

/// The rows of a table that a figure uses.
pub(crate) fn only<R: Clone>(rows: &[R], used: impl Fn(&R) -> bool) -> Vec<R> {
    rows.iter().filter(|row| used(row)).cloned().collect()
}

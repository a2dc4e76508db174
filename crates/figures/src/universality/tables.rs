//! Five tables of rows and their CSV files.

use std::io::{Read, Write};

use super::record::Rows;
use super::rows::{Distance, Embedded, FitRow, TrajectoryPoint, Value};
use crate::FigureError;
use crate::report::EXTRA_FILES;

/// The version of the tables; every record carries it.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that is measured for the figures of *When Representations Align*.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tables {
    /// Trajectories.
    pub trajectories: Vec<TrajectoryPoint>,
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
pub enum TableKind {
    /// [`Tables::trajectories`].
    Trajectories,
    /// [`Tables::fits`].
    Fits,
    /// [`Tables::distances`].
    Distances,
    /// [`Tables::embedded`].
    Embedded,
    /// [`Tables::values`].
    Values,
}

impl TableKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Trajectories,
        Self::Fits,
        Self::Distances,
        Self::Embedded,
        Self::Values,
    ];

    /// The file of a figure's folder that holds the table where it is not the figure's main one.
    pub const fn file(self) -> &'static str {
        // The first two are of other figures.
        EXTRA_FILES[2 + self as usize]
    }
}

impl Tables {
    /// The tables, in the order of [`TableKind::ALL`].
    pub(super) fn all(&self) -> [&dyn Rows; 5] {
        [
            &self.trajectories,
            &self.fits,
            &self.distances,
            &self.embedded,
            &self.values,
        ]
    }

    /// The same, to be changed.
    pub(super) fn all_mut(&mut self) -> [&mut dyn Rows; 5] {
        [
            &mut self.trajectories,
            &mut self.fits,
            &mut self.distances,
            &mut self.embedded,
            &mut self.values,
        ]
    }

    /// Number of rows of a table.
    pub fn len(&self, table: TableKind) -> usize {
        self.all()[table as usize].count()
    }

    /// Whether no table has a row.
    pub fn is_empty(&self) -> bool {
        self.all().iter().all(|table| table.count() == 0)
    }

    /// Appends the rows of another experiment.
    pub fn extend(&mut self, more: Self) {
        self.trajectories.extend(more.trajectories);
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
    pub fn write(&self, table: TableKind, mut to: impl Write) -> Result<(), FigureError> {
        self.all()[table as usize].write(&mut to)
    }

    /// Appends what [`Tables::write`] wrote.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`] for other columns, another schema version, or a cell that does not parse; it names the line.
    pub fn read(&mut self, table: TableKind, mut from: impl Read) -> Result<(), FigureError> {
        self.all_mut()[table as usize].read(&mut from)
    }
}

/// The rows of a table that a figure uses.
pub(crate) fn only<R: Clone>(rows: &[R], used: impl Fn(&R) -> bool) -> Vec<R> {
    rows.iter().filter(|row| used(row)).cloned().collect()
}

//! One panel: its axes and what is drawn in it.

use super::heat::{Heat, Places};
use super::marks::{Cell, Guide, NullPoint, Reference};
use super::{Axis, Interval, Series};

/// Which cells of the grid a panel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// First column, from 0.
    pub column: usize,
    /// First row, from 0.
    pub row: usize,
    /// How many columns.
    pub columns: usize,
    /// How many rows.
    pub rows: usize,
}

/// A window with axes and what is drawn in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
    pub(super) null: Vec<NullPoint>,
    pub(super) guides: Vec<Guide>,
    pub(super) reference: Vec<Reference>,
    pub(super) cells: Vec<Cell>,
    pub(super) heat: Option<Heat>,
    pub(super) dodge: f64,
}

impl Panel {
    /// An empty panel. The title says what the vertical axis shows: rotated text is hard to read.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self {
            title: title.into(),
            x,
            y,
            series: Vec::new(),
            null: Vec::new(),
            guides: Vec::new(),
            reference: Vec::new(),
            cells: Vec::new(),
            heat: None,
            dodge: 0.0,
        }
    }

    /// A heat map: labels of its sides, and names at places along them.
    pub fn heat(
        title: impl Into<String>,
        heat: Heat,
        across: (&str, Places),
        down: (&str, Places),
    ) -> Self {
        let (x, y) = heat.axes(across, down);
        Self {
            heat: Some(heat),
            ..Self::new(title, x, y)
        }
    }

    /// Adds series.
    #[must_use]
    pub fn series(mut self, series: impl IntoIterator<Item = Series>) -> Self {
        self.series.extend(series);
        self
    }

    /// The null level.
    #[must_use]
    pub fn null(mut self, null: impl IntoIterator<Item = NullPoint>) -> Self {
        self.null.extend(null);
        self
    }

    /// Lines to compare with.
    #[must_use]
    pub fn guides(mut self, guides: impl IntoIterator<Item = Guide>) -> Self {
        self.guides.extend(guides);
        self
    }

    /// The paper's values.
    #[must_use]
    pub fn reference(mut self, reference: impl IntoIterator<Item = Reference>) -> Self {
        self.reference.extend(reference);
        self
    }

    /// Fields of a grid; both axes must be of categories.
    #[must_use]
    pub fn cells(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.cells.extend(cells);
        self
    }

    /// Shifts the k-th series (and the k-th reference) sideways, so that equal values do not hide each other.
    #[must_use]
    pub fn dodged(mut self) -> Self {
        self.dodge = 0.014;
        self
    }

    pub(super) fn x_values(&self) -> impl Iterator<Item = f64> {
        let ours = self.series.iter().flat_map(|s| {
            let seeds = s.seeds.iter().flatten().map(|point| point.0);
            s.points.iter().map(|point| point.0).chain(seeds)
        });
        let theirs = self.reference.iter().flat_map(|r| &r.points);
        ours.chain(theirs.map(|point| point.0))
    }

    pub(super) fn y_values(&self) -> impl Iterator<Item = f64> {
        let ours = self.series.iter().flat_map(|s| {
            let seeds = s.seeds.iter().flatten().map(|point| point.1);
            let points = s.points.iter().flat_map(|(_, estimate)| {
                let ends = estimate
                    .interval()
                    .filter(|_| s.interval != Interval::Hidden);
                let ends = ends.into_iter().flat_map(|(low, high)| [low, high]);
                [estimate.value].into_iter().chain(ends)
            });
            points.chain(seeds)
        });
        let theirs = self.reference.iter().flat_map(|r| &r.points);
        let nulls = self.null.iter().flat_map(|null| [null.mean, null.q95]);
        ours.chain(theirs.map(|point| point.1)).chain(nulls)
    }
}

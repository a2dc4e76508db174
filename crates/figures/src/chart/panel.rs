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

impl Place {
    /// One cell of the grid.
    pub const fn at(column: usize, row: usize) -> Self {
        Self {
            column,
            row,
            columns: 1,
            rows: 1,
        }
    }

    /// The same corner, over so many columns and rows.
    #[must_use]
    pub const fn over(self, columns: usize, rows: usize) -> Self {
        Self {
            columns,
            rows,
            ..self
        }
    }
}

/// A window with axes and what is drawn in it.
#[derive(Debug, Clone, Default, PartialEq)]
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
    pub(super) legend: Legend,
}

/// Where the names of a panel's series stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Legend {
    /// Below all panels.
    #[default]
    Shared,
    /// Below this panel.
    Own,
}

impl Panel {
    /// An empty panel. The title says what the vertical axis shows: rotated text is hard to read.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self {
            title: title.into(),
            x,
            y,
            ..Self::default()
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

    setters! {
        /// Another vertical axis.
        fn y(y: Axis);
    }

    adders! {
        /// Adds series.
        fn series(series: Series);
        /// The null level.
        fn null(null: NullPoint);
        /// Lines to compare with.
        fn guides(guides: Guide);
        /// The paper's values.
        fn reference(reference: Reference);
        /// Fields of a grid; both axes must be of categories.
        fn cells(cells: Cell);
    }

    /// Every series after a change.
    #[must_use]
    pub fn each_series(mut self, change: impl FnMut(Series) -> Series) -> Self {
        self.series = self.series.into_iter().map(change).collect();
        self
    }

    /// The points of single seeds, for each series in turn.
    #[must_use]
    pub fn seeds(mut self, seeds: impl IntoIterator<Item = Vec<Vec<(f64, f64)>>>) -> Self {
        for (series, seeds) in self.series.iter_mut().zip(seeds) {
            series.seeds = seeds;
        }
        self
    }

    /// Shifts the k-th series (and the k-th reference) sideways, so that equal values do not hide each other.
    #[must_use]
    pub fn dodged(mut self) -> Self {
        self.dodge = 0.014;
        self
    }

    /// Names the series below this panel, not in the chart's legend: for colours that mean something else in each panel.
    #[must_use]
    pub fn with_legend(mut self) -> Self {
        self.legend = Legend::Own;
        self
    }

    /// Every point that must lie inside the axes: of series, seeds and the paper.
    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        let ours = self.series.iter().flat_map(|s| {
            let single = s.seeds.iter().flatten().chain(&s.hollow).copied();
            let means = s.points.iter().map(|point| (point.0, point.1.value));
            means.chain(single)
        });
        ours.chain(self.reference.iter().flat_map(|r| r.points.iter().copied()))
    }

    pub(super) fn x_values(&self) -> impl Iterator<Item = f64> {
        self.points().map(|point| point.0)
    }

    /// What must lie inside the vertical axis: points and the null level.
    pub(super) fn y_points(&self) -> impl Iterator<Item = f64> {
        let nulls = self.null.iter().flat_map(|null| [null.mean, null.q95]);
        self.points().map(|point| point.1).chain(nulls)
    }

    /// Where intervals end.
    pub(super) fn y_intervals(&self) -> impl Iterator<Item = f64> {
        let drawn = self
            .series
            .iter()
            .filter(|s| s.interval != Interval::Hidden);
        let intervals = drawn.flat_map(|s| s.points.iter().filter_map(|point| point.1.interval()));
        intervals.flat_map(|(low, high)| [low, high])
    }
}

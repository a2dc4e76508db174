//! Named selections along a column: the lines of a panel, the columns of a table.

use super::Along;
use crate::chart::{Axis, Panel, Series, palette};
use crate::table::{Column, Select, Table, null_points};

/// A line of a panel: its name, how it is drawn, what it shows.
#[derive(Debug, Clone)]
#[must_use]
pub struct Curve<'t> {
    /// Its name in the legend.
    pub name: String,
    /// CSS colour.
    pub color: String,
    /// Which of the shapes its points have.
    pub shape: usize,
    /// What it shows.
    pub select: Select<'t>,
}

impl<'t> Curve<'t> {
    /// A line in the colour and shape of its place among things without an order.
    pub fn qualitative(name: impl Into<String>, place: usize, select: Select<'t>) -> Self {
        Self {
            name: name.into(),
            color: palette::qualitative(place).to_owned(),
            shape: place,
            select,
        }
    }

    /// In another colour.
    pub fn color(self, color: impl Into<String>) -> Self {
        Self {
            color: color.into(),
            ..self
        }
    }
}

/// Lines in the qualitative colours, one after another.
pub fn qualitative<'t, N: Into<String>>(
    lines: impl IntoIterator<Item = (N, Select<'t>)>,
) -> Vec<Curve<'t>> {
    let lines = lines.into_iter().enumerate();
    lines
        .map(|(place, (name, select))| Curve::qualitative(name, place, select))
        .collect()
}

impl Along {
    /// The series of these lines, with the points of every seed.
    pub fn series<'c>(self, curves: &'c [Curve<'_>]) -> impl Iterator<Item = Series> + 'c {
        curves.iter().map(move |curve| {
            Series::new(&curve.name, &curve.color, curve.select.by_x(self.of))
                .marker(palette::marker(curve.shape))
                .seeds(curve.select.seed_lines(self.of).into_values())
        })
    }

    /// A panel of lines with the points of every seed and the null level of all lines; its horizontal axis is made for the
    /// values in `table`.
    pub fn panel_of_seeds(
        self,
        table: &Table<'_>,
        title: impl Into<String>,
        y: Axis,
        curves: &[Curve<'_>],
    ) -> Panel {
        let selections: Vec<_> = curves.iter().map(|curve| curve.select.clone()).collect();
        Panel::new(title, self.axis(table), y)
            .series(self.series(curves))
            .null(null_points(&selections, self.of))
    }

    /// The same of means and intervals alone.
    pub fn panel(
        self,
        table: &Table<'_>,
        title: impl Into<String>,
        y: Axis,
        curves: &[Curve<'_>],
    ) -> Panel {
        let panel = self.panel_of_seeds(table, title, y, curves);
        panel.each_series(|series| series.seeds([]))
    }

    /// A table of the report with these columns, in three decimals.
    pub fn markdown<'t, N: Into<String>>(
        self,
        table: &Table<'_>,
        columns: impl IntoIterator<Item = (N, Select<'t>)>,
    ) -> String {
        self.markdown_to(3, table, columns)
    }

    /// [`markdown`](Self::markdown) with this many decimals.
    pub fn markdown_to<'t, N: Into<String>>(
        self,
        decimals: usize,
        table: &Table<'_>,
        columns: impl IntoIterator<Item = (N, Select<'t>)>,
    ) -> String {
        let columns = columns.into_iter().map(|(name, select)| Column {
            name: name.into(),
            select,
        });
        let columns: Vec<Column<'_>> = columns.collect();
        self.grid().to_markdown(decimals, table, &columns)
    }
}

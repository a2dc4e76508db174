//! What a figure shows, declared: a quantity, what it runs along, which lines it has. Panels, tables of the report, the rows
//! that are used and what must have been measured follow from it.

use super::{Along, Curve, Lines};
use crate::chart::{Axis, Panel};
use crate::table::{Column, Row, Select, Table, alpha_sections, is_one_by_definition, plain};
use crate::{Estimate, Range, Section, spearman};

/// A quantity of every line along a column.
///
/// Along steps every measurement counts, along anything else the last one of each network.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct View {
    /// As rows name it.
    pub statistic: &'static str,
    /// `a`, `b`, or empty for a quantity that has no side.
    pub side: &'static str,
    /// As rows name it.
    pub variant: &'static str,
    /// What it is compared with in the same network and layer, where it is a difference.
    pub less: Option<&'static str>,
    /// What it runs along.
    pub along: Along,
    /// What has a line.
    pub lines: Lines,
}

impl View {
    /// A normalized statistic of post-activations of hidden layers.
    pub const fn of_layers(statistic: &'static str, along: Along) -> Self {
        Self {
            statistic,
            side: "a",
            variant: "normalized",
            less: None,
            along,
            lines: Lines::HIDDEN_LAYERS,
        }
    }

    /// A normalized statistic of one side of linear maps.
    pub const fn of_maps(statistic: &'static str, side: &'static str, along: Along) -> Self {
        Self {
            side,
            lines: Lines::MAPS,
            ..Self::of_layers(statistic, along)
        }
    }

    /// A statistic of the weights that make hidden layers.
    pub const fn of_weights(statistic: &'static str, along: Along) -> Self {
        Self {
            side: "",
            variant: "",
            lines: Lines::INTO_LAYERS,
            ..Self::of_layers(statistic, along)
        }
    }

    /// The same of another statistic.
    pub const fn statistic(self, statistic: &'static str) -> Self {
        Self { statistic, ..self }
    }

    /// The same of another side.
    pub const fn side(self, side: &'static str) -> Self {
        Self { side, ..self }
    }

    /// The same of another variant.
    pub const fn variant(self, variant: &'static str) -> Self {
        Self { variant, ..self }
    }

    /// The same of other lines.
    pub const fn lines(self, lines: Lines) -> Self {
        Self { lines, ..self }
    }

    /// The same along another column.
    pub const fn along(self, along: Along) -> Self {
        Self { along, ..self }
    }

    /// Less the same quantity of another variant, network by network.
    pub const fn less(self, variant: &'static str) -> Self {
        Self {
            less: Some(variant),
            ..self
        }
    }

    /// All lines together, without what is 1 by definition.
    pub fn all<'t>(self, table: &'t Table<'t>) -> Select<'t> {
        let select = table.select().statistic(self.statistic).side(self.side);
        let select = select.filter(move |row| self.lines.has(row) && !is_one_by_definition(row));
        let select = match self.along.is_step() {
            true => select,
            false => select.at_last_step(),
        };
        let own = select.clone().variant(self.variant);
        match self.less {
            None => own,
            Some(other) => own.minus(&select.variant(other)),
        }
    }

    /// One line.
    pub fn line<'t>(self, table: &'t Table<'t>, line: u32) -> Select<'t> {
        self.all(table).layer(self.lines.map(line))
    }

    /// Every line: its number and what it shows.
    pub fn each<'t>(self, table: &'t Table<'t>) -> impl Iterator<Item = (u32, Select<'t>)> {
        let lines = self.lines.of(table);
        lines.map(move |line| (line, self.line(table, line)))
    }

    /// Every line with its name.
    pub fn named<'t>(self, table: &'t Table<'t>) -> Vec<(String, Select<'t>)> {
        let lines = self.each(table);
        lines
            .map(|(line, select)| (self.lines.name(line), select))
            .collect()
    }

    /// A panel: a series of means and intervals for each line, on the axis of correlations.
    pub fn panel(self, table: &Table<'_>, title: impl Into<String>) -> Panel {
        let curves = self.curves(table);
        self.along.panel(table, title, Axis::correlation(), &curves)
    }

    /// [`panel`](Self::panel) with the points of every seed, where there are several, lines shifted sideways.
    pub fn panel_of_seeds(self, table: &Table<'_>, title: impl Into<String>) -> Panel {
        if table.seeds().len() < 2 {
            // A dot would repeat its marker.
            return self.panel(table, title).dodged();
        }
        let (y, curves) = (Axis::correlation(), self.curves(table));
        self.along.panel_of_seeds(table, title, y, &curves).dodged()
    }

    /// Every line as it is drawn: its name is its number, and [`Lines::key`] says of what.
    pub fn curves<'t>(self, table: &'t Table<'t>) -> Vec<Curve<'t>> {
        let n = self.lines.of(table).count();
        let curves = self.each(table).enumerate();
        let curves = curves.map(|(k, (line, select))| {
            Curve::qualitative(line.to_string(), k, select).color(self.lines.color(k, n))
        });
        curves.collect()
    }

    /// A table of the report: a column for each line.
    pub fn markdown(self, table: &Table<'_>) -> String {
        self.along.markdown(table, self.named(table))
    }

    /// [`markdown`](Self::markdown) with this many decimals.
    pub fn markdown_to(self, decimals: usize, table: &Table<'_>) -> String {
        self.along.markdown_to(decimals, table, self.named(table))
    }

    /// The tables that every alpha needs, see [`alpha_sections`].
    pub fn alpha_sections(self, table: &Table<'_>) -> Vec<Section> {
        alpha_sections(table, &self.along.grid(), |of| {
            let select = of(self.relation()).side(self.side).at_last_step();
            let columns = self.lines.of(table).map(|line| Column {
                name: format!("layer {line}"),
                select: select.clone().layer(self.lines.map(line)),
            });
            columns.collect()
        })
    }

    /// `rga` of `alpha_rga`.
    fn relation(self) -> &'static str {
        self.statistic
            .split_once('_')
            .map_or("", |(_, relation)| relation)
    }

    /// Whether a row is shown: of an alpha also where it is off-diagonal or calibrated, in any variant.
    pub fn uses(self, row: &Row) -> bool {
        let (kind, relation) = row.statistic.split_once('_').unwrap_or_default();
        let alike = ["alpha", "offdiagonal", "calibrated"].contains(&kind)
            && self.statistic.starts_with("alpha_")
            && plain(relation) == plain(self.relation());
        (row.statistic == self.statistic || alike) && row.side == self.side && self.lines.has(row)
    }

    /// For each seed the mean over lines of a number that is made of one line; mean and interval over seeds.
    pub fn mean_of_lines(
        self,
        table: &Table<'_>,
        range: Range,
        of_line: impl Fn(&[(f64, f64)]) -> Option<f64>,
    ) -> Option<Estimate> {
        let lines = self.each(table);
        let lines: Vec<_> = lines.map(|line| line.1.seed_lines(self.along.of)).collect();
        table.over_seeds(range, |seed| {
            crate::claims::measures::mean(lines.iter().filter_map(|line| of_line(line.get(&seed)?)))
        })
    }

    /// Mean and interval over seeds of a number that is made of all lines, each with its mean over the rows that `narrow`
    /// leaves; seeds that lack a line are passed over.
    pub fn across_lines<'t>(
        self,
        table: &'t Table<'t>,
        narrow: impl Fn(Select<'t>) -> Select<'t>,
        of_means: impl Fn(&[f64]) -> Option<f64>,
    ) -> Option<Estimate> {
        let lines = self.each(table);
        let means: Vec<_> = lines.map(|line| narrow(line.1).per_seed()).collect();
        table.over_seeds(Range::Real, |seed| {
            let means = means.iter().map(|of| of.get(&seed).copied());
            of_means(&means.collect::<Option<Vec<f64>>>()?)
        })
    }

    /// The numbers of one seed beside those of another view in the same network and line.
    pub fn pairs(self, other: Self, table: &Table<'_>, seed: u64) -> Vec<(f64, f64)> {
        let pairs = self.each(table).flat_map(|(line, select)| {
            let pairs = select.seed(seed).beside(&other.line(table, line));
            pairs.into_iter().map(|(_, ours, other)| (ours, other))
        });
        pairs.collect()
    }

    /// Mean and interval over seeds of Spearman's rho between two views, lines and their points pooled.
    pub fn rank_correlation(self, other: Self, table: &Table<'_>) -> Option<Estimate> {
        table.over_seeds(Range::Correlation, |seed| {
            let (x, y): (Vec<f64>, Vec<f64>) = self.pairs(other, table, seed).into_iter().unzip();
            spearman(&x, &y)
        })
    }

    /// The same within each value of the column, then averaged: what the column does to both views is no part of it.
    pub fn rank_correlation_within(self, other: Self, table: &Table<'_>) -> Option<Estimate> {
        let values = table.select().distinct(self.along.of);
        table.over_seeds(Range::Correlation, |seed| {
            let at = |x: f64| {
                let here = |row: &Row| (self.along.of)(row) == x;
                let pairs = self.each(table).flat_map(|(line, select)| {
                    let here = select.seed(seed).filter(here);
                    here.beside(&other.line(table, line))
                });
                let (x, y): (Vec<f64>, Vec<f64>) = pairs.map(|(_, x, y)| (x, y)).unzip();
                spearman(&x, &y)
            };
            crate::claims::measures::mean(values.iter().filter_map(|x| at(*x)))
        })
    }

    /// The lowest line among the rows that `narrow` leaves: `0.31 in map 2`.
    pub fn lowest<'t>(
        self,
        table: &'t Table<'t>,
        narrow: impl Fn(Select<'t>) -> Select<'t>,
    ) -> String {
        let values = self
            .each(table)
            .filter_map(|(line, select)| Some((line, narrow(select).estimate()?.value)));
        let lowest = values.min_by(|a, b| a.1.total_cmp(&b.1));
        lowest.map_or("none".to_owned(), |(line, value)| {
            format!("{value:.2} in {}", self.lines.name(line))
        })
    }
}

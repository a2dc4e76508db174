//! Tables of a report: a row for each x, a column for each layer.

use super::{Row, Select, Table};
use crate::Section;
use crate::report::{decimals, markdown_table, shown};

/// A column of a [`Grid`]: its heading and what it shows.
pub struct Column<'t> {
    /// The heading.
    pub name: String,
    /// What it shows.
    pub select: Select<'t>,
}

/// How tables of a figure are laid out.
pub struct Grid<'a> {
    /// What the rows are, such as `gamma`.
    pub x_name: &'a str,
    /// Their values.
    pub x: fn(&Row) -> f64,
    /// How a value is written.
    pub x_text: fn(f64) -> String,
    /// Decimals of the numbers.
    pub decimals: usize,
}

impl Grid<'_> {
    /// A table in Markdown: means over seeds with intervals; `-` where there is none.
    pub fn to_markdown(&self, table: &Table<'_>, columns: &[Column<'_>]) -> String {
        let seeds = table.seeds().len();
        let mut xs: Vec<f64> = columns
            .iter()
            .flat_map(|column| column.select.distinct(self.x))
            .collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        let mut header = vec![self.x_name.to_owned()];
        header.extend(columns.iter().map(|column| column.name.clone()));
        let found: Vec<_> = columns
            .iter()
            .map(|column| column.select.by_x(self.x))
            .collect();
        let rows = xs.into_iter().map(|x| {
            let mut cells = vec![(self.x_text)(x)];
            cells.extend(found.iter().map(|points| {
                let estimate = points
                    .iter()
                    .find(|point| point.0 == x)
                    .map(|point| point.1);
                shown(seeds, estimate, decimals(self.decimals))
            }));
            cells
        });
        markdown_table(&header, &rows.collect::<Vec<_>>())
    }
}

/// A column for each of these layers.
pub fn layer_columns<'t>(
    layers: impl IntoIterator<Item = u32>,
    select: impl Fn(u32) -> Select<'t>,
) -> Vec<Column<'t>> {
    let layers = layers.into_iter();
    let columns = layers.map(|layer| Column {
        name: format!("layer {layer}"),
        select: select(layer),
    });
    columns.collect()
}

/// The tables that every alpha needs: alpha, its null, off-diagonal entries only, calibrated, raw, centered. `columns` makes
/// the columns of one table from what the table shows of a relation (`rga`, `rwa`, `gwa`, `cross`).
pub fn alpha_sections<'t>(
    table: &'t Table<'t>,
    grid: &Grid<'_>,
    columns: impl Fn(&dyn Fn(&str) -> Select<'t>) -> Vec<Column<'t>>,
) -> Vec<Section> {
    let note = "Mean over seeds [its 95 % interval]; (n) where only n seeds have a value.";
    KINDS
        .into_iter()
        .map(|(title, text, prefix, variant, number)| {
            let shown = columns(&|relation: &str| {
                let statistic = format!("{prefix}_{relation}");
                let select = table.select().statistic(statistic).variant(variant);
                select.quantity(number)
            });
            let measured = shown
                .iter()
                .any(|column| !column.select.numbers().is_empty());
            let body = if measured {
                grid.to_markdown(table, &shown)
            } else {
                "Not measured.\n".to_owned()
            };
            Section::new(title, format!("{text} {note}\n\n{body}"))
        })
        .collect()
}

type Kind = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    fn(&Row) -> Option<f64>,
);

/// Title, text, prefix of the statistic, variant, number.
const KINDS: [Kind; 6] = [
    (
        "Alpha",
        "Normalized covariances: the series of the picture.",
        "alpha",
        "normalized",
        |row| row.value,
    ),
    (
        "What would unrelated matrices give?",
        "95 % quantile of alpha when one of the two matrices is rotated at random, its spectrum kept.",
        "alpha",
        "normalized",
        |row| row.null_q95,
    ),
    (
        "Is it the diagonal alone?",
        "Alpha over off-diagonal entries.",
        "offdiagonal",
        "normalized",
        |row| row.value,
    ),
    (
        "Calibrated alpha",
        "Alpha, moved and scaled so that 0 is the mean under random rotations and 1 stays 1.",
        "calibrated",
        "normalized",
        |row| row.value,
    ),
    (
        "Is it the normalisation? Raw",
        "The theory speaks of raw second moments, the experiments normalise and center. Alpha of raw second moments.",
        "alpha",
        "raw",
        |row| row.value,
    ),
    (
        "Is it the normalisation? Centered",
        "Alpha of covariances without normalisation.",
        "alpha",
        "centered",
        |row| row.value,
    ),
];

//! Tables of a report: a row for each x, a column for each layer.

use super::{Row, Select, Table};
use crate::claims::shown;
use crate::text::{decimals, markdown_table};
use crate::{Estimate, Section};

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
        self.markdown(table, columns, Centre::Mean)
    }

    fn markdown(&self, table: &Table<'_>, columns: &[Column<'_>], centre: Centre) -> String {
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
            .map(|column| centre.by_x(&column.select, self.x))
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

/// The tables that every alpha needs: alpha, as mean and as interquartile mean, its null, off-diagonal entries only, calibrated, raw, centered. `columns` makes
/// the columns of one table from what the table shows of a relation (`rga`, `rwa`, `gwa`, `cross`).
pub fn alpha_sections<'t>(
    table: &'t Table<'t>,
    grid: &Grid<'_>,
    columns: impl Fn(&dyn Fn(&str) -> Select<'t>) -> Vec<Column<'t>>,
) -> Vec<Section> {
    let section = |kind: &Kind| {
        let shown = columns(&|relation: &str| {
            let statistic = format!("{}_{relation}", kind.prefix);
            let select = table.select().statistic(statistic).variant(kind.variant);
            select.quantity(kind.number)
        });
        let measured = shown
            .iter()
            .any(|column| !column.select.numbers().is_empty());
        let body = if measured {
            grid.markdown(table, &shown, kind.centre)
        } else {
            "Not measured.\n".to_owned()
        };
        let (text, how) = (kind.text, kind.centre.in_words());
        let note = "(n) where only n seeds have a value.";
        Section::new(kind.title, format!("{text} {how}; {note}\n\n{body}"))
    };
    KINDS.iter().map(section).collect()
}

/// How the values of seeds become one number.
#[derive(Debug, Clone, Copy)]
enum Centre {
    Mean,
    Interquartile,
}

impl Centre {
    fn by_x(self, select: &Select<'_>, x: fn(&Row) -> f64) -> Vec<(f64, Estimate)> {
        match self {
            Self::Mean => select.by_x(x),
            Self::Interquartile => select.interquartile_by_x(x),
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Mean => "Mean over seeds [its 95 % interval, Student's t]",
            Self::Interquartile => {
                "Interquartile mean over seeds [its 95 % bootstrap interval over seeds, BCa: of five normal values it covers 90 %]"
            }
        }
    }
}

struct Kind {
    title: &'static str,
    text: &'static str,
    /// Of the statistic.
    prefix: &'static str,
    variant: &'static str,
    number: fn(&Row) -> Option<f64>,
    centre: Centre,
}

const KINDS: [Kind; 7] = [
    Kind {
        title: "Alpha",
        text: "Normalized covariances: the series of the picture.",
        prefix: "alpha",
        variant: "normalized",
        number: |row| row.value,
        centre: Centre::Mean,
    },
    Kind {
        title: "Does a seed decide?",
        text: "Alpha without the extreme quarters of the seeds.",
        prefix: "alpha",
        variant: "normalized",
        number: |row| row.value,
        centre: Centre::Interquartile,
    },
    Kind {
        title: "What would unrelated matrices give?",
        text: "95 % quantile of alpha when one of the two matrices is rotated at random, its spectrum kept.",
        prefix: "alpha",
        variant: "normalized",
        number: |row| row.null_q95,
        centre: Centre::Mean,
    },
    Kind {
        title: "Is it the diagonal alone?",
        text: "Alpha over off-diagonal entries.",
        prefix: "offdiagonal",
        variant: "normalized",
        number: |row| row.value,
        centre: Centre::Mean,
    },
    Kind {
        title: "Calibrated alpha",
        text: "Alpha, moved and scaled so that 0 is the mean under random rotations and 1 stays 1.",
        prefix: "calibrated",
        variant: "normalized",
        number: |row| row.value,
        centre: Centre::Mean,
    },
    Kind {
        title: "Is it the normalisation? Raw",
        text: "The theory speaks of raw second moments, the experiments normalise and center. Alpha of raw second moments.",
        prefix: "alpha",
        variant: "raw",
        number: |row| row.value,
        centre: Centre::Mean,
    },
    Kind {
        title: "Is it the normalisation? Centered",
        text: "Alpha of covariances without normalisation.",
        prefix: "alpha",
        variant: "centered",
        number: |row| row.value,
        centre: Centre::Mean,
    },
];

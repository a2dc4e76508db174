//! Tables of a report: a row for each x, a column for each layer.

use super::{Row, Select, Table};
use crate::claims::shown;
use crate::text::{crossed, decimals};
use crate::{Centre, Section};

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
        let columns = columns
            .iter()
            .map(|column| (column.name.clone(), column.select.by_x(self.x)));
        let rows = xs.into_iter().map(|x| ((self.x_text)(x), x));
        crossed(
            self.x_name,
            rows,
            &columns.collect::<Vec<_>>(),
            |x, points| {
                let here = points.iter().find(|point| point.0 == *x);
                shown(seeds, here.map(|point| point.1), decimals(self.decimals))
            },
        )
    }
}

/// A table with a row for each weight decay and a column for each linear map; `fill` makes its cells.
pub(crate) fn by_weight_decay_and_map(
    weight_decays: &[f64],
    maps: &[u32],
    fill: impl Fn(f64, u32) -> String,
) -> String {
    let maps = maps.iter().map(|&map| (format!("map {map}"), map));
    let rows = weight_decays
        .iter()
        .map(|&value| (format!("{value:.3e}"), value));
    crossed("gamma", rows, &maps.collect::<Vec<_>>(), |&value, &map| {
        fill(value, map)
    })
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
            select.quantity(kind.number).centre(kind.centre)
        });
        let measured = shown
            .iter()
            .any(|column| !column.select.numbers().is_empty());
        let body = if measured {
            grid.to_markdown(table, &shown)
        } else {
            "Not measured.\n".to_owned()
        };
        let (text, how) = (kind.text, in_words(kind.centre));
        let note = "(n) where only n seeds have a value.";
        Section::new(kind.title, format!("{text} {how}; {note}\n\n{body}"))
    };
    KINDS.iter().map(section).collect()
}

fn in_words(centre: Centre) -> &'static str {
    match centre {
        Centre::Mean => "Mean over seeds [its 95 % interval, Student's t]",
        Centre::Geometric => "Geometric mean over seeds [its 95 % interval]",
        Centre::Interquartile => {
            "Interquartile mean over seeds [its 95 % bootstrap interval over seeds, BCa: of five normal values it covers 90 %]"
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

impl Kind {
    /// The mean of a statistic.
    const fn new(
        title: &'static str,
        text: &'static str,
        prefix: &'static str,
        variant: &'static str,
    ) -> Self {
        Self {
            title,
            text,
            prefix,
            variant,
            number: |row| row.value,
            centre: Centre::Mean,
        }
    }
}

const KINDS: [Kind; 7] = [
    Kind::new(
        "Alpha",
        "Normalized covariances: the series of the picture.",
        "alpha",
        "normalized",
    ),
    Kind {
        centre: Centre::Interquartile,
        ..Kind::new(
            "Does a seed decide?",
            "Alpha without the extreme quarters of the seeds.",
            "alpha",
            "normalized",
        )
    },
    Kind {
        number: |row| row.null_q95,
        ..Kind::new(
            "What would unrelated matrices give?",
            "95 % quantile of alpha when one of the two matrices is rotated at random, its spectrum kept.",
            "alpha",
            "normalized",
        )
    },
    Kind::new(
        "Is it the diagonal alone?",
        "Alpha over off-diagonal entries.",
        "offdiagonal",
        "normalized",
    ),
    Kind::new(
        "Calibrated alpha",
        "Alpha, moved and scaled so that 0 is the mean under random rotations and 1 stays 1.",
        "calibrated",
        "normalized",
    ),
    Kind::new(
        "Is it the normalisation? Raw",
        "The theory speaks of raw second moments, the experiments normalise and center. Alpha of raw second moments.",
        "alpha",
        "raw",
    ),
    Kind::new(
        "Is it the normalisation? Centered",
        "Alpha of covariances without normalisation.",
        "alpha",
        "centered",
    ),
];

//! Tables of a report: a row for each x, a column for each layer.

use super::{Row, Select, Table, plain};
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
}

impl Grid<'_> {
    /// A table in Markdown: means over seeds with intervals, in so many decimals; `-` where there is none.
    pub fn to_markdown(&self, digits: usize, table: &Table<'_>, columns: &[Column<'_>]) -> String {
        let seeds = table.seeds().len();
        let xs = columns
            .iter()
            .flat_map(|column| column.select.distinct(self.x));
        let mut xs: Vec<f64> = xs.collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        let rows = xs.into_iter().map(|x| ((self.x_text)(x), x));
        let columns = columns
            .iter()
            .map(|column| (column.name.clone(), column.select.by_x(self.x)));
        crossed(
            self.x_name,
            rows,
            &columns.collect::<Vec<_>>(),
            |x, points| {
                let here = points.iter().find(|point| point.0 == *x);
                shown(seeds, here.map(|point| point.1), decimals(digits))
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

/// The tables that every alpha needs: alpha, as mean and as interquartile mean, its null, off-diagonal entries only, calibrated, raw, centered. `columns` makes
/// the columns of one table from what the table shows of a relation (`rga`, `rwa`, `gwa`, `cross`).
pub fn alpha_sections<'t>(
    table: &'t Table<'t>,
    grid: &Grid<'_>,
    columns: impl Fn(&dyn Fn(&str) -> Select<'t>) -> Vec<Column<'t>>,
) -> Vec<Section> {
    let section = |kind: &Kind| {
        let shown = columns(&|relation: &str| {
            // Entries off the diagonal have no null of their own.
            let relation = if kind.prefix == "offdiagonal" {
                plain(relation)
            } else {
                relation
            };
            let statistic = format!("{}_{relation}", kind.prefix);
            let select = table.select().statistic(statistic).variant(kind.variant);
            select.quantity(kind.number).centre(kind.centre)
        });
        let measured = shown
            .iter()
            .any(|column| !column.select.numbers().is_empty());
        let body = if measured {
            grid.to_markdown(3, table, &shown)
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
        Centre::Mean => "Mean over seeds [its 95 % interval]",
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

/// Alpha of normalized covariances, mean over seeds.
const ALPHA: Kind = Kind {
    title: "Alpha",
    text: "Normalized covariances: the series of the picture.",
    prefix: "alpha",
    variant: "normalized",
    number: |row| row.value,
    centre: Centre::Mean,
};

const KINDS: [Kind; 7] = [
    ALPHA,
    Kind {
        title: "Does a seed decide?",
        text: "Alpha without the extreme quarters of the seeds.",
        centre: Centre::Interquartile,
        ..ALPHA
    },
    Kind {
        title: "What would unrelated matrices give?",
        text: "95 % quantile of alpha when one of the two matrices is rotated at random, its spectrum kept; of RWA b and GWA a, when the moment on the other side of the map is, and is carried through the weight.",
        number: |row| row.null_q95,
        ..ALPHA
    },
    Kind {
        title: "Is it the diagonal alone?",
        text: "Alpha over off-diagonal entries.",
        prefix: "offdiagonal",
        ..ALPHA
    },
    Kind {
        title: "Calibrated alpha",
        text: "Alpha, moved and scaled so that 0 is the mean under random rotations and 1 stays 1.",
        prefix: "calibrated",
        ..ALPHA
    },
    Kind {
        title: "Is it the normalisation? Raw",
        text: "The theory speaks of raw second moments, the experiments normalise and center. Alpha of raw second moments.",
        variant: "raw",
        ..ALPHA
    },
    Kind {
        title: "Is it the normalisation? Centered",
        text: "Alpha of covariances without normalisation.",
        variant: "centered",
        ..ALPHA
    },
];

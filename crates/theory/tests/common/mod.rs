//! Reading the reference tables; see `tests/reference/README.md`.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use formant_theory::two_point::{Pair, Trajectory};

/// Two points at unit distance whose targets are \\(\sqrt{0.5}\\) apart: the paper's.
pub const PAIR: Pair = Pair { dx2: 1.0, dy2: 0.5 };

/// A CSV file with its header.
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A row that knows its columns.
#[derive(Clone, Copy)]
pub struct Row<'a>(&'a [String], &'a [String]);

impl Table {
    pub fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let mut lines = text
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect());
        Self {
            header: lines.next().unwrap(),
            rows: lines.collect(),
        }
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row(&self.header, row))
    }

    /// A column of the rows that are wanted.
    pub fn column(&self, name: &str, wanted: impl Fn(Row) -> bool) -> Vec<f64> {
        let rows = self.rows().filter(|row| wanted(*row));
        rows.map(|row| row.number(name)).collect()
    }
}

impl<'a> Row<'a> {
    pub fn text(&self, column: &str) -> &'a str {
        let at = self.0.iter().position(|name| name == column);
        &self.1[at.unwrap_or_else(|| panic!("no column {column}"))]
    }

    pub fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap()
    }
}

/// The run of a setting and seed, held for 3000 epochs if it stopped early because its loss was zero.
pub fn run(table: &Table, setting: &str, seed: &str) -> Trajectory {
    let of = |name| {
        table.column(name, |row| {
            row.text("setting") == setting && row.text("seed") == seed
        })
    };
    let run = Trajectory::with_epochs(of("epoch"), of("h2"), of("y2"), of("w")).unwrap();
    if setting == "adam" {
        run
    } else {
        run.extend_to(3000)
    }
}

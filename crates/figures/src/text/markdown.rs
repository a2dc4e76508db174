//! Sections and tables of Markdown.

use std::fmt::Write;
use std::iter;

/// How a column makes its cell of what a row stands for.
type ToCell<'c, R> = &'c dyn Fn(&R) -> String;

/// A heading and what stands under it, in Markdown.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub(crate) title: String,
    pub(crate) body: String,
}

impl Section {
    /// A section.
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            body: body.into(),
        }
    }

    /// A section of texts, each with a table below it.
    pub(crate) fn tables<T: AsRef<str>>(
        title: impl Into<String>,
        parts: impl IntoIterator<Item = (T, String)>,
    ) -> Self {
        let parts = parts.into_iter();
        let parts = parts.map(|(text, table)| format!("{}\n\n{table}", text.as_ref()));
        Self::new(title, parts.collect::<Vec<_>>().join("\n"))
    }

    /// A section with a text and a table below it.
    pub(crate) fn table(
        title: impl Into<String>,
        text: &str,
        header: impl IntoIterator<Item = impl Into<String>>,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Self {
        let header: Vec<String> = header.into_iter().map(Into::into).collect();
        let rows: Vec<Vec<String>> = rows.into_iter().collect();
        Self::new(
            title,
            format!("{text}\n\n{}", markdown_table(&header, &rows)),
        )
    }

    /// A section with a text and a table below it, whose columns make their cells of what each row stands for.
    pub(crate) fn of_columns<R>(
        title: impl Into<String>,
        text: &str,
        rows: impl IntoIterator<Item = R>,
        columns: &[(&str, ToCell<'_, R>)],
    ) -> Self {
        let rows = rows.into_iter();
        let rows = rows.map(|row| columns.iter().map(|column| (column.1)(&row)).collect());
        Self::table(title, text, columns.iter().map(|column| column.0), rows)
    }

    /// Sections under one heading.
    pub(crate) fn group(title: impl Into<String>, text: &str, sections: Vec<Self>) -> Self {
        let below = sections
            .into_iter()
            .map(|section| format!("\n### {}\n\n{}", section.title, section.body));
        Self::new(title, format!("{text}\n{}", below.collect::<String>()))
    }
}

pub(crate) fn plural(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

pub(crate) fn decimals(n: usize) -> impl Fn(f64) -> String {
    // Adding zero turns a negative zero into a plain one.
    move |value| format!("{:.n$}", value + 0.0)
}

/// A table in Markdown; cells are made safe.
pub(crate) fn markdown_table(header: &[impl AsRef<str>], rows: &[Vec<String>]) -> String {
    let mut text = line(header);
    let _ = writeln!(text, "|{}", " --- |".repeat(header.len()));
    text.extend(rows.iter().map(|row| line(row)));
    text
}

fn line(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text.as_ref())).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// A table in Markdown whose rows and columns have names; `fill` makes each cell of what its row and column stand for.
pub(crate) fn crossed<R, C>(
    corner: &str,
    rows: impl IntoIterator<Item = (String, R)>,
    columns: &[(String, C)],
    fill: impl Fn(&R, &C) -> String,
) -> String {
    let names = columns.iter().map(|column| column.0.clone());
    let header: Vec<String> = iter::once(corner.to_owned()).chain(names).collect();
    let rows = rows.into_iter().map(|(name, row)| {
        let cells = columns.iter().map(|column| fill(&row, &column.1));
        iter::once(name).chain(cells).collect()
    });
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

/// Text that does not end its cell.
pub(crate) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

//! The report as tables: of each subject a line, of each statistic a column.

use std::fmt::Display;
use std::mem::discriminant;

use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_alignment::{
    Description, Kind, LayerComparison, LayerReport, LayerSummary, Reading, RepresentationMeasure,
    SideRelation, Subject, describe,
};
use formant_moments::dump::UNFIT;
use formant_moments::{Side, Variant, printable};

use super::layer::Report;
use super::summary::{NAME, misfit, undefined};
use crate::output::Text;

/// A reading with its description.
#[derive(Clone, Copy)]
struct Described<'a> {
    reading: &'a Reading,
    about: &'static Description,
}

impl Described<'_> {
    /// The line of a table that it stands in.
    fn line(&self) -> (Subject, Option<Side>, Option<Variant>) {
        (self.about.subject, self.reading.side, self.reading.variant)
    }
}

/// A column of a table: a family of statistics, and whether any of its readings has a null.
struct Column {
    about: &'static Description,
    null: bool,
}

fn table(header: impl IntoIterator<Item = String>) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY)
        .set_header(header.into_iter().collect::<Vec<_>>());
    table
}

pub(super) fn right(text: impl Display) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// Whole numbers are shown as such where they count something.
pub(super) fn number(value: Option<f64>, kind: Kind) -> Cell {
    match value {
        None => right("undefined"),
        Some(value) if matches!(kind, Kind::Count | Kind::Label) && value.fract() == 0.0 => {
            right(value)
        }
        Some(value) => right(format!("{value:.3}")),
    }
}

/// All tables of one layer, if it has them.
pub(super) fn layer(report: &Report, out: &mut Text) {
    let Some(layer) = &report.layer else {
        return;
    };
    out.line(format!(
        "{}: {} -> {}, {} {}",
        printable(&layer.name, NAME),
        layer.d_a,
        layer.d_b,
        layer.samples,
        layer.sample_axis.name()
    ));
    if let Some(zero) = Some(zero_norms(&report.summary)).filter(|zero| !zero.is_empty()) {
        out.line(format!("samples of norm zero: {zero}"));
    }
    match report.linear_fit {
        Some(fit) if fit.residual <= UNFIT => {
            out.line(format!(
                "h_b is W h_a + constant, but for {:.1e}",
                fit.residual
            ));
        }
        _ => misfit(report).into_iter().for_each(|line| out.line(line)),
    }
    let known = layer.readings.iter().filter_map(|reading| {
        let about = describe(&reading.statistic)?;
        Some(Described { reading, about })
    });
    // Readings come side by side; a table has both sides.
    let mut tables: Vec<Vec<Described<'_>>> = Vec::new();
    for described in known {
        let kind = |described: &Described<'_>| discriminant(&described.about.subject);
        match tables
            .iter_mut()
            .find(|table| kind(&table[0]) == kind(&described))
        {
            Some(table) => table.push(described),
            None => tables.push(vec![described]),
        }
    }
    for readings in &tables {
        if readings[0].about.subject == Subject::Layer {
            out.line(whole(readings));
        } else {
            out.line(parts(readings));
        }
    }
    reasons(report, layer, out);
    out.line("");
}

/// Readings of one kind of subject: a line for each subject, side and variant, a column for each family.
fn parts(readings: &[Described<'_>]) -> Table {
    let (mut lines, mut columns) = (Vec::new(), Vec::<Column>::new());
    for described in readings {
        let (about, null) = (described.about, !described.reading.null.is_empty());
        match columns
            .iter_mut()
            .find(|column| column.about.family == about.family)
        {
            Some(column) => column.null |= null,
            None => columns.push(Column { about, null }),
        }
        if !lines.contains(&described.line()) {
            lines.push(described.line());
        }
    }
    let mut header = vec![String::new(); 2];
    for column in &columns {
        header.push(folded(&column.about.heading()));
        if column.null {
            header.extend(["null mean", "null 95 %"].map(String::from));
        }
    }
    let mut out = table(header);
    for line in lines {
        let (subject, side, variant) = line;
        let mut row = vec![
            Cell::new(subject_name(subject, side)),
            Cell::new(variant.map_or("", Variant::name)),
        ];
        for column in &columns {
            let found = readings
                .iter()
                .find(|found| found.about.family == column.about.family && found.line() == line);
            row.extend(cells(found, column.null));
        }
        out.add_row(row);
    }
    out
}

/// A long heading on two lines.
fn folded(heading: &str) -> String {
    let middle = heading.len() / 2;
    let spaces = heading.match_indices(' ').map(|(at, _)| at);
    match spaces.min_by_key(|at| at.abs_diff(middle)) {
        Some(at) if heading.len() > 15 => format!("{}\n{}", &heading[..at], &heading[at + 1..]),
        _ => heading.to_owned(),
    }
}

/// The cells of one reading, empty without it; two more if its column has a null.
fn cells(described: Option<&Described<'_>>, null: bool) -> Vec<Cell> {
    let mut cells = match described {
        None => vec![Cell::new(""); 3],
        Some(Described { reading, about }) => [reading.value, reading.null.mean, reading.null.q95]
            .map(|value| number(value, about.kind))
            .into(),
    };
    cells.truncate(if null { 3 } else { 1 });
    cells
}

/// Readings of the layer as a whole, one a line.
fn whole(readings: &[Described<'_>]) -> Table {
    let mut out = table(["", "value", "null mean"].map(Into::into));
    for Described { reading, about } in readings {
        let null = reading.null.mean;
        out.add_row([
            Cell::new(about.heading()),
            number(reading.value, about.kind),
            null.map_or_else(|| Cell::new(""), |null| number(Some(null), about.kind)),
        ]);
    }
    out
}

/// How many samples have norm zero, of the quantities of which some do, with their share.
pub(super) fn zero_norms(layer: &LayerSummary) -> String {
    let zero = layer.zero_norm;
    let of = [
        ("h_a", zero.h_a),
        ("h_b", zero.h_b),
        ("g_a", zero.g_a),
        ("g_b", zero.g_b),
    ];
    let some = of.into_iter().filter(|(_, count)| *count > 0);
    let some = some.map(|(name, count)| {
        let share = 100.0 * count as f64 / layer.samples as f64;
        format!("{name} {count} ({share:.1} %)")
    });
    some.collect::<Vec<_>>().join(", ")
}

/// Why there is no value where one could be.
fn reasons(report: &Report, layer: &LayerReport, out: &mut Text) {
    for (what, reason) in [
        ("phase", &layer.phases_reason),
        ("balance", &layer.balance_refused),
        ("neural collapse", &layer.neural_collapse_refused),
        (
            "nc3, nc4, nc2_weight and loss_isotropy",
            &report.classifier_reason,
        ),
    ] {
        if let Some(reason) = reason {
            out.line(format!("no {what}: {reason}"));
        }
    }
    for refused in &layer.power_laws_refused {
        let (x, y) = (refused.x, refused.y);
        out.line(format!("no power law of {y} in {x}: {}", refused.reason));
    }
}

/// How the layers' representations compare, a pair a line.
pub(super) fn similarity(pairs: &[LayerComparison], out: &mut Text) {
    if pairs.is_empty() {
        return;
    }
    let mut header = vec!["h_a of".to_owned(), "and".to_owned()];
    header.extend(RepresentationMeasure::BASIS_FREE.map(|measure| {
        let kind = match measure.description().kind {
            Kind::Distance => "distance",
            _ => "similarity",
        };
        format!("{} ({kind})", measure.name())
    }));
    let mut table = table(header);
    for pair in pairs.chunk_by(|one, next| (&one.x, &one.y) == (&next.x, &next.y)) {
        let mut row = [&pair[0].x, &pair[0].y]
            .map(|name| Cell::new(printable(name, NAME)))
            .to_vec();
        row.extend(pair.iter().map(|found| number(found.value, found.kind)));
        table.add_row(row);
    }
    out.line(table);
    undefined(pairs, out);
    out.line("");
}

fn subject_name(subject: Subject, side: Option<Side>) -> String {
    match (subject, side) {
        (Subject::Relation(relation), Some(side)) => {
            let name = relation.name().to_uppercase();
            format!("{name}  {}", SideRelation::new(side, relation).matrices())
        }
        (Subject::Relation(relation), None) => relation.name().to_uppercase(),
        (Subject::Matrix(matrix), Some(side)) => matrix.on(side),
        (Subject::Matrix(_), None) => "W".into(),
        (Subject::CrossMoment, side) => {
            let side = side.map_or("", Side::name);
            format!("g_{side} h_{side}")
        }
        (Subject::Pair(x, y), _) => format!("{y} ~ {x}^p"),
        (Subject::Layer, _) => "layer".into(),
    }
}

//! The legend below the panels: colours and shapes, then every other sign that is drawn.

use super::marks::{Guide, GuideLine};
use super::panel::{Legend, Panel};
use super::{Chart, GREY, Interval, Line, Series};
use crate::chart::picture::{Canvas, Face, Marker};

pub(crate) const NULL_FILL: &str = "#dedede";
pub(super) const NULL_LINE: &str = "#6b6b6b";
/// The height of a line and the size of its text, in pixels.
type Lettering = (f64, u32);
/// Of the legend below all panels.
const LARGE: Lettering = (24.0, 13);
/// Of a legend below a panel.
const SMALL: Lettering = (17.0, 11);
/// Room for a sign left of its text.
const SIGN: f64 = 26.0;
/// How far the further lines of a text without a sign are indented.
const HANG: f64 = 14.0;

/// What stands left of an entry's text.
#[derive(Debug, Clone, PartialEq)]
enum Sign {
    Nothing,
    Series(Box<Series>),
    Bar,
    Band,
    SeedLines,
    SeedDots,
    Null,
    Open,
    Guide(Box<Guide>),
}

/// A sign with its text.
type Entry = (Sign, String);

/// A line of a legend: how far from the margin it begins, and its entries.
type Row = (f64, Vec<Entry>);

/// A legend, line by line.
pub(super) struct Lines(Vec<Row>, Lettering);

/// Roughly how wide a text is, in pixels.
pub(super) fn text_width(text: &str, size: u32) -> f64 {
    0.58 * f64::from(size) * text.chars().count() as f64
}

fn entry_width((sign, text): &Entry, size: u32) -> f64 {
    let room = match sign {
        Sign::Nothing => 8.0,
        _ => SIGN + 22.0,
    };
    room + text_width(text, size)
}

/// The legend of a chart, in lines that are at most `width` wide.
pub(super) fn of_chart(chart: &Chart, width: f64) -> Lines {
    let mut names: Vec<Entry> = Vec::new();
    if !chart.key.is_empty() {
        names.push((Sign::Nothing, format!("{}:", chart.key)));
    }
    names.extend(series(chart));
    let mut lines = wrapped(names, width, LARGE);
    if let Some((key, samples)) = &chart.second_key {
        let mut names = vec![(Sign::Nothing, format!("{key}:"))];
        names.extend(samples.iter().map(sample));
        lines.extend(wrapped(names, width, LARGE));
    }
    lines.extend(wrapped(guides(chart), width, LARGE));
    let notes = chart.notes.iter();
    let notes = notes.map(|note| (Sign::Nothing, note.clone()));
    let whole = signs(chart).into_iter().chain(notes);
    lines.extend(whole.flat_map(|entry| broken(entry, width, LARGE)));
    Lines(lines, LARGE)
}

/// An entry that has lines of its own, broken between words where it is too wide: what follows stands under the text, or a
/// little to the right of a text without a sign.
fn broken((sign, text): Entry, width: f64, (_, size): Lettering) -> Vec<Row> {
    let room = width - SIGN - entry_width(&(sign.clone(), String::new()), size);
    let mut texts: Vec<String> = Vec::new();
    // A number stays with its unit.
    for word in text.replace(" %", "\u{a0}%").split(' ') {
        let word = word.replace('\u{a0}', " ");
        match texts.last_mut() {
            Some(line) if text_width(line, size) + text_width(&word, size) < room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => texts.push(word),
        }
    }
    let under = if sign == Sign::Nothing { HANG } else { SIGN };
    let first = std::iter::once((0.0, sign));
    let rows = first.chain(std::iter::repeat((under, Sign::Nothing)));
    let rows = rows.zip(texts);
    rows.map(|((indent, sign), text)| (indent, vec![(sign, text)]))
        .collect()
}

/// Entries side by side, in as many lines as they need; those after the first stand beside the key that begins it, if any.
fn wrapped(entries: Vec<Entry>, width: f64, (_, size): Lettering) -> Vec<Row> {
    let key = entries.first().filter(|entry| entry.0 == Sign::Nothing);
    let beside = key.map_or(0.0, |key| entry_width(key, size));
    let mut lines: Vec<Row> = Vec::new();
    let mut used = f64::INFINITY;
    for entry in entries {
        let needed = entry_width(&entry, size);
        match lines.last_mut() {
            Some(line) if used + needed <= width => {
                used += needed;
                line.1.push(entry);
            }
            last => {
                let indent = if last.is_some() { beside } else { 0.0 };
                used = indent + needed;
                lines.push((indent, vec![entry]));
            }
        }
    }
    lines
}

/// One entry for each name, in order of appearance, of panels without a legend of their own.
fn series(chart: &Chart) -> Vec<Entry> {
    let panels = chart.panels.iter().map(|(panel, _)| panel);
    let shared = panels.filter(|panel| panel.legend == Legend::Shared);
    named(shared.flat_map(|panel| &panel.series))
}

/// The legend below a panel, in lines that are at most `width` wide; none where the chart's legend names its series.
pub(super) fn of_panel(panel: &Panel, width: f64) -> Lines {
    let lines = match panel.legend {
        Legend::Shared => Vec::new(),
        Legend::Own => wrapped(named(panel.series.iter()), width, SMALL),
    };
    Lines(lines, SMALL)
}

fn named<'a>(all: impl Iterator<Item = &'a Series>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for series in all {
        if !series.label.is_empty() && entries.iter().all(|(_, text)| *text != series.label) {
            entries.push(sample(series));
        }
    }
    entries
}

fn sample(series: &Series) -> Entry {
    let sample = Series {
        points: Vec::new(),
        seeds: Vec::new(),
        ..series.clone()
    };
    (Sign::Series(Box::new(sample)), series.label.clone())
}

fn guides(chart: &Chart) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for guide in chart.panels.iter().flat_map(|(panel, _)| &panel.guides) {
        if !guide.label.is_empty() && entries.iter().all(|(_, text)| *text != guide.label) {
            let sign = Sign::Guide(Box::new(guide.clone()));
            entries.push((sign, guide.label.clone()));
        }
    }
    entries
}

/// What intervals, thin lines, grey bands and open markers mean, where there are any.
fn signs(chart: &Chart) -> Vec<Entry> {
    let drawn = |on: &dyn Fn(&Panel) -> bool| chart.panels.iter().any(|(panel, _)| on(panel));
    let with_intervals = |kind: Interval| {
        drawn(&|panel| {
            let mut of_kind = panel.series.iter().filter(|s| s.interval == kind);
            of_kind.any(|s| s.points.iter().any(|point| point.1.interval().is_some()))
        })
    };
    let with_seeds = |dots: bool| {
        drawn(&|panel| {
            let as_dots = |series: &Series| series.line == Line::Apart || panel.dodge > 0.0;
            let mut with_seeds = panel.series.iter().filter(|s| !s.seeds.is_empty());
            with_seeds.any(|series| as_dots(series) == dots)
        })
    };
    let mean = "mean over seeds and its 95 % interval over seeds (Student's t or Fisher's z)";
    let new_run =
        "mean over seeds and the 95 % prediction interval of one new run, such as the paper's";
    let null = "null level, one of the two matrices rotated at random (if both contain W, before it goes through W): mean (dashed) to highest 95 % quantile (dotted) of what the panel shows";
    let open = "open markers, larger than ours: the paper's values, digitised (one run)";
    let dodged = "Points at one x are shifted sideways around it, so as not to hide each other.";
    let signs = [
        (Sign::Bar, mean, with_intervals(Interval::Bars)),
        (Sign::Bar, new_run, with_intervals(Interval::NewRun)),
        (Sign::Band, mean, with_intervals(Interval::Band)),
        (
            Sign::SeedLines,
            "thin lines: single seeds",
            with_seeds(false),
        ),
        (Sign::SeedDots, "small dots: single seeds", with_seeds(true)),
        (Sign::Null, null, drawn(&|panel| !panel.null.is_empty())),
        (
            Sign::Open,
            open,
            drawn(&|panel| !panel.reference.is_empty()),
        ),
        (Sign::Nothing, dodged, drawn(&|panel| panel.dodge > 0.0)),
    ];
    let drawn = signs.into_iter().filter(|sign| sign.2);
    drawn
        .map(|(sign, text, _)| (sign, text.to_owned()))
        .collect()
}

impl Lines {
    pub fn height(&self) -> f64 {
        self.1.0 * self.0.len() as f64
    }

    /// Draws the legend; its first line is centred on the height of the corner.
    pub fn draw(&self, canvas: &mut Canvas, corner: (f64, f64)) {
        let Self(lines, (height, size)) = self;
        for (k, (indent, entries)) in lines.iter().enumerate() {
            let y = corner.1 + height * k as f64;
            let mut x = corner.0 + indent;
            for entry in entries {
                let (kind, text) = entry;
                let indent = if *kind == Sign::Nothing { 0.0 } else { SIGN };
                sign(canvas, kind, (x + 8.0, y));
                let at = (x + indent, y + 0.35 * f64::from(*size));
                canvas.text(at, text, *size, GREY);
                x += entry_width(entry, *size);
            }
        }
    }
}

fn sign(canvas: &mut Canvas, sign: &Sign, at: (f64, f64)) {
    let (x, y) = at;
    let across = ((x - 13.0, y), (x + 13.0, y));
    match sign {
        Sign::Nothing => {}
        Sign::Series(series) => {
            let dashes = (series.line == Line::Dashed).then_some("5 3");
            if series.line != Line::Apart {
                canvas.line(across.0, across.1, &series.color, 1.8, dashes);
            }
            if let Some(marker) = series.marker {
                canvas.marker(marker, Face::Filled, at, 4.6, &series.color);
            }
        }
        Sign::Bar => {
            canvas.error_bar((x, y + 8.0), (x, y - 8.0), GREY);
            canvas.marker(Marker::Circle, Face::Filled, at, 4.0, GREY);
        }
        Sign::Band => {
            canvas.rect((x - 13.0, y - 6.0), (26.0, 12.0), "#d5d5d5");
            canvas.line(across.0, across.1, GREY, 1.8, None);
        }
        Sign::SeedLines => canvas.line(across.0, across.1, "#9a9a9a", 0.7, None),
        Sign::SeedDots => {
            for (dx, dy) in [(-6.0, -3.0), (0.0, 3.0), (6.0, -1.0)] {
                canvas.dot((x + dx, y + dy), 1.5, GREY, 0.6);
            }
        }
        Sign::Null => {
            canvas.rect((x - 13.0, y - 6.0), (26.0, 12.0), NULL_FILL);
            for (dy, dashes) in [(6.0, "8 4"), (-6.0, "2 4")] {
                let (from, to) = ((x - 13.0, y + dy), (x + 13.0, y + dy));
                canvas.line(from, to, NULL_LINE, 1.2, Some(dashes));
            }
        }
        Sign::Open => canvas.marker(Marker::Circle, Face::Open, at, 7.0, GREY),
        Sign::Guide(guide) => {
            let (from, to) = match guide.line {
                GuideLine::Vertical(_) => ((x, y - 9.0), (x, y + 9.0)),
                _ => across,
            };
            canvas.line(from, to, &guide.color, 1.3, Some(&guide.dashes));
        }
    }
}

//! Charts: panels in a grid, made from data, with one legend below that hides nothing.
//!
//! ```
//! use formant_figures::chart::{Axis, Chart, Panel, Series, draw, palette};
//! use formant_figures::Estimate;
//!
//! let points = [(1e-5, 0.2), (1e-4, 0.7)].map(|(x, y)| (x, Estimate::without_interval(y, 1)));
//! let panel = Panel::new("α of layer 1", Axis::log("weight decay γ"), Axis::linear("").reaching([0.0, 1.0]))
//!     .series([Series::new("1", palette::layer(0, 5), points)]);
//! let chart = Chart::new("A title", "task, seeds, steps").key("hidden layer").tiles(2, vec![panel]);
//! assert!(draw(&chart)?.svg.contains("hidden layer"));
//! # Ok::<(), formant_figures::FigureError>(())
//! ```

/// Methods that give a value back with another value of one of its fields.
macro_rules! setters {
    ($($(#[$about:meta])* fn $name:ident($field:ident: $kind:ty);)*) => {$(
        $(#[$about])*
        #[must_use]
        pub fn $name(mut self, $field: $kind) -> Self {
            self.$field = $field.into();
            self
        }
    )*};
}

/// Methods that give a value back with more items in one of its fields.
macro_rules! adders {
    ($($(#[$about:meta])* fn $name:ident($field:ident: $item:ty);)*) => {$(
        $(#[$about])*
        #[must_use]
        pub fn $name(mut self, $field: impl IntoIterator<Item = $item>) -> Self {
            self.$field.extend($field);
            self
        }
    )*};
}

mod axis;
pub(crate) mod dashes;
mod heat;
mod legend;
mod marks;
mod names;
pub mod palette;
mod panel;
pub(crate) mod picture;
mod window;

pub use axis::{Axis, Scale};
pub use heat::{Form, Heat, Numbers, Places};
pub use marks::{Cell, Guide, GuideLine, NullPoint, Reference};
pub use panel::{Panel, Place};
pub use picture::{Marker, Picture};

#[cfg(test)]
pub(crate) use legend::NULL_FILL;

use crate::chart::picture::Canvas;
use crate::{Estimate, FigureError};

/// How the uncertainty of a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// A bar with caps at each point.
    Bars,
    /// The same, where the interval is that of one new run rather than of the mean.
    NewRun,
    /// A band along the line: for many points.
    Band,
    /// Not at all.
    Hidden,
}

/// Whether the points of a series are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// By straight lines.
    Joined,
    /// By dashed straight lines.
    Dashed,
    /// Not at all: a scatter.
    Apart,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend; series of one name in several panels share an entry.
    pub label: String,
    /// CSS colour.
    pub color: String,
    /// Shape of the points; `None` draws the line alone.
    pub marker: Option<Marker>,
    /// Whether points are joined.
    pub line: Line,
    /// How intervals are drawn.
    pub interval: Interval,
    /// x and the estimate of y.
    pub points: Vec<(f64, Estimate)>,
    /// The lines of single seeds: drawn thin where points are joined, else as small dots.
    pub seeds: Vec<Vec<(f64, f64)>>,
    /// Points that are shown and do not count: small open markers.
    pub hollow: Vec<(f64, f64)>,
}

impl Series {
    /// A joined series of filled circles with bars.
    pub fn new(
        label: impl Into<String>,
        color: impl Into<String>,
        points: impl IntoIterator<Item = (f64, Estimate)>,
    ) -> Self {
        Self {
            label: label.into(),
            color: color.into(),
            marker: Some(Marker::Circle),
            line: Line::Joined,
            interval: Interval::Bars,
            points: points.into_iter().collect(),
            seeds: Vec::new(),
            hollow: Vec::new(),
        }
    }

    /// A scatter of single values.
    pub fn scatter(
        label: impl Into<String>,
        color: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        let points = points.into_iter();
        let points = points.map(|(x, y)| (x, Estimate::without_interval(y, 1)));
        Self {
            line: Line::Apart,
            ..Self::new(label, color, points)
        }
    }

    setters! {
        /// Another name.
        fn named(label: impl Into<String>);
        /// Another shape; `None` for no points.
        fn marker(marker: impl Into<Option<Marker>>);
        /// Another way of joining.
        fn line(line: Line);
        /// Another way of drawing intervals.
        fn interval(interval: Interval);
    }

    adders! {
        /// Points that are shown and do not count.
        fn hollow(hollow: (f64, f64));
    }

    /// The lines of single seeds.
    #[must_use]
    pub fn seeds(mut self, seeds: impl IntoIterator<Item = Vec<(f64, f64)>>) -> Self {
        self.seeds = seeds.into_iter().collect();
        self
    }
}

/// A whole figure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chart {
    title: String,
    subtitle: String,
    key: String,
    second_key: Option<(String, Vec<Series>)>,
    notes: Vec<String>,
    columns: usize,
    row_height: f64,
    panels: Vec<(Panel, Place)>,
    hover: bool,
}

const WIDTH: f64 = 1120.0;
const EDGE: f64 = 20.0;
const TOP: f64 = 66.0;
const GREY: &str = "#444444";

impl Chart {
    /// A chart without panels. The subtitle says task, seeds, steps and preset.
    pub fn new(title: impl Into<String>, subtitle: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: subtitle.into(),
            columns: 1,
            row_height: 300.0,
            ..Self::default()
        }
    }

    setters! {
        /// What the colours stand for, such as `hidden layer` or `weight decay γ`: written before the legend's entries.
        fn key(key: impl Into<String>);
        /// The height of a row of panels in pixels.
        fn row_height(row_height: f64);
    }

    /// What shapes stand for where colours stand for something else: samples with their labels.
    #[must_use]
    pub fn second_key(mut self, key: impl Into<String>, samples: Vec<Series>) -> Self {
        self.second_key = Some((key.into(), samples));
        self
    }

    /// A line below the legend.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The SVG says the value of what the pointer is over: for pages, at twice the size.
    #[must_use]
    pub fn hover(mut self) -> Self {
        self.hover = true;
        self
    }

    /// Panels of one size, row by row.
    #[must_use]
    pub fn tiles(mut self, columns: usize, panels: Vec<Panel>) -> Self {
        self.columns = columns.max(1);
        let places = (0..).map(|k| Place::at(k % self.columns, k / self.columns));
        self.panels = panels.into_iter().zip(places).collect();
        self
    }

    /// One large panel at the left and small ones in a column to its right.
    #[must_use]
    pub fn headline(mut self, main: Panel, small: Vec<Panel>) -> Self {
        self.columns = 5;
        let rows = small.len().max(1);
        let rows_height = if rows == 1 { 440.0 } else { 640.0 };
        self.row_height = rows_height / rows as f64;
        let columns = if small.is_empty() { 5 } else { 3 };
        let small = small.into_iter().enumerate();
        let small = small.map(|(k, panel)| (panel, Place::at(3, k).over(2, 1)));
        let main = (main, Place::at(0, 0).over(columns, rows));
        self.panels = [main].into_iter().chain(small).collect();
        self
    }

    /// Panels where the caller puts them in a grid of so many columns.
    #[must_use]
    pub fn placed(mut self, columns: usize, panels: Vec<(Panel, Place)>) -> Self {
        self.columns = columns.max(1);
        self.panels = panels;
        self
    }

    fn rows(&self) -> usize {
        let ends = self.panels.iter().map(|(_, place)| place.row + place.rows);
        ends.max().unwrap_or(0)
    }
}

/// Draws a chart.
///
/// # Errors
///
/// [`FigureError::Draw`] when the PNG cannot be made.
pub fn draw(chart: &Chart) -> Result<Picture, FigureError> {
    let panels_end = TOP + chart.rows() as f64 * chart.row_height;
    let legend = legend::of_chart(chart, WIDTH - 2.0 * EDGE - 40.0);
    let mut canvas = Canvas::new(WIDTH, panels_end + legend.height() + 18.0);
    canvas.hover = chart.hover;
    canvas.text((EDGE, 30.0), &chart.title, 19, "black");
    canvas.text((EDGE, 53.0), &chart.subtitle, 13, GREY);
    let column = (WIDTH - 2.0 * EDGE) / chart.columns as f64;
    for (panel, place) in &chart.panels {
        let in_pixels =
            |across: usize, down: usize| (across as f64 * column, down as f64 * chart.row_height);
        let (left, top) = in_pixels(place.column, place.row);
        let (corner, size) = (
            (EDGE + left, TOP + top),
            in_pixels(place.columns, place.rows),
        );
        window::draw(&mut canvas, panel, corner, size);
    }
    legend.draw(&mut canvas, (EDGE + 20.0, panels_end + 20.0));
    canvas.finish()
}

#[cfg(test)]
mod tests;

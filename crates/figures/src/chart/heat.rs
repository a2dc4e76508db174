//! Heat maps: a matrix as a field of colours, with a colour bar.

use super::legend::text_width;
use super::window::Window;
use super::{Axis, palette};
use crate::chart::picture::{Anchor, Canvas};

/// A matrix as a field of colours.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat {
    /// Entries row by row, the first row at the top; `None` is drawn grey.
    pub rows: Vec<Vec<Option<f64>>>,
    /// The values at the dark and at the light end of the colours; values beyond get the colour of the end.
    pub ends: (f64, f64),
    /// The form of an entry.
    pub form: Form,
    /// Whether each entry is written in its field.
    pub numbers: Numbers,
    /// How values become colours: linear or logarithmic, with ticks along the bar.
    pub scale: Axis,
}

/// The form of a heat map's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Square fields, for matrices with one index for both axes.
    Square,
    /// Fields that fill the panel.
    Filling,
}

/// What stands in a heat map's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// The entry, to two significant digits.
    Shown,
    /// Nothing.
    Hidden,
}

/// Names along a side of a heat map: at which index (fractions stand between fields), from 0 at the left or top.
pub type Places = Vec<(f64, String)>;

/// Room right of a map for its bar.
const BAR_ROOM: f64 = 58.0;
const MISSING: &str = "#c9c9c9";
/// So many colours; fields of one colour are one shape, which keeps pictures of large matrices small.
const LEVELS: usize = 128;

impl Heat {
    /// A map of square fields without numbers, its colours spread between `ends`.
    pub fn new(rows: Vec<Vec<Option<f64>>>, ends: (f64, f64)) -> Self {
        Self {
            rows,
            ends,
            form: Form::Square,
            numbers: Numbers::Hidden,
            scale: Axis::linear(""),
        }
    }

    setters! {
        /// Another form.
        fn form(form: Form);
        /// With or without numbers.
        fn numbers(numbers: Numbers);
        /// Another scale. On a logarithmic one entries that are not above 0 get the dark end.
        fn scale(scale: Axis);
    }

    fn across(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The axes of a map with names at these places.
    pub(super) fn axes(
        &self,
        (x_label, across): (&str, Places),
        (y_label, down): (&str, Places),
    ) -> (Axis, Axis) {
        let last = self.rows.len() as f64 - 1.0;
        let up = down
            .into_iter()
            .map(|(place, name)| (last - place, name))
            .collect();
        let axis = |label, marks, n: usize| {
            let ends = (-0.5, n.max(1) as f64 - 0.5);
            Axis::marked(label, marks).within(ends.0, ends.1)
        };
        (
            axis(x_label, across, self.across()),
            axis(y_label, up, self.rows.len()),
        )
    }

    /// Where a value lies between the ends, from 0 to 1; 0 where the ends are one.
    fn share(&self, value: f64) -> f64 {
        let [low, high, value] =
            [self.ends.0, self.ends.1, value].map(|value| self.scale.flat(value));
        let share = (value - low) / (high - low);
        if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    fn level(&self, value: Option<f64>) -> Option<usize> {
        let value = value.filter(|value| value.is_finite())?;
        Some((self.share(value) * (LEVELS - 1) as f64).round() as usize)
    }

    /// Draws fields and numbers.
    pub(super) fn draw(&self, canvas: &mut Canvas, window: &Window<'_>) {
        let mut fields: Vec<Vec<[f64; 4]>> = vec![Vec::new(); LEVELS + 1];
        let edges = Edges { heat: self, window };
        for (down, row) in self.rows.iter().enumerate() {
            let mut from = 0;
            while from < row.len() {
                let level = self.level(row[from]);
                let same = row[from..].iter().take_while(|v| self.level(**v) == level);
                let to = from + same.count();
                fields[level.unwrap_or(LEVELS)].push(edges.field(down, from, to));
                from = to;
            }
        }
        for (level, fields) in fields.iter().enumerate() {
            let color = if level == LEVELS {
                MISSING.to_owned()
            } else {
                level_color(level)
            };
            canvas.fields(fields, &color);
        }
        if self.numbers == Numbers::Shown {
            self.write(canvas, &edges);
        }
        if canvas.hover {
            self.point(canvas, &edges);
        }
    }

    /// What each field says where the pointer is over it.
    fn point(&self, canvas: &mut Canvas, edges: &Edges<'_>) {
        let panel = edges.window.panel;
        let last = self.rows.len() as f64 - 1.0;
        for (down, row) in self.rows.iter().enumerate() {
            for (across, value) in row.iter().enumerate() {
                let title = || {
                    let x = panel.x.name_of(across as f64);
                    let y = panel.y.name_of(last - down as f64);
                    let value = value.map_or("-".to_owned(), |value| format!("{value:.3}"));
                    format!("{y}, {x}: {value}")
                };
                canvas.titled(title, |canvas| {
                    canvas.pointed_at(edges.field(down, across, across + 1));
                });
            }
        }
    }

    fn write(&self, canvas: &mut Canvas, edges: &Edges<'_>) {
        for (down, row) in self.rows.iter().enumerate() {
            for (across, value) in row.iter().enumerate() {
                let text = value.map_or("-".to_owned(), two_digits);
                let [x, y, width, height] = edges.field(down, across, across + 1);
                let Some(size) = fitting(&text, width, edges.window.tick_size) else {
                    continue;
                };
                let ink = match self.level(*value) {
                    Some(level) if (level as f64) < 0.55 * LEVELS as f64 => "white",
                    _ => "black",
                };
                let at = (x + width / 2.0, y + height / 2.0 + 0.36 * f64::from(size));
                canvas.anchored_text(at, &text, size, ink, Anchor::Middle);
            }
        }
    }

    /// Draws the bar right of the map.
    pub(super) fn draw_bar(&self, canvas: &mut Canvas, window: &Window<'_>) {
        const WIDTH: f64 = 11.0;
        const STEPS: usize = 64;
        let (low, high) = self.ends;
        if low >= high {
            return;
        }
        let left = window.left + window.width + 10.0;
        for step in 0..STEPS {
            let share = (step as f64 + 0.5) / STEPS as f64;
            let height = window.height / STEPS as f64;
            let top = window.top + window.height - (step + 1) as f64 * height;
            // A little taller than its place: no seams between steps.
            canvas.rect(
                (left, top - 0.4),
                (WIDTH, height + 0.4),
                &palette::continuous(share),
            );
        }
        let size = window.tick_size;
        let most = (window.height / (2.6 * f64::from(size))) as usize;
        for (value, label) in self.scale.ticks(self.ends, most.clamp(2, 6)) {
            let y = window.top + (1.0 - self.share(value)) * window.height;
            canvas.line(
                (left + WIDTH, y),
                (left + WIDTH + 4.0, y),
                "black",
                0.8,
                None,
            );
            let at = (left + WIDTH + 6.0, y + 0.36 * f64::from(size));
            canvas.text(at, &label, size - 1, "black");
        }
    }
}

fn level_color(level: usize) -> String {
    palette::continuous(level as f64 / (LEVELS - 1) as f64)
}

/// Edges of fields in pixels, on half pixels: sharp in a PNG of twice the size.
struct Edges<'a> {
    heat: &'a Heat,
    window: &'a Window<'a>,
}

impl Edges<'_> {
    /// Left, top, width and height of the fields `from..to` of a row.
    fn field(&self, down: usize, from: usize, to: usize) -> [f64; 4] {
        let (window, heat) = (self.window, self.heat);
        let snapped = |at: f64| (2.0 * at).round() / 2.0;
        let x = |k: usize| snapped(window.left + k as f64 * window.width / heat.across() as f64);
        let y = |k: usize| snapped(window.top + k as f64 * window.height / heat.rows.len() as f64);
        [x(from), y(down), x(to) - x(from), y(down + 1) - y(down)]
    }
}

/// The largest size up to `most`, in pixels, at which a text fits a field of this width; `None` where it would be too small
/// to read.
fn fitting(text: &str, width: f64, most: u32) -> Option<u32> {
    let mut sizes = (8..=most).rev();
    sizes.find(|&size| text_width(text, size) <= 0.88 * width)
}

/// Two significant digits, without trailing noise: `0.31`, `0.0059`, `88`, `1.2e-5`.
fn two_digits(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !(1e-3..1e4).contains(&size) {
        format!("{value:.1e}")
    } else {
        let decimals = (1 - size.log10().floor() as i32).max(0) as usize;
        format!("{value:.decimals$}")
    }
}

/// Fits a panel's place to its map: margins for the bar, square fields.
pub(super) fn fitted(heat: &Heat, width: f64, height: f64) -> (f64, f64) {
    let width = width - BAR_ROOM;
    match heat.form {
        Form::Filling => (width, height),
        Form::Square => {
            let (across, down) = (heat.across().max(1) as f64, heat.rows.len().max(1) as f64);
            let field = (width / across).min(height / down);
            (field * across, field * down)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Panel, draw};

    fn svg(heat: Heat) -> String {
        let names = |n: usize| (0..n).map(|k| (k as f64, format!("item {k}"))).collect();
        let n = heat.rows.len();
        let panel = Panel::heat("h", heat, ("", names(n)), ("", names(n)));
        draw(&Chart::new("T", "S").tiles(2, vec![panel]))
            .unwrap()
            .svg
    }

    /// Rectangles of the map with their colours.
    fn fields(svg: &str) -> Vec<(f64, f64, String)> {
        let mut fields = Vec::new();
        for path in svg.split("<path").skip(1) {
            let part = |name: &str| path.split(&format!("{name}=\"")).nth(1)?.split('"').next();
            let color = part("fill").unwrap();
            for rectangle in part(" d").unwrap().split('M').skip(1) {
                let mut numbers = rectangle.split([' ', 'h']).filter_map(|t| t.parse().ok());
                fields.push((
                    numbers.next().unwrap(),
                    numbers.next().unwrap(),
                    color.to_owned(),
                ));
            }
        }
        fields
    }

    #[test]
    fn the_first_row_is_at_the_top_and_colours_follow_values() {
        let some = |rows: [[f64; 2]; 2]| rows.map(|row| row.map(Some).to_vec()).to_vec();
        let svg = svg(Heat::new(some([[0.0, 1.0], [0.5, 7.0]]), (0.0, 1.0)));
        let fields = fields(&svg);
        let at = |color: &str| {
            let mut of_color = fields.iter().filter(|field| field.2 == color);
            of_color.next().map(|field| (field.0, field.1)).unwrap()
        };
        let (dark, light) = (at(&palette::continuous(0.0)), at(&palette::continuous(1.0)));
        assert!(dark.0 < light.0 && (dark.1 - light.1).abs() < 1e-9);
        let middle = fields.iter().find(|field| field.1 > dark.1).unwrap();
        assert_eq!(middle.2, level_color(64));
        let clipped = fields
            .iter()
            .filter(|field| field.2 == palette::continuous(1.0));
        assert_eq!(clipped.count(), 2, "a value beyond the end has its colour");
    }

    #[test]
    fn missing_entries_are_grey_and_numbers_are_written() {
        let rows = vec![vec![None, Some(0.314)], vec![Some(88.61), Some(0.00591)]];
        let svg = svg(Heat::new(rows, (0.0, 100.0)).numbers(Numbers::Shown));
        assert!(fields(&svg).iter().any(|field| field.2 == MISSING));
        for text in [">0.31<", ">89<", ">0.0059<", ">-<", ">item 1<"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn a_map_without_range_or_entries_draws() {
        for rows in [vec![], vec![vec![Some(1.0)]], vec![vec![Some(f64::NAN)]]] {
            let svg = svg(Heat::new(rows, (1.0, 1.0)));
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }

    #[test]
    fn runs_of_one_colour_are_one_rectangle() {
        let svg = svg(Heat::new(vec![vec![Some(0.3); 100]; 100], (0.0, 1.0)));
        assert_eq!(fields(&svg).len(), 100, "one a row");
    }

    #[test]
    fn on_a_logarithmic_scale_equal_ratios_are_equal_steps() {
        let entry = |value| {
            let heat = Heat::new(vec![vec![Some(value)]], (0.01, 1.0)).scale(Axis::log(""));
            heat.level(Some(value)).unwrap()
        };
        assert_eq!([0.01, 0.1, 1.0].map(entry), [0, 64, LEVELS - 1]);
        assert_eq!(
            [0.0, -0.3].map(entry),
            [0, 0],
            "not above zero: the dark end"
        );
    }

    #[test]
    fn two_digits_are_two() {
        let texts = [0.0, 0.30897, 0.00594, 88.65, 108.5, 1.05, 1.2e-5].map(two_digits);
        assert_eq!(texts, ["0", "0.31", "0.0059", "89", "108", "1.1", "1.2e-5"]);
    }
}

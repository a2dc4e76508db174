//! A panel on the canvas: axes, null level, guides, series, the paper's values.

use super::marks::{GuideLine, NullPoint};
use super::{Axis, GREY, Interval, Line, Panel, Scale, Series, heat, legend, names, palette};
use crate::chart::picture::{Anchor, Canvas, Face, Marker};

/// A panel with its place on the canvas.
pub(super) struct Window<'a> {
    pub(super) panel: &'a Panel,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    x: (f64, f64),
    y: (f64, f64),
    pub(super) tick_size: u32,
}

/// The length of a tick.
const TICK: f64 = 5.0;

pub(super) fn draw(canvas: &mut Canvas, panel: &Panel, corner: (f64, f64), size: (f64, f64)) {
    let tick_size = if size.0 > 500.0 { 13 } else { 11 };
    let (left, right, top) = (52.0, 16.0, 30.0);
    let legend = legend::of_panel(panel, size.0 - 16.0);
    let bottom = 46.0 + legend.height();
    let (width, height) = (size.0 - left - right, size.1 - top - bottom);
    let (width, height) = match &panel.heat {
        Some(heat) => heat::fitted(heat, width, height),
        None => (width, height),
    };
    let window = Window {
        panel,
        left: corner.0 + left,
        top: corner.1 + top,
        width,
        height,
        x: panel.x.fit(panel.x_values()),
        y: panel.y.fit_within(panel.y_points(), panel.y_intervals()),
        tick_size,
    };
    let title = (corner.0 + 8.0, corner.1 + 20.0);
    canvas.text(title, &panel.title, tick_size + 1, "black");
    canvas.open_clip((window.left, window.top), (window.width, window.height));
    window.null(canvas);
    window.guides(canvas);
    window.cells(canvas);
    if let Some(heat) = &panel.heat {
        heat.draw(canvas, &window);
    }
    canvas.close_clip();
    if let Some(heat) = &panel.heat {
        heat.draw_bar(canvas, &window);
    }
    window.axes(canvas);
    let below = (corner.0 + 14.0, window.top + window.height + 56.0);
    legend.draw(canvas, below);
    for (k, series) in panel.series.iter().enumerate() {
        window.series(canvas, k, series);
    }
    names::slopes(canvas, &window);
    for (k, reference) in panel.reference.iter().enumerate() {
        for &(x, y) in &reference.points {
            if let Some(at) = window.point(window.dodge(k, panel.reference.len(), x), y) {
                let radius = 1.65 * window.radius();
                canvas.marker(reference.marker, Face::Open, at, radius, &reference.color);
            }
        }
    }
}

impl Window<'_> {
    fn radius(&self) -> f64 {
        if self.width > 430.0 { 4.6 } else { 3.2 }
    }

    /// A place on the canvas; `None` where the axes have none.
    fn point(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let share = |axis: &Axis, ends: (f64, f64), value: f64| {
            let (low, high) = (axis.flat(ends.0), axis.flat(ends.1));
            axis.shows(value)
                .then(|| (axis.flat(value) - low) / (high - low))
        };
        let across = share(&self.panel.x, self.x, x)?;
        let up = share(&self.panel.y, self.y, y)?;
        let down = (1.0 - up) * self.height;
        Some((self.left + across * self.width, self.top + down))
    }

    /// x of the k-th of n series, moved sideways.
    fn dodge(&self, k: usize, n: usize, x: f64) -> f64 {
        let axis = &self.panel.x;
        if self.panel.dodge == 0.0 || !axis.shows(x) {
            return x;
        }
        let length = axis.flat(self.x.1) - axis.flat(self.x.0);
        let shift = self.panel.dodge * length * (k as f64 - (n as f64 - 1.0) / 2.0);
        axis.unflat(axis.flat(x) + shift)
    }

    fn cells(&self, canvas: &mut Canvas) {
        let line = f64::from(self.tick_size) + 3.0;
        for cell in &self.panel.cells {
            let (x, y) = (cell.at.0 as f64, cell.at.1 as f64);
            let corner = self.point(x - 0.47, y + 0.47);
            let Some((corner, end)) = corner.zip(self.point(x + 0.47, y - 0.47)) else {
                continue;
            };
            let size = (end.0 - corner.0, end.1 - corner.1);
            canvas.rect(corner, size, &cell.color);
            let first = corner.1 + (size.1 - line * cell.lines.len() as f64) / 2.0;
            for (k, text) in cell.lines.iter().enumerate() {
                let at = (corner.0 + size.0 / 2.0, first + line * (k as f64 + 0.8));
                canvas.anchored_text(at, text, self.tick_size, "black", Anchor::Middle);
            }
        }
    }

    fn axes(&self, canvas: &mut Canvas) {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        let corner = (self.left, bottom);
        canvas.line((self.left, self.top), corner, "black", 1.0, None);
        canvas.line(corner, (right, bottom), "black", 1.0, None);
        self.minor_ticks(canvas, bottom);
        self.across(canvas, bottom);
        self.up(canvas);
        let size = self.tick_size;
        let middle = self.left + self.width / 2.0;
        let at = (middle, bottom + 2.0 * f64::from(size) + 14.0);
        canvas.anchored_text(at, &self.panel.x.label, size, GREY, Anchor::Middle);
    }

    fn minor_ticks(&self, canvas: &mut Canvas, bottom: f64) {
        let length = 0.55 * TICK;
        for x in self.panel.x.minor_ticks(self.x) {
            if let Some((x, _)) = self.point(x, self.y.0) {
                canvas.line((x, bottom), (x, bottom + length), "black", 0.7, None);
            }
        }
        for y in self.panel.y.minor_ticks(self.y) {
            if let Some((_, y)) = self.point(self.x.0, y) {
                let (from, to) = ((self.left, y), (self.left - length, y));
                canvas.line(from, to, "black", 0.7, None);
            }
        }
    }

    /// Ticks of the horizontal axis.
    fn across(&self, canvas: &mut Canvas, bottom: f64) {
        let axis = &self.panel.x;
        let size = f64::from(self.tick_size);
        let most = (self.width / (5.2 * size)) as usize;
        let staggered = self.staggered();
        let mut free = f64::NEG_INFINITY;
        for (k, (x, label)) in axis.ticks(self.x, most).into_iter().enumerate() {
            let Some((x, _)) = self.point(x, self.y.0) else {
                continue;
            };
            canvas.line((x, bottom), (x, bottom + TICK), "black", 1.0, None);
            // Where ticks crowd their marks stay, and names that would run into the last one do not.
            let half = 0.5 * legend::text_width(&label, self.tick_size);
            if !matches!(axis.scale, Scale::Categories(_)) && x - half < free {
                continue;
            }
            free = x + half + 3.0;
            let is_lower = staggered && k % 2 == 1;
            let lower = if is_lower { size + 2.0 } else { 0.0 };
            let at = (x, bottom + TICK + size + lower);
            canvas.anchored_text(at, &label, self.tick_size, "black", Anchor::Middle);
        }
    }

    /// Ticks of the vertical axis.
    fn up(&self, canvas: &mut Canvas) {
        let size = f64::from(self.tick_size);
        let most = (self.height / (3.2 * size)) as usize;
        for (y, label) in self.panel.y.ticks(self.y, most.min(6)) {
            if let Some((_, y)) = self.point(self.x.0, y) {
                canvas.line((self.left, y), (self.left - TICK, y), "black", 1.0, None);
                let at = (self.left - TICK - 3.0, y + 0.36 * size);
                canvas.anchored_text(at, &label, self.tick_size, "black", Anchor::End);
            }
        }
    }

    /// Whether names would run into each other on one line.
    fn staggered(&self) -> bool {
        let Scale::Categories(names) = &self.panel.x.scale else {
            return false;
        };
        let slot = self.width / names.len().max(1) as f64;
        let widths = names.iter();
        let widths = widths.map(|name| legend::text_width(name, self.tick_size));
        widths.fold(0.0, f64::max) > slot - 6.0
    }

    fn null(&self, canvas: &mut Canvas) {
        let mut points = self.panel.null.clone();
        let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
            return;
        };
        let at = |x, point| NullPoint { x, ..point };
        points.insert(0, at(self.x.0, first));
        points.push(at(self.x.1, last));
        let edge = |pick: fn(&NullPoint) -> f64| -> Vec<(f64, f64)> {
            let edge = points.iter();
            edge.filter_map(|p| self.point(p.x, pick(p))).collect()
        };
        let (mean, q95) = (edge(|p| p.mean), edge(|p| p.q95));
        let outline: Vec<(f64, f64)> = mean.iter().chain(q95.iter().rev()).copied().collect();
        canvas.polygon(&outline, legend::NULL_FILL, 0.9);
        canvas.dashed_polyline(&mean, legend::NULL_LINE, 1.2, (8.0, 4.0));
        canvas.dashed_polyline(&q95, legend::NULL_LINE, 1.2, (2.0, 4.0));
    }

    pub(super) fn guide_ends(&self, line: GuideLine) -> Option<((f64, f64), (f64, f64))> {
        let (x, y) = (&self.panel.x, &self.panel.y);
        let [from, to] = match line {
            GuideLine::Horizontal(level) => [(self.x.0, level), (self.x.1, level)],
            GuideLine::Vertical(mark) => [(mark, self.y.0), (mark, self.y.1)],
            GuideLine::Slope(slope, through) => [self.x.0, self.x.1].map(|end| {
                let run = x.flat(end) - x.flat(through.0);
                (end, y.unflat(y.flat(through.1) + slope * run))
            }),
        };
        Some((self.point(from.0, from.1)?, self.point(to.0, to.1)?))
    }

    fn guides(&self, canvas: &mut Canvas) {
        for guide in &self.panel.guides {
            if let Some((from, to)) = self.guide_ends(guide.line) {
                canvas.line(from, to, &guide.color, 1.4, Some(&guide.dashes));
            }
        }
    }

    fn series(&self, canvas: &mut Canvas, k: usize, series: &Series) {
        let n = self.panel.series.len();
        let place = |x: f64, y: f64| self.point(self.dodge(k, n, x), y);
        // Sideways the first and the last point have room.
        const ROOM: f64 = 8.0;
        let (corner, width) = ((self.left - ROOM, self.top), self.width + 2.0 * ROOM);
        canvas.open_clip(corner, (width, self.height));
        for seed in &series.seeds {
            let line: Vec<(f64, f64)> = seed.iter().filter_map(|&(x, y)| place(x, y)).collect();
            if series.line == Line::Apart || self.panel.dodge > 0.0 {
                for (x, y) in line {
                    // Beside the interval of a dodged point; a scatter's points stay where they are.
                    let aside = if self.panel.dodge > 0.0 { 1.4 } else { 0.0 };
                    let at = (x + aside * self.radius(), y);
                    canvas.dot(at, 0.32 * self.radius(), &series.color, 0.6);
                }
            } else {
                canvas.polyline(line, &palette::faint(&series.color), 0.8);
            }
        }
        for at in series.hollow.iter().filter_map(|&(x, y)| place(x, y)) {
            let marker = series.marker.unwrap_or(Marker::Circle);
            canvas.marker(marker, Face::Open, at, 0.8 * self.radius(), &series.color);
        }
        self.intervals(canvas, series, &place);
        canvas.close_clip();
        let means = series.points.iter();
        let means = means.filter_map(|&(x, estimate)| place(x, estimate.value));
        let means: Vec<(f64, f64)> = means.collect();
        let width = 0.36 * self.radius();
        match series.line {
            Line::Joined => canvas.polyline(means.clone(), &series.color, width),
            Line::Dashed => canvas.dashed_polyline(&means, &series.color, width, (5.0, 3.0)),
            Line::Apart => {}
        }
        if let Some(marker) = series.marker {
            let shown = series.points.iter();
            let shown = shown.filter(|(x, estimate)| place(*x, estimate.value).is_some());
            for (&(x, estimate), at) in shown.zip(means) {
                let title = || {
                    let place = self.panel.x.name_of(x);
                    let interval = estimate.interval().map_or(String::new(), |(low, high)| {
                        format!(" [{low:.3}, {high:.3}]")
                    });
                    format!("{place}: {} {:.3}{interval}", series.label, estimate.value)
                };
                canvas.titled(title, |canvas| {
                    canvas.marker(marker, Face::Filled, at, self.radius(), &series.color);
                });
            }
        }
    }

    fn intervals(
        &self,
        canvas: &mut Canvas,
        series: &Series,
        place: &dyn Fn(f64, f64) -> Option<(f64, f64)>,
    ) {
        let ends = series.points.iter().filter_map(|&(x, estimate)| {
            let (low, high) = estimate.interval()?;
            Some((place(x, low)?, place(x, high)?))
        });
        let ends: Vec<((f64, f64), (f64, f64))> = ends.collect();
        match series.interval {
            Interval::Hidden => {}
            Interval::Bars | Interval::NewRun => {
                for (low, high) in ends {
                    canvas.error_bar(low, high, &series.color);
                }
            }
            Interval::Band => {
                let low = ends.iter().map(|pair| pair.0);
                let high = ends.iter().rev().map(|pair| pair.1);
                let outline: Vec<(f64, f64)> = low.chain(high).collect();
                canvas.polygon(&outline, &series.color, 0.16);
            }
        }
    }
}

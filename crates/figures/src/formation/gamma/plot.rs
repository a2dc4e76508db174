//! The picture of F-gamma.

use kuva::plot::{BandPlot, LinePlot};
use kuva::render::plots::Plot;

use super::panel::{Panel, dodged};
use super::table::{HEADLINE, LAYERS, Series};
use super::{
    LayerRow, PAPER_ALPHA, PAPER_GAMMAS, Relations, Table, Task, Variant, legend, relations,
};
pub(super) use crate::chart::palette::{LAYERS as COLORS, MARKERS};
use crate::chart::picture::{Axes, Canvas, Face, Mapping};
use crate::text::numbers::thousands;
use crate::{Estimate, FigureError, Picture, Preset, Range};

pub(super) const WIDTH: f64 = 1120.0;
/// The height without [`relations`].
const HEIGHT: f64 = 888.0;
/// Top and height of the panels.
const TOP: f64 = 70.0;
const PANELS: f64 = 660.0;
/// Room below a panel for its tick labels, and for the label of the axis.
const TICKS: f64 = 26.0;
const X_LABEL: f64 = 26.0;

pub(super) const NULL_FILL: &str = "#dedede";
pub(super) const NULL_LINE: &str = "#6b6b6b";
pub(super) const GREY: &str = "#444444";

/// Draws F-gamma: the headline series large, with the paper's digitised values (teacher task) and the null level, and
/// three small panels: raw second moments, off-diagonal entries only, rank of W. Below, where they were measured, the six
/// relations of every linear map.
///
/// # Errors
///
/// [`FigureError::Draw`] when the PNG cannot be made.
pub fn plot(
    table: &Table,
    relations: Option<&Relations<'_>>,
    task: Task,
    preset: Preset,
) -> Result<Picture, FigureError> {
    let more = relations.map_or(0.0, |_| relations::HEIGHT);
    let more_legend = relations.map_or(0.0, |_| legend::LINE);
    let mut canvas = Canvas::new(WIDTH, HEIGHT + more + more_legend);
    titles(&mut canvas, table, task, preset);
    main_panel(&mut canvas, table, task);
    small_panels(&mut canvas, table);
    if let Some(relations) = relations {
        relations::panels(&mut canvas, relations, TOP + PANELS);
    }
    legend::legend(&mut canvas, table, relations, task, more);
    canvas.finish()
}

fn titles(canvas: &mut Canvas, table: &Table, task: Task, preset: Preset) {
    let title = "Alignment of gradients and representations against weight decay";
    canvas.text((24.0, 32.0), title, 20, "black");
    let (seeds, plural) = match table.seeds().len() {
        1 => (1, ""),
        n => (n, "s"),
    };
    let diverged = match table.diverged().len() {
        0 => String::new(),
        n => format!("  ·  {n} diverged, not drawn"),
    };
    let subtitle = format!(
        "F-gamma of arXiv 2410.03006  ·  task: {}  ·  {seeds} seed{plural}, {} steps  ·  preset {preset}{diverged}",
        task.title(),
        thousands(table.steps()),
    );
    canvas.text((24.0, 55.0), &subtitle, 13, GREY);
}

fn x_range(table: &Table) -> (f64, f64) {
    const ROOM: f64 = 1.75;
    let ends = table.gammas().first().zip(table.gammas().last());
    ends.map_or((1e-6, 1e-2), |(first, last)| (first / ROOM, last * ROOM))
}

fn main_panel(canvas: &mut Canvas, table: &Table, task: Task) {
    let panel = Panel {
        series: HEADLINE,
        quantity: |row| row.alpha,
        range: Range::Correlation,
        x: x_range(table),
        top: 1.0,
        radius: 5.0,
    };
    let axes = Axes {
        place: [8.0, TOP, 680.0, PANELS],
        margins: [50.0, 12.0, 28.0, TICKS + X_LABEL],
        title: "α between cov(g, g) and cov(h, h): normalized, post-activations",
        x_label: Some("weight decay γ"),
        x: panel.x,
        y: panel.window(table),
        y_step: 0.2,
        tick_size: 13,
    };
    let mut plots = null_level(table, HEADLINE, axes.x);
    plots.extend(panel.dots(table));
    let mapping = canvas.panel(&axes, plots);
    panel.marks(canvas, table, &mapping, axes.y.0);
    if task == Task::Teacher {
        paper_values(canvas, &mapping, axes.x);
    }
}

fn small_panels(canvas: &mut Canvas, table: &Table) {
    let alpha = Panel {
        series: HEADLINE,
        quantity: |row| row.alpha,
        range: Range::Correlation,
        x: x_range(table),
        top: 1.0,
        radius: 3.2,
    };
    let raw = Panel {
        series: Series {
            variant: Variant::Raw,
            ..HEADLINE
        },
        ..alpha
    };
    let offdiagonal = Panel {
        quantity: |row| row.alpha_offdiagonal,
        ..alpha
    };
    let rank = Panel {
        quantity: |row| Some(f64::from(row.rank_w)),
        range: Range::NonNegative,
        top: f64::from(table.width().max(1)),
        ..alpha
    };
    // A null belongs to the variant that it was drawn for.
    let null = null_level(table, raw.series, raw.x);
    small_panel(canvas, table, (0, "α, raw second moments"), &raw, null);
    let title = "α, off-diagonal entries only";
    small_panel(canvas, table, (1, title), &offdiagonal, Vec::new());
    let title = "numerical rank of W (σ > 0.01 σ₁)";
    small_panel(canvas, table, (2, title), &rank, Vec::new());
}

/// The `k`-th panel of the right column; the last one carries the label of the shared axis.
fn small_panel(
    canvas: &mut Canvas,
    table: &Table,
    (k, title): (u32, &str),
    panel: &Panel,
    null: Vec<Plot>,
) {
    const PITCH: f64 = (PANELS - X_LABEL) / 3.0;
    let (x_label, label_height) = match k {
        2 => (Some("weight decay γ"), X_LABEL),
        _ => (None, 0.0),
    };
    let axes = Axes {
        place: [
            694.0,
            TOP + PITCH * f64::from(k),
            418.0,
            PITCH + label_height,
        ],
        margins: [44.0, 12.0, 28.0, TICKS + label_height],
        title,
        x_label,
        x: panel.x,
        y: panel.window(table),
        y_step: panel.top / 4.0,
        tick_size: 11,
    };
    let mut plots = null;
    plots.extend(panel.dots(table));
    let mapping = canvas.panel(&axes, plots);
    panel.marks(canvas, table, &mapping, axes.y.0);
}

/// The paper's values as open markers, a little larger than ours so that agreement is a ring around a point.
fn paper_values(canvas: &mut Canvas, mapping: &Mapping, window: (f64, f64)) {
    for (gamma, alphas) in PAPER_GAMMAS.into_iter().zip(PAPER_ALPHA) {
        if gamma < window.0 || gamma > window.1 {
            continue;
        }
        for (layer, alpha) in LAYERS.into_iter().zip(alphas) {
            let at = mapping.point(dodged(window, gamma, f64::from(layer)), alpha);
            let k = layer as usize - 1;
            canvas.marker(MARKERS[k], Face::Open, at, PAPER_RADIUS, COLORS[k]);
        }
    }
}

pub(super) const PAPER_RADIUS: f64 = 8.0;

/// The null level at each gamma: its mean over layers and seeds, and its highest 95 % quantile among them.
pub(super) fn null_points(table: &Table, series: Series) -> Vec<(f64, f64, f64)> {
    let points = table.gammas().iter().filter_map(|&gamma| {
        let rows: Vec<&LayerRow> = LAYERS
            .into_iter()
            .flat_map(|layer| table.seeds().iter().map(move |&seed| (layer, seed)))
            .filter_map(|(layer, seed)| table.row(series, layer, gamma, seed))
            .collect();
        let means: Vec<f64> = rows.iter().filter_map(|row| row.null_mean).collect();
        let mean = Estimate::mean(&means, Range::Correlation)?.value;
        let q95 = rows
            .iter()
            .filter_map(|row| row.null_q95)
            .reduce(f64::max)?;
        Some((gamma, mean, q95))
    });
    points.collect()
}

/// The null level from edge to edge: grey from its mean (dashed) to its highest 95 % quantile (dotted).
fn null_level(table: &Table, series: Series, window: (f64, f64)) -> Vec<Plot> {
    let mut points = null_points(table, series);
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    points.insert(0, (window.0, first.1, first.2));
    points.push((window.1, last.1, last.2));
    let column = |pick: fn(&(f64, f64, f64)) -> f64| points.iter().map(pick).collect::<Vec<f64>>();
    let (x, mean, q95) = (column(|p| p.0), column(|p| p.1), column(|p| p.2));
    let edge = |y: &[f64]| {
        LinePlot::new()
            .with_data(x.iter().copied().zip(y.iter().copied()))
            .with_color(NULL_LINE)
            .with_stroke_width(1.2)
    };
    vec![
        BandPlot::new(x.clone(), mean.clone(), q95.clone())
            .with_color(NULL_FILL)
            .with_opacity(0.9)
            .into(),
        edge(&mean).with_dashed().into(),
        edge(&q95).with_dotted().into(),
    ]
}

#[cfg(test)]
mod tests;

//! The legend of F-gamma, below the axes where it hides nothing.

use super::plot::{COLORS, GREY, MARKERS, NULL_FILL, NULL_LINE, PAPER_RADIUS, null_points};
use super::table::LAYERS;
use super::{Table, Task};
use crate::picture::{Canvas, Face};

const LEFT: f64 = 80.0;
const TOP: f64 = 696.0;
const LINE: f64 = 25.0;
const SIZE: u32 = 13;

/// Draws the legend: a line of layers, then what the other signs mean.
pub(super) fn legend(canvas: &mut Canvas, table: &Table, task: Task) {
    layers(canvas, TOP);
    let right = LEFT + 480.0;
    seeds(canvas, LEFT, TOP + LINE, table.seeds().len());
    if !null_points(table).is_empty() {
        null(canvas, right, TOP + LINE);
    }
    match task {
        Task::Teacher => paper(canvas, LEFT, TOP + 2.0 * LINE),
        Task::Mnist | Task::Digits => {}
    }
    let note = "layers are shifted sideways, so that equal values do not hide each other";
    let x = match task {
        Task::Teacher => right - 16.0,
        Task::Mnist | Task::Digits => LEFT - 16.0,
    };
    label(canvas, x, TOP + 2.0 * LINE, note);
}

/// Text to the right of a sign at `x`.
fn label(canvas: &mut Canvas, x: f64, y: f64, text: &str) {
    canvas.text((x, y + 4.5), text, SIZE, GREY);
}

fn layers(canvas: &mut Canvas, y: f64) {
    for ((layer, color), marker) in LAYERS.into_iter().zip(COLORS).zip(MARKERS) {
        let x = LEFT + 120.0 * f64::from(layer - 1) + if layer > 1 { 80.0 } else { 0.0 };
        canvas.line((x - 16.0, y), (x + 16.0, y), color, 1.8, None);
        canvas.marker(marker, Face::Filled, (x, y), 5.0, color);
        let note = if layer == 1 { " (input side)" } else { "" };
        label(canvas, x + 24.0, y, &format!("layer {layer}{note}"));
    }
}

fn seeds(canvas: &mut Canvas, x: f64, y: f64, seeds: usize) {
    let color = GREY;
    if seeds < 2 {
        canvas.marker(MARKERS[0], Face::Filled, (x, y), 5.0, color);
        label(canvas, x + 24.0, y, "one seed: no interval");
        return;
    }
    canvas.error_bar((x, y + 9.0), (x, y - 9.0), color);
    canvas.marker(MARKERS[0], Face::Filled, (x, y), 5.0, color);
    for dy in [-6.0, 1.0, 5.0] {
        canvas.marker(MARKERS[0], Face::Filled, (x + 13.0, y + dy), 1.0, "#9a9a9a");
    }
    let text = format!("mean over {seeds} seeds, 95 % interval (Student's t); dots: seeds");
    label(canvas, x + 24.0, y, &text);
}

fn null(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.rect((x - 16.0, y - 7.0), (32.0, 14.0), NULL_FILL);
    canvas.line(
        (x - 16.0, y + 7.0),
        (x + 16.0, y + 7.0),
        NULL_LINE,
        1.2,
        Some("8 4"),
    );
    canvas.line(
        (x - 16.0, y - 7.0),
        (x + 16.0, y - 7.0),
        NULL_LINE,
        1.2,
        Some("2 4"),
    );
    label(
        canvas,
        x + 24.0,
        y,
        "null by random rotation: mean (dashed) to highest 95 % quantile (dotted)",
    );
}

fn paper(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.marker(
        MARKERS[0],
        Face::Open,
        (x - 9.0, y),
        PAPER_RADIUS - 1.0,
        COLORS[0],
    );
    canvas.marker(
        MARKERS[1],
        Face::Open,
        (x + 9.0, y),
        PAPER_RADIUS - 1.0,
        COLORS[1],
    );
    label(
        canvas,
        x + 24.0,
        y,
        "open markers: the paper's values, digitised (one run)",
    );
}

//! The legend of F-gamma, below the axes where it hides nothing.

use super::plot::{COLORS, GREY, MARKERS, NULL_FILL, NULL_LINE, PAPER_RADIUS, null_points};
use super::relations::map_sign;
use super::table::{HEADLINE, LAYERS};
use super::{Relations, Table, Task};
use crate::chart::picture::{Canvas, Face};

const LEFT: f64 = 76.0;
const TOP: f64 = 760.0;
pub(super) const LINE: f64 = 26.0;
const SIZE: u32 = 13;

/// Draws the legend, `lower` than where it stands without relations: a line of layers, one of linear maps, then a line for
/// each other sign.
pub(super) fn legend(
    canvas: &mut Canvas,
    table: &Table,
    relations: Option<&Relations<'_>>,
    task: Task,
    lower: f64,
) {
    let mut lines = (0..).map(|k| TOP + lower + LINE * f64::from(k));
    let mut next = || lines.next().unwrap_or(TOP);
    layers(canvas, next());
    if let Some(relations) = relations {
        let y = next();
        map_sign(canvas, relations, (LEFT, y), |canvas, x, text| {
            label(canvas, x, y, text);
        });
    }
    seeds(canvas, next(), table);
    if !null_points(table, HEADLINE).is_empty() {
        null(canvas, next());
    }
    if task == Task::Teacher {
        paper(canvas, next());
    }
    weight_decays(canvas, next());
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

fn seeds(canvas: &mut Canvas, y: f64, table: &Table) {
    let dot = |canvas: &mut Canvas, at, radius, color| {
        canvas.marker(MARKERS[0], Face::Filled, at, radius, color);
    };
    let n = table.seeds().len();
    if n < 2 {
        dot(canvas, (LEFT, y), 5.0, GREY);
        label(canvas, LEFT + 24.0, y, "one seed: no interval");
        return;
    }
    canvas.error_bar((LEFT, y + 9.0), (LEFT, y - 9.0), GREY);
    dot(canvas, (LEFT, y), 5.0, GREY);
    for dy in [-6.0, 1.0, 5.0] {
        dot(canvas, (LEFT + 13.0, y + dy), 1.0, "#9a9a9a");
    }
    let finished = match table.diverged() {
        [] => "",
        _ => " (fewer where runs diverged)",
    };
    let text = format!(
        "mean over {n} seeds{finished} and its 95 % interval (Student's t); small dots: single seeds"
    );
    label(canvas, LEFT + 24.0, y, &text);
}

fn null(canvas: &mut Canvas, y: f64) {
    let (left, right) = (LEFT - 16.0, LEFT + 16.0);
    canvas.rect((left, y - 7.0), (right - left, 14.0), NULL_FILL);
    for (dy, dashes) in [(7.0, "8 4"), (-7.0, "2 4")] {
        canvas.line(
            (left, y + dy),
            (right, y + dy),
            NULL_LINE,
            1.2,
            Some(dashes),
        );
    }
    let text = "null level, one of the two matrices rotated at random: mean (dashed) to highest 95 % quantile (dotted) of layers and seeds";
    label(canvas, LEFT + 24.0, y, text);
}

fn paper(canvas: &mut Canvas, y: f64) {
    for (k, dx) in [(0, -9.0), (1, 9.0)] {
        canvas.marker(
            MARKERS[k],
            Face::Open,
            (LEFT + dx, y),
            PAPER_RADIUS - 1.0,
            COLORS[k],
        );
    }
    let text = "open markers, larger than ours and shifted like them: the paper's values, digitised (one run)";
    label(canvas, LEFT + 24.0, y, text);
}

fn weight_decays(canvas: &mut Canvas, y: f64) {
    canvas.line(
        (LEFT - 16.0, y + 4.0),
        (LEFT + 16.0, y + 4.0),
        "black",
        1.0,
        None,
    );
    canvas.inner_tick((LEFT, y + 4.0));
    let text = "weight decays of the runs; layers are shifted sideways around them, so as not to hide each other";
    label(canvas, LEFT + 24.0, y, text);
}

//! Names beside the slopes of a panel, where few enough not to hide each other.

use super::marks::GuideLine;
use super::window::Window;
use crate::chart::picture::{Anchor, Canvas};

/// More slopes than this are told apart by the legend alone.
const MOST: usize = 2;

/// Writes the name of each slope beside the last point of its line inside the window; it hides nothing.
pub(super) fn slopes(canvas: &mut Canvas, window: &Window<'_>) {
    let guides = window.panel.guides.iter();
    let slopes: Vec<_> = guides
        .filter(|guide| {
            matches!(guide.line, GuideLine::Slope(..)) && guide.label.starts_with("slope")
        })
        .collect();
    if slopes.len() > MOST {
        return;
    }
    let size = f64::from(window.tick_size);
    for guide in slopes {
        let Some((from, to)) = window.guide_ends(guide.line) else {
            continue;
        };
        let (top, bottom) = (window.top, window.top + window.height);
        let edge = if to.1 < from.1 { top } else { bottom };
        let share = if to.1 == from.1 {
            1.0
        } else {
            ((edge - from.1) / (to.1 - from.1)).min(1.0)
        };
        let x = from.0 + share * (to.0 - from.0) - 6.0;
        let y = (from.1 + share * (to.1 - from.1)).clamp(top + size, bottom - 4.0);
        canvas.anchored_text(
            (x, y),
            &guide.label,
            window.tick_size,
            &guide.color,
            Anchor::End,
        );
    }
}

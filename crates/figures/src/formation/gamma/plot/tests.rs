//! What can be checked of a picture without eyes.

use super::*;
use crate::formation::gamma::{Outcome, synthetic};

fn drawn(rows: &[LayerRow], task: Task) -> Picture {
    plot(&Table::new(rows).unwrap(), None, task, Preset::Quick).unwrap()
}

/// Width and height in a PNG's header.
fn png_size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn the_svg_names_everything_and_holds_no_nan() {
    let svg = drawn(&synthetic::rows(), Task::Teacher).svg;
    for layer in 1..=5 {
        assert!(svg.contains(&format!(">layer {layer}")), "layer {layer}");
    }
    for text in [
        "mean over 3 seeds",
        "null level",
        "open markers, larger than ours and shifted like them: the paper&apos;s values",
        "weight decays of the runs",
        "weight decay γ",
        "α between cov(g, g) and cov(h, h)",
        "numerical rank of W",
        "sine teacher",
        "3 seeds, 16,000 steps",
        "preset quick",
        ">10⁻⁵<",
        ">10⁻³<",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn the_png_is_twice_the_svg() {
    let png = drawn(&synthetic::rows(), Task::Teacher).png;
    assert_eq!(png_size(&png), (2 * WIDTH as u32, 2 * HEIGHT as u32));
}

#[test]
fn only_the_teacher_task_shows_the_papers_values() {
    let with = drawn(&synthetic::rows(), Task::Teacher).svg;
    let without = drawn(&synthetic::rows(), Task::Digits).svg;
    // One for each weight decay and layer, and two in the legend.
    let open = |svg: &str| svg.matches(r#"fill="none""#).count();
    assert!(open(&with) == open(&without) + 27);
    assert!(!without.contains("open markers"));
}

#[test]
fn missing_values_are_left_out_and_divergence_is_said() {
    let mut rows = synthetic::rows();
    for row in &mut rows {
        (row.null_mean, row.null_q95) = (None, None);
        if row.gamma == 1.0e-5 {
            (row.outcome, row.alpha, row.test_loss) = (Outcome::Diverged, None, f64::NAN);
        }
    }
    let svg = drawn(&rows, Task::Teacher).svg;
    assert!(svg.contains("3 diverged, not drawn"));
    assert!(svg.contains("mean over 3 seeds (fewer where runs diverged)"));
    assert!(!svg.contains("null level"));
    assert!(!svg.contains("NaN"));
}

#[test]
fn one_seed_at_one_weight_decay_still_draws() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.seed == 0 && row.gamma == 1.0e-5);
    let svg = drawn(&rows, Task::Mnist).svg;
    assert!(svg.contains("one seed: no interval") && svg.contains("1 seed, "));
    assert!(!svg.contains("NaN"));
}

/// How many axes of the four panels carry this tick.
fn ticks(svg: &str, label: &str) -> usize {
    svg.matches(&format!(">{label}<")).count()
}

#[test]
fn every_panel_has_axes_whatever_there_is_to_draw() {
    let one_seed: Vec<LayerRow> = synthetic::rows()
        .into_iter()
        .filter(|row| row.seed == 0)
        .map(|row| LayerRow {
            null_mean: None,
            null_q95: None,
            ..row
        })
        .collect();
    for rows in [synthetic::rows(), one_seed, synthetic::all_diverged()] {
        let svg = drawn(&rows, Task::Teacher).svg;
        assert_eq!((ticks(&svg, "10⁻⁵"), ticks(&svg, "10⁻³")), (4, 4));
        // The main panel, raw and off-diagonal; then the rank.
        assert_eq!((ticks(&svg, "1"), ticks(&svg, "0.75")), (3, 2));
        assert_eq!((ticks(&svg, "0.8"), ticks(&svg, "100")), (1, 1));
    }
}

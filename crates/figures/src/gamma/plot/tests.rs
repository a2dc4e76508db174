//! What can be checked of a picture without eyes.

use super::*;
use crate::gamma::{Outcome, synthetic};

fn drawn(rows: &[LayerRow], task: Task) -> Picture {
    plot(&Table::new(rows).unwrap(), task, Preset::Quick).unwrap()
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
        "null by random rotation",
        "open markers: the paper&apos;s values",
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
    // Open circles, one for each weight decay of layer 1, and one in the legend.
    let open = |svg: &str| svg.matches(r#"fill="none""#).count();
    assert!(open(&with) >= open(&without) + 25);
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
    assert!(!svg.contains("null by random rotation"));
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

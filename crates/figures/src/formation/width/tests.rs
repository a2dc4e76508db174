//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::formation::check::{figure, judged, sound};
use crate::table::Row;

const ID: &str = "crh-width";

fn verdict(rows: &[Row], id: &str) -> Verdict {
    judged(ID, rows).get(id).unwrap().verdict()
}

#[test]
fn the_figure_is_sound() {
    sound(ID, &synthetic::rows());
}

#[test]
fn the_papers_own_values_meet_every_criterion() {
    let paper = synthetic::rows_with(|alpha, _, _, _| alpha);
    for claim in &judged(ID, &paper) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn a_trend_with_width_shows() {
    let trend = |layer, k: usize| if layer >= 3 { 0.08 * k as f64 } else { 0.0 };
    let falling = synthetic::rows_with(|alpha, _, layer, k| alpha - trend(layer, k));
    assert_eq!(verdict(&falling, "no-trend"), Not);
    // One layer of three may fall.
    let one = synthetic::rows_with(|alpha, _, layer, k| {
        alpha - if layer == 4 { trend(layer, k) } else { 0.0 }
    });
    assert_eq!(verdict(&one, "no-trend"), Partly);
}

#[test]
fn reversed_layers_undo_the_order_and_the_distance() {
    let reversed = synthetic::rows_with(|_, _, layer, k| PAPER_ALPHA[k][5 - layer as usize]);
    assert_eq!(verdict(&reversed, "layer-order"), Not);
    assert_eq!(verdict(&reversed, "digitised-values"), Not);
}

#[test]
fn a_high_null_is_not_exceeded() {
    let mut rows = synthetic::rows();
    for row in &mut rows {
        row.null_q95 = row.null_q95.map(|_| 0.99);
    }
    assert_eq!(verdict(&rows, "above-null"), Not);
}

#[test]
fn only_widths_that_were_run_are_compared_and_drawn() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.width <= 610);
    let bundle = figure(ID, &rows);
    let notes = bundle.claims.get("digitised-values").unwrap().notes();
    assert!(notes[0].starts_with("30 of the 40 values"), "{}", notes[0]);
    // Two widths of five layers have no open marker now.
    let open = |bundle: &crate::FigureBundle| bundle.picture.svg.matches(r#"fill="none""#).count();
    assert_eq!(open(&figure(ID, &synthetic::rows())) - open(&bundle), 10);
}

#[test]
fn the_null_of_a_panel_is_that_of_the_variant_that_it_shows() {
    let dashed = |rows: &[Row]| {
        let svg = figure(ID, rows).picture.svg;
        svg.matches(crate::chart::NULL_FILL).count()
    };
    let none = made(|_| false);
    let normalized = made(|row| row.variant == "normalized");
    let both = made(|row| row.variant != "centered");
    let [none, normalized, both] = [none, normalized, both].map(|rows| dashed(&rows));
    assert_eq!(none, 0);
    // A band in its panel, and its sign in the legend.
    assert_eq!((normalized, both), (2, 3));
}

/// The synthetic rows with a null for alphas of these variants only.
fn made(has_null: impl Fn(&Row) -> bool) -> Vec<Row> {
    let mut rows = synthetic::rows();
    for row in &mut rows {
        let null = (row.statistic == "alpha_rga" && has_null(row)).then_some(0.1);
        (row.null_mean, row.null_q95) = (null, null.map(|null| null + 0.1));
    }
    rows
}

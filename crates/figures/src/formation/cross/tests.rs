//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::formation::check::{figure, judged, sound};
use crate::table::Row;

const ID: &str = "crh-cross";

fn verdict(rows: &[Row], id: &str) -> Verdict {
    judged(ID, rows).get(id).unwrap().verdict()
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &synthetic::rows());
    for claim in &judged(ID, &synthetic::rows()) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn a_cross_term_that_falls_is_seen() {
    let rows = synthetic::rows_with(|alpha, _, _, j| alpha + 0.5 - 0.12 * j as f64);
    assert_eq!(verdict(&rows, "cross-term-high"), Not);
    assert_eq!(verdict(&rows, "cross-term-grows"), Not);
    assert_eq!(verdict(&rows, "cross-term-rises"), Not);
}

#[test]
fn early_maps_may_be_low_and_later_ones_not() {
    let early = synthetic::rows_with(|alpha, _, map, _| if map < 3 { 0.1 * alpha } else { alpha });
    assert_eq!(verdict(&early, "cross-term-high"), Reproduced);
    let later = synthetic::rows_with(|alpha, _, map, _| if map == 4 { 0.5 * alpha } else { alpha });
    assert_eq!(verdict(&later, "cross-term-high"), Partly);
}

#[test]
fn one_matrix_of_three_can_fail_alone() {
    let rows = synthetic::rows_with(|alpha, relation, _, _| {
        if relation == "cross_g" {
            0.3 * alpha
        } else {
            alpha
        }
    });
    let claims = judged(ID, &rows);
    let all = claims.get("cross-term-with-all").unwrap();
    assert_eq!(all.verdict(), Partly);
    assert_eq!(all.parts()[2].standing(), crate::Standing::Missed);
}

#[test]
fn without_a_null_nothing_is_claimed_of_it() {
    let mut rows = synthetic::rows();
    assert_eq!(verdict(&rows, "above-null"), Reproduced);
    for row in &mut rows {
        (row.null_mean, row.null_q95) = (None, None);
    }
    let bundle = figure(ID, &rows);
    assert!(bundle.claims.get("above-null").is_none());
    assert!(!bundle.picture.svg.contains("null level"));
    assert!(bundle.report.contains("Not measured."));
}

#[test]
fn what_is_refused_is_said_and_is_an_answer() {
    let mut rows = synthetic::rows();
    rows.retain(|row| (row.layer, row.side.as_str()) != (6, "b"));
    for row in &mut rows {
        let refused = row.layer == 2 && row.side == "b" && row.seed == 0;
        if refused && row.statistic == "alpha_cross" && row.variant == "normalized" {
            row.value = None;
        }
    }
    let claims = judged(ID, &rows);
    let measured = claims.get("measured-everywhere").unwrap();
    assert_eq!(measured.verdict(), Reproduced);
    assert!(measured.statement().ends_with("or refused"));
    let [two, six] = measured.notes() else {
        panic!("{:?}", measured.notes());
    };
    assert!(two.starts_with("map 2 is refused in 8 of 24"), "{two}");
    assert!(six.starts_with("map 6 is not compared"), "{six}");
    // A network without the row is another matter.
    rows.retain(|row| row.layer != 2 || row.seed != 0);
    let claims = judged(ID, &rows);
    let measured = claims.get("measured-everywhere").unwrap();
    assert_eq!(measured.verdict(), Partly);
}

#[test]
fn means_have_their_intervals() {
    let svg = figure(ID, &synthetic::rows()).picture.svg;
    assert!(svg.contains("Student") && !svg.contains("thin lines"));
}

#[test]
fn every_matrix_has_its_panel_and_column() {
    let bundle = figure(ID, &synthetic::rows());
    for text in [
        "WWᵀ: normalized",
        "WWᵀ, raw",
        "WᵀW, input side a",
        "cov(h, h), side b",
        "cov(g, g), side b",
    ] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
    assert!(
        bundle
            .report
            .contains("| linear map | against WWᵀ, side b |")
    );
}

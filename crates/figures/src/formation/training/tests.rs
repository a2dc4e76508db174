//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::formation::check::{figure, judged, sound};
use crate::table::Row;

const ID: &str = "crh-training";

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
fn alignment_that_falls_is_seen() {
    let rows = synthetic::rows_with(|alpha, _, _, _, j| alpha.max(0.3) + 0.5 - 0.1 * j as f64);
    assert_eq!(verdict(&rows, "alignment-grows"), Not);
    assert_eq!(verdict(&rows, "alignment-rises"), Not);
}

#[test]
fn one_relation_of_six_can_fail_alone() {
    let rows = synthetic::rows_with(|alpha, side, relation, _, _| {
        if (side, relation) == ("b", "gwa") {
            0.1 * alpha
        } else {
            alpha
        }
    });
    let claims = judged(ID, &rows);
    let positive = claims.get("all-six-positive").unwrap();
    assert_eq!(positive.verdict(), Partly);
    assert!(
        positive.notes()[1].contains("GWA b 0.0"),
        "{:?}",
        positive.notes()
    );
    assert_eq!(claims.get("alignment-grows").unwrap().verdict(), Reproduced);
}

#[test]
fn reversed_maps_undo_the_order() {
    let rows = synthetic::rows_with(|alpha, _, _, map, _| alpha - 0.2 * f64::from(map) + 0.6);
    assert_eq!(verdict(&rows, "later-layers-better"), Not);
}

#[test]
fn a_single_measurement_shows_no_growth() {
    let mut rows = synthetic::rows();
    let last = rows.iter().map(|row| row.step).max().unwrap();
    rows.retain(|row| row.step == last);
    assert_eq!(verdict(&rows, "alignment-grows"), Not);
    assert_eq!(verdict(&rows, "all-six-positive"), Reproduced);
}

#[test]
fn every_relation_has_its_panel_null_and_twin() {
    let bundle = figure(ID, &synthetic::rows());
    for relation in RELATIONS {
        assert!(
            bundle
                .picture
                .svg
                .contains(&format!(">{}<", relation.title)),
            "{}",
            relation.title
        );
        assert!(
            bundle
                .picture
                .svg
                .contains(&format!(">{}, raw<", relation.short()))
        );
        assert!(
            bundle
                .report
                .contains(&format!("{}:\n\n| step |", relation.title))
        );
    }
    assert!(bundle.picture.svg.contains("null level"));
}

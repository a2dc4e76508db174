//! Verdicts on the made-up collapse, and how they change when it is spoilt.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::verdicts::{self, claim, judged, shows_no_number};
use crate::formation::{reproduce, synthetic as made_up};
use crate::{Preset, Verdict};

fn verdict(rows: &[Row], id: &str) -> Verdict {
    verdicts::verdict(&Collapse, rows, id)
}

fn spoilt(change: impl FnMut(&mut Row)) -> Vec<Row> {
    verdicts::spoilt(synthetic::rows(), change)
}

/// Rows of the statistics that start with `prefix` set to one value.
fn fixed(prefix: &'static str, value: f64) -> Vec<Row> {
    spoilt(move |row| {
        if row.statistic.starts_with(prefix) {
            row.value = Some(value);
        }
    })
}

#[test]
fn a_collapse_with_alignment_meets_every_criterion() {
    for claim in judged(&Collapse, &synthetic::rows(), &[]) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn alignment_without_collapse_is_no_equivalence() {
    let rows = fixed("nc1", 2.0);
    for id in ["nc1-falls", "together", "equivalent"] {
        assert_eq!(verdict(&rows, id), Not, "{id}");
    }
    assert_eq!(verdict(&rows, "aligned-at-the-end"), Reproduced);
    assert_eq!(
        verdict(&rows, "collapsed-at-the-end"),
        Partly,
        "the other measures are reached"
    );
}

#[test]
fn that_both_fail_supports_no_equivalence() {
    let neither = spoilt(|row| {
        if row.statistic.starts_with("alpha") {
            row.value = Some(0.2);
        } else if row.statistic == "nc3" {
            row.value = Some(1.2);
        }
    });
    assert_eq!(
        verdict(&neither, "equivalent"),
        Not,
        "neither premise is met"
    );
    assert_eq!(verdict(&neither, "aligned-at-the-end"), Not);
    let note = claim(&Collapse, &neither, "equivalent").notes().join(" ");
    assert!(note.contains("digits seed 1 0.20 and 6.00"), "{note}");
}

#[test]
fn each_condition_can_fail_and_one_task_alone_is_partly() {
    assert_eq!(verdict(&fixed("isotropy", 0.5), "isotropy"), Not);
    assert_eq!(verdict(&fixed("quasi", 0.5), "quasi-interpolation"), Not);
    let falling = spoilt(|row| {
        if row.statistic.starts_with("alpha") {
            row.value = row.value.map(|alpha| 1.0 - alpha);
        }
    });
    assert_eq!(verdict(&falling, "alpha-rises"), Not);
    assert_eq!(verdict(&falling, "together"), Not);
    let one_relation = spoilt(|row| {
        if row.statistic == "alpha_gwa" && row.side == "b" {
            row.value = Some(0.3);
        }
    });
    assert_eq!(verdict(&one_relation, "aligned-at-the-end"), Partly);
    assert_eq!(
        verdict(&one_relation, "equivalent"),
        Not,
        "collapsed, not aligned"
    );
}

#[test]
fn an_unmeasured_part_is_no_equivalence() {
    let rows = spoilt(|row| {
        if row.statistic == "nc2_w_equinorm" {
            row.value = None;
        }
    });
    assert_eq!(verdict(&rows, "equivalent"), Not);
    assert_ne!(verdict(&rows, "collapsed-at-the-end"), Reproduced);
}

#[test]
fn picture_and_report_have_a_column_and_tables_for_each_task() {
    let both = synthetic::rows();
    let mut digits = both.clone();
    digits.retain(|row| row.task == "digits");
    for (rows, tasks) in [(&both, 2), (&digits, 1)] {
        let input = made_up::input("nc-equivalence", Preset::Quick, rows, &[]);
        let bundle = reproduce("nc-equivalence", input).unwrap();
        let svg = &bundle.picture.svg;
        assert_eq!(svg.matches("raw second moments").count(), tasks);
        assert_eq!(svg.contains("mnist: α"), tasks == 2);
        assert!(svg.contains("null level") && svg.contains("NC2 angles of W"));
        assert_eq!(bundle.report.matches(": calibrated alpha").count(), tasks);
        assert!(!shows_no_number(svg) && !shows_no_number(&bundle.report));
    }
}

#[test]
fn nothing_is_claimed_of_networks_that_diverged() {
    for claim in judged(&Collapse, &made_up::diverged(synthetic::rows()), &[]) {
        assert_eq!(claim.verdict(), Not, "{}", claim.id());
    }
}

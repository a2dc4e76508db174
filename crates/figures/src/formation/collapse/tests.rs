//! Verdicts on the made-up collapse, and how they change when it is spoilt.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::check::{
    all_are, changed, figure, notes, reproduces_all_but, revalued, shows, verdict, whole,
};

const ID: &str = "nc-equivalence";

/// The synthetic rows with the statistics whose names start like this changed.
fn spoilt(prefix: &str, value: impl Fn(f64) -> f64) -> Vec<Row> {
    let of = |row: &Row| row.statistic.starts_with(prefix);
    revalued(synthetic::rows(), of, value)
}

#[test]
fn a_collapse_with_alignment_is_whole_and_meets_every_criterion() {
    let bundle = whole(ID, &synthetic::rows());
    shows(&bundle, &["null level", "NC2 angles of W"]);
    reproduces_all_but(&[], ID, &synthetic::rows());
}

#[test]
fn alignment_without_collapse_is_no_equivalence() {
    let rows = spoilt("nc1", |_| 2.0);
    all_are(Not, ID, &rows, &["nc1-falls", "together", "equivalent"]);
    assert_eq!(verdict(ID, &rows, "aligned-at-the-end"), Reproduced);
    // The other measures are reached.
    assert_eq!(verdict(ID, &rows, "collapsed-at-the-end"), Partly);
}

#[test]
fn that_both_fail_supports_no_equivalence() {
    let is_nc3 = |row: &Row| row.statistic == "nc3";
    let neither = revalued(spoilt("alpha", |_| 0.2), is_nc3, |_| 1.2);
    all_are(Not, ID, &neither, &["equivalent", "aligned-at-the-end"]);
    let note = notes(ID, &neither, "equivalent");
    assert!(note.contains("digits seed 1 0.20 and 6.00"), "{note}");
}

#[test]
fn each_condition_can_fail() {
    let falling = spoilt("alpha", |alpha| 1.0 - alpha);
    all_are(Not, ID, &falling, &["alpha-rises", "together"]);
    all_are(Not, ID, &spoilt("isotropy", |_| 0.5), &["isotropy"]);
    let quasi = spoilt("quasi", |_| 0.5);
    all_are(Not, ID, &quasi, &["quasi-interpolation"]);
}

#[test]
fn one_relation_alone_makes_partly() {
    let is_one = |row: &Row| row.statistic == "alpha_gwa" && row.side == "b";
    let rows = revalued(synthetic::rows(), is_one, |_| 0.3);
    assert_eq!(verdict(ID, &rows, "aligned-at-the-end"), Partly);
    // Collapsed, and not aligned.
    assert_eq!(verdict(ID, &rows, "equivalent"), Not);
}

#[test]
fn an_unmeasured_part_is_no_equivalence() {
    let rows = changed(synthetic::rows(), |row| {
        if row.statistic == "nc2_w_equinorm" {
            row.value = None;
        }
    });
    assert_eq!(verdict(ID, &rows, "equivalent"), Not);
    assert_ne!(verdict(ID, &rows, "collapsed-at-the-end"), Reproduced);
}

#[test]
fn picture_and_report_have_a_column_and_tables_for_each_task() {
    let both = synthetic::rows();
    let mut digits = both.clone();
    digits.retain(|row| row.task == "digits");
    for (rows, tasks) in [(&both, 2), (&digits, 1)] {
        let bundle = figure(ID, rows);
        let svg = &bundle.picture.svg;
        assert_eq!(svg.matches("raw second moments").count(), tasks);
        assert_eq!(svg.contains("mnist: α"), tasks == 2);
        assert_eq!(bundle.report.matches(": calibrated alpha").count(), tasks);
    }
}

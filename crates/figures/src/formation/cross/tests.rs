//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::MATRICES;
use super::synthetic::{rows, rows_with};
use crate::Verdict;
use crate::formation::check::{changed, claim, figure, only, revalued, shows, verdicts};
use crate::table::Row;

const ID: &str = "crh-cross";

#[test]
fn corrupted_rows_show() {
    verdicts!(ID;
        rows_with(|alpha, of| alpha + 0.5 - 0.12 * of.measurement as f64)
            => Contradicted("cross-term-high", "cross-term-grows", "cross-term-rises");
        // Early maps may be low, later ones not.
        rows_with(|alpha, of| if of.map < 3 { 0.1 * alpha } else { alpha }) => Reproduced("cross-term-high");
        rows_with(|alpha, of| if of.map == 4 { 0.5 * alpha } else { alpha }) => Contradicted("cross-term-high");
    );
    let one_of_three = rows_with(|alpha, of| match MATRICES[of.place].name {
        "cov(g, g)" => 0.3 * alpha,
        _ => alpha,
    });
    let all = claim(ID, one_of_three, "cross-term-with-all");
    assert_eq!(all.verdict(), Verdict::Contradicted);
    assert_eq!(all.parts()[2].verdict(), Verdict::Contradicted);
}

#[test]
fn a_single_iterate_is_no_expectation() {
    // Of random sign in single iterates, and high in the mean.
    let is_single = |row: &Row| row.statistic == "alpha_cross" && row.seed == 1;
    let random = revalued(rows(), is_single, |alpha| -alpha);
    verdicts!(ID; &random => Reproduced("cross-term-high"), Undecided("cross-term-grows"););
    // No better than one.
    let is_mean = |row: &Row| row.statistic == "averaged_alpha_cross";
    let worse = revalued(rows(), is_mean, |alpha| alpha - 0.4);
    verdicts!(ID; worse => Contradicted("cross-term-high", "mean-aligns-better"););
    let without = only(rows(), |row| !row.statistic.starts_with("averaged_"));
    verdicts!(ID; without => NotTested("cross-term-high", "mean-aligns-better", "cross-term-with-all"););
}

#[test]
fn without_a_null_nothing_is_claimed_of_it() {
    let without = changed(rows(), |row| (row.null_mean, row.null_q95) = (None, None));
    let bundle = figure(ID, without);
    assert!(bundle.claims.get("above-null").is_none());
    assert!(!bundle.picture.svg.contains("null level"));
    shows(&bundle, &["Not measured."]);
}

#[test]
fn what_is_refused_is_said_and_is_an_answer() {
    let rows = only(rows(), |row| (row.layer, row.side.as_str()) != (6, "b"));
    let rows = changed(rows, |row| {
        let refused = row.layer == 2 && row.side == "b" && row.seed == 0;
        if refused && row.statistic == "alpha_cross" && row.variant == "normalized" {
            row.value = None;
        }
    });
    let measured = claim(ID, &rows, "measured-everywhere");
    assert_eq!(measured.verdict(), Verdict::Reproduced);
    assert!(measured.statement().ends_with("or cannot be"));
    let [two, six] = measured.notes() else {
        panic!("{:?}", measured.notes());
    };
    assert!(two.starts_with("map 2 has no alpha in 8 of 24"), "{two}");
    assert!(six.starts_with("map 6 is not compared"), "{six}");
    // A network without the row is another matter.
    let without = only(rows, |row| row.layer != 2 || row.seed != 0);
    verdicts!(ID; without => Contradicted("measured-everywhere"););
}

#[test]
fn means_have_their_intervals() {
    let svg = figure(ID, rows()).picture.svg;
    assert!(svg.contains("Student") && svg.contains("thin lines"));
}

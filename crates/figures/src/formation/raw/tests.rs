//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::formation::check::{figure, judged, sound};
use crate::formation::synthetic::gamma_rows;
use crate::table::{Row, Table};

const ID: &str = "crh-raw";

fn verdict(rows: &[Row], id: &str) -> Verdict {
    judged(ID, rows).get(id).unwrap().verdict()
}

/// The synthetic rows with alpha of one variant changed.
fn spoilt(variant: &str, change: impl Fn(&Row, f64) -> f64) -> Vec<Row> {
    let mut rows = gamma_rows();
    for row in &mut rows {
        if row.statistic == "alpha_rga" && row.variant == variant {
            row.value = row.value.map(|value| change(row, value).clamp(-1.0, 1.0));
        }
    }
    rows
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &gamma_rows());
    for claim in &judged(ID, &gamma_rows()) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn one_variant_that_disagrees_shows() {
    let rows = spoilt("raw", |_, alpha| 1.0 - alpha);
    assert_eq!(verdict(&rows, "rises-in-each"), Partly);
    assert_eq!(verdict(&rows, "first-layer-lowest-in-each"), Partly);
    // One of two parts is no majority.
    assert_eq!(verdict(&rows, "same-order"), Not);
    assert_eq!(verdict(&rows, "small-difference"), Not);
}

#[test]
fn a_shift_keeps_the_order_and_is_measured() {
    let rows = spoilt("centered", |_, alpha| alpha - 0.25);
    let claims = judged(ID, &rows);
    assert_eq!(claims.get("same-order").unwrap().verdict(), Reproduced);
    let difference = claims.get("small-difference").unwrap();
    assert_eq!(difference.verdict(), Not);
    let ours = difference.ours().unwrap().value;
    // The made-up centered alpha lies 0.03 below already.
    assert!((ours - 0.28).abs() < 1e-9, "{ours}");
    assert!(
        difference.notes()[0].contains("layer 3 -0.280"),
        "{:?}",
        difference.notes()
    );
}

#[test]
fn differences_are_those_of_the_same_network() {
    let rows = gamma_rows();
    let table = Table::new(&rows).unwrap();
    let numbers = difference("raw").line(&table, 2).numbers();
    assert_eq!(numbers.len(), 15);
    for (row, found) in numbers {
        let normalized = rows.iter().find(|other| {
            other.network() == row.network()
                && (other.layer, other.step) == (row.layer, row.step)
                && (other.statistic.as_str(), other.variant.as_str()) == ("alpha_rga", "normalized")
        });
        let slow = row.value.unwrap() - normalized.unwrap().value.unwrap();
        assert_eq!(found, slow);
    }
}

#[test]
fn all_variants_and_differences_are_drawn() {
    let bundle = figure(ID, &gamma_rows());
    for text in [
        "normalized covariances",
        "centered covariances",
        "raw second moments",
        "off-diagonal",
        "raw minus α normalized",
        "null level",
        "no difference",
    ] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
    assert!(bundle.report.contains("raw minus normalized:\n\n| gamma |"));
}

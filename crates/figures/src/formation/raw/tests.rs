//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::*;
use crate::formation::check::{claim, figure, revalued, shows, verdicts};
use crate::table::{Row, Table};

const ID: &str = "crh-raw";

/// The synthetic rows with alpha of one variant changed.
fn corrupted(variant: &str, alpha: impl Fn(f64) -> f64) -> Vec<Row> {
    let of = |row: &Row| {
        row.statistic == "alpha_rga" && row.variant == variant && row.activation == "tanh"
    };
    revalued(rows(), of, alpha)
}

#[test]
fn corrupted_rows_show() {
    let lower = corrupted("centered", |alpha| alpha - 0.25);
    verdicts!(ID;
        corrupted("raw", |alpha| 1.0 - alpha)
            => Contradicted("rises-in-each", "first-layer-lowest-in-each", "same-order", "small-difference");
        &lower => Reproduced("same-order"), Contradicted("small-difference");
    );
    let difference = claim(ID, lower, "small-difference");
    let ours = difference.ours().unwrap().value;
    // The synthetic centered alpha lies 0.03 below already.
    assert!((ours - 0.28).abs() < 1e-9, "{ours}");
    let note = &difference.notes()[0];
    assert!(
        note.starts_with("relu") && note.contains("layer 3 -0.030"),
        "{note}"
    );
    let note = &difference.notes()[2];
    assert!(
        note.starts_with("tanh") && note.contains("layer 3 -0.280"),
        "{note}"
    );
}

#[test]
fn differences_are_those_of_the_same_network() {
    let rows = rows();
    let table = Table::new(&rows).unwrap();
    let numbers = difference("raw").line(&table, 2).numbers();
    assert_eq!(numbers.len(), 30);
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
fn differences_are_drawn_and_reported() {
    let texts = ["no difference", "raw minus normalized:\n\n| gamma |"];
    shows(&figure(ID, rows()), &texts);
}

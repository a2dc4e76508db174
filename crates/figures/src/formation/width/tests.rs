//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::synthetic::{rows, rows_with};
use super::*;
use crate::formation::check::{changed, claim, figure, meets, only, verdicts};
use crate::table::Row;

const ID: &str = "crh-width";

#[test]
fn corrupted_rows_show() {
    let trend = |layer, k: usize| if layer >= 3 { 0.08 * k as f64 } else { 0.0 };
    let one_falls = |layer, k| if layer == 4 { trend(layer, k) } else { 0.0 };
    let high_null = changed(rows(), |row| row.null_q95 = row.null_q95.map(|_| 0.99));
    meets(ID, rows_with(|paper, _, _, _| paper), &[]);
    verdicts!(ID;
        rows_with(|paper, _, layer, k| paper - trend(layer, k)) => Contradicted("no-trend");
        rows_with(|paper, _, layer, k| paper - one_falls(layer, k)) => Contradicted("no-trend");
        rows_with(|_, _, layer, k| PAPER_ALPHA[k][5 - layer as usize]) => Contradicted("layer-order", "digitised-values");
        high_null => Contradicted("above-null");
    );
}

#[test]
fn only_widths_that_were_run_are_compared_and_drawn() {
    let narrow = only(rows(), |row| row.width <= 610);
    let compared = claim(ID, &narrow, "digitised-values");
    let note = &compared.notes()[0];
    assert!(note.starts_with("30 of the 40 values"), "{note}");
    // Two widths of five layers have no open marker now.
    let open = |rows| {
        figure(ID, rows)
            .picture
            .svg
            .matches(r#"fill="none""#)
            .count()
    };
    assert_eq!(open(rows()) - open(narrow), 10);
}

#[test]
fn the_null_of_a_panel_is_that_of_the_variant_that_it_shows() {
    let bands = |has_null: fn(&Row) -> bool| {
        let rows = changed(rows(), |row| {
            let null = (row.statistic == "alpha_rga" && has_null(row)).then_some(0.1);
            (row.null_mean, row.null_q95) = (null, null.map(|null| null + 0.1));
        });
        let svg = figure(ID, rows).picture.svg;
        svg.matches(crate::chart::NULL_FILL).count()
    };
    assert_eq!(bands(|_| false), 0);
    // A band in its panel, and its sign in the legend.
    assert_eq!(bands(|row| row.variant == "normalized"), 2);
    assert_eq!(bands(|row| row.variant != "centered"), 3);
}

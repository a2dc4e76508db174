//! Whole figures from tables with divergence in them: picture, claims, report and data.

use super::*;
use crate::Verdict;

/// One seed diverged at the smallest weight decay, all at the largest.
fn some_diverged() -> Vec<LayerRow> {
    let mut rows = synthetic::rows();
    for row in &mut rows {
        if row.gamma == PAPER_GAMMAS[4] || (row.gamma == PAPER_GAMMAS[0] && row.seed == 1) {
            synthetic::diverge(row);
        }
    }
    rows
}

fn made(rows: &[LayerRow]) -> FigureBundle {
    synthetic::bundle(Task::Teacher, Preset::Quick, rows).unwrap()
}

fn verdict(bundle: &FigureBundle, id: &str) -> Verdict {
    bundle.claims.get(id).unwrap().verdict()
}

#[test]
fn divergence_is_counted_and_left_out() {
    let bundle = made(&some_diverged());
    assert!(bundle.picture.svg.contains("4 diverged, not drawn"));
    let finished = bundle.claims.get("runs-finished").unwrap();
    assert_eq!(
        (finished.verdict(), finished.notes().len()),
        (Verdict::Not, 4)
    );
    assert!((finished.ours().unwrap().value - 11.0 / 15.0).abs() < 1e-12);
    assert_eq!(verdict(&bundle, "deep-layers-at-largest"), Verdict::Not);
    let smallest = bundle.claims.get("deep-layers-at-smallest").unwrap();
    assert_eq!(smallest.ours().unwrap().n, 2);

    let report = &bundle.report;
    assert_eq!(report.matches("- **Diverged:**").count(), 4);
    // Two of three seeds are said so; a weight decay without any run has an empty line and the paper's values.
    assert!(report.contains("] (2) |"));
    assert!(report.contains("| 1.668e-3 | - | - | - | - | - |\n| *paper* | *0.885* |"));
    assert!(report.contains("`deep-layers-at-largest`, layer 3: no value, not measured."));
    assert!(report.contains("only 20 of the 25 values can be compared"));
}

#[test]
fn no_nan_is_shown_and_data_keep_theirs() {
    for rows in [some_diverged(), synthetic::all_diverged()] {
        let bundle = made(&rows);
        let claims = serde_json::to_string(&bundle.claims).unwrap();
        for text in [
            &bundle.picture.svg,
            &bundle.report,
            &claims,
            &bundle.claims.to_table(None),
        ] {
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
        let back = read_rows(&bundle.data_csv[..]).unwrap();
        assert_eq!(format!("{back:?}"), format!("{rows:?}"));
        assert_eq!(made(&back).report, bundle.report);
    }
}

#[test]
fn nothing_is_reproduced_where_everything_diverged() {
    let bundle = made(&synthetic::all_diverged());
    assert!(
        bundle
            .claims
            .iter()
            .all(|claim| claim.verdict() == Verdict::Not)
    );
    assert!(bundle.picture.svg.contains("15 diverged, not drawn"));
}

#[test]
fn what_a_diverged_network_measured_is_not_held_against_it() {
    let mut rows = some_diverged();
    for row in rows
        .iter_mut()
        .filter(|row| row.outcome == Outcome::Diverged)
    {
        (row.alpha, row.effective_rank_g) = (Some(f64::NAN), Some(f64::INFINITY));
    }
    assert_eq!(made(&rows).report, made(&some_diverged()).report);
}

#[test]
fn a_test_loss_that_overflowed_is_no_value() {
    let mut rows = synthetic::rows();
    for row in rows.iter_mut().filter(|row| row.gamma == PAPER_GAMMAS[2]) {
        row.test_loss = [0.5, f64::INFINITY, f64::NAN][row.seed as usize];
    }
    assert!(made(&rows).report.contains("| 1.291e-4 | 0.5000 (1) |"));
}

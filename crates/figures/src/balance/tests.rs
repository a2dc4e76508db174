//! Verdicts on the made-up balance, and how they change when it is spoilt.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::sweep::{reproduce, synthetic as made_up};
use crate::verdicts::{self, claim, judged, shows_no_number};
use crate::{Preset, Verdict};

fn verdict(rows: &[Row], id: &str) -> Verdict {
    verdicts::verdict(&Balance, rows, id)
}

fn spoilt(change: impl FnMut(&mut Row)) -> Vec<Row> {
    verdicts::spoilt(synthetic::rows(), change)
}

fn scaled(statistic: &str, factor: f64) -> Vec<Row> {
    spoilt(|row| {
        if row.statistic.starts_with(statistic) {
            row.value = row.value.map(|value| factor * value);
        }
    })
}

#[test]
fn a_balance_dominated_by_noise_meets_all_but_the_square() {
    for claim in judged(&Balance, &synthetic::rows(), &[]) {
        let expected = if claim.id() == "slope-two" {
            Not
        } else {
            Reproduced
        };
        assert_eq!(claim.verdict(), expected, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn another_factor_of_gamma_makes_the_square() {
    let rows = spoilt(|row| {
        if row.statistic == "trace_ratio" {
            row.value = row.value.map(|ratio| ratio * row.gamma);
        }
    });
    assert_eq!(verdict(&rows, "slope-two"), Reproduced);
    assert_eq!(verdict(&rows, "slope-one"), Not);
    let notes = claim(&Balance, &rows, "slope-two").notes().join(" ");
    assert!(
        notes.contains("layer 3") && notes.contains("(nearer 2)"),
        "{notes}"
    );
}

#[test]
fn a_ratio_that_ignores_the_learning_rate_is_not_one_over_it() {
    let rows = spoilt(|row| {
        if row.statistic == "trace_ratio" {
            row.value = row.value.map(|ratio| ratio * row.learning_rate);
        }
    });
    assert_eq!(verdict(&rows, "slope-learning-rate"), Not);
    assert_eq!(verdict(&rows, "slope-one"), Reproduced);
    let mut one_rate = synthetic::rows();
    one_rate.retain(|row| row.learning_rate == 0.1);
    assert_eq!(
        verdict(&one_rate, "slope-learning-rate"),
        Not,
        "not measured"
    );
}

#[test]
fn each_assumption_can_fail() {
    assert_eq!(verdict(&scaled("stationarity", 10.0), "stationary"), Not);
    assert_eq!(
        verdict(&scaled("stationarity_h_a", 10.0), "stationary"),
        Partly
    );
    assert_eq!(
        verdict(&scaled("steps_times", 0.01), "trained-long-enough"),
        Not
    );
    assert_eq!(
        verdict(&scaled("mean_stationarity", 5.0), "mean-update"),
        Not
    );
    assert_eq!(verdict(&scaled("residual", 5.0), "balance"), Not);
    assert_eq!(verdict(&scaled("cv_", 5.0), "self-averaging"), Not);
    assert_eq!(verdict(&scaled("constant_h_b", 3.0), "constants"), Not);
    assert_eq!(
        verdict(&scaled("constant_g_a_residual", 5.0), "constants-shape"),
        Not
    );
}

#[test]
fn residuals_that_do_not_depend_on_gamma_do_not_fall() {
    let rows = spoilt(|row| {
        if row.statistic.starts_with("residual") {
            row.value = Some(0.3);
        }
    });
    assert_eq!(verdict(&rows, "residuals-fall"), Not);
    assert_eq!(verdict(&rows, "balance"), Reproduced);
}

#[test]
fn a_constant_of_the_wrong_sign_is_no_constant() {
    let rows = scaled("constant_h_b", -1.0);
    assert_eq!(verdict(&rows, "constants"), Not);
}

#[test]
fn picture_and_report_are_whole() {
    let rows = synthetic::rows();
    let input = made_up::input("crh-balance", Preset::Quick, &rows, &[]);
    let bundle = reproduce("crh-balance", input).unwrap();
    for text in [
        "slope 1",
        "slope 2",
        "slope -1",
        "theory: 1",
        "stationarity",
        "(iv)",
        ">layer 5<",
    ] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
    for title in [
        "Is training stationary?",
        "Do norms self-average?",
        "The predicted constants",
        "Which power of gamma?",
    ] {
        assert!(bundle.report.contains(title), "{title}");
    }
    assert!(!shows_no_number(&bundle.picture.svg) && !shows_no_number(&bundle.report));
}

#[test]
fn nothing_is_claimed_of_networks_that_diverged() {
    let rows = made_up::diverged(synthetic::rows());
    for claim in judged(&Balance, &rows, &[]) {
        assert_eq!(claim.verdict(), Not, "{}", claim.id());
    }
    let input = made_up::input("crh-balance", Preset::Quick, &rows, &[]);
    assert!(!shows_no_number(
        &reproduce("crh-balance", input).unwrap().report
    ));
}

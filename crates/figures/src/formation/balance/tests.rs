//! Verdicts on the made-up balance, and how they change when it is spoilt.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::verdicts::{self, claim, judged, shows_no_number};
use crate::formation::{reproduce, synthetic as made_up};
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

/// tr G_b / tr Z_b times a function of its network.
fn ratios(factor: impl Fn(&Row) -> f64) -> Vec<Row> {
    spoilt(|row| {
        if row.statistic == "trace_ratio" {
            row.value = row.value.map(|ratio| ratio * factor(row));
        }
    })
}

fn notes(rows: &[Row], id: &str) -> String {
    claim(&Balance, rows, id).notes().join(" ")
}

#[test]
fn another_factor_of_gamma_makes_the_square() {
    let rows = ratios(|row| row.gamma);
    assert_eq!(verdict(&rows, "slope-two"), Reproduced);
    assert_eq!(verdict(&rows, "slope-one"), Not);
    let claim = claim(&Balance, &rows, "slope-two");
    let named = |part: &crate::Part| part.name() == "layer 3, gamma 1.0e-4 to 3.0e-4";
    assert!(claim.parts().iter().any(named), "{claim:?}");
    assert_eq!(claim.parts().len(), 5 * 4);
}

#[test]
fn a_line_through_a_curve_that_levels_off_is_no_power() {
    // From the square at small weight decay to no growth at large: one line through it has a slope near 1.
    let rows = ratios(|row| row.gamma / (1.0 + (row.gamma / 6e-4).powi(2)));
    for id in ["slope-one", "slope-two"] {
        assert_eq!(verdict(&rows, id), Not, "{id}");
    }
    let text = notes(&rows, "slope-one");
    assert!(text.contains("layer 2 no line (R²"), "{text}");
    assert!(notes(&synthetic::rows(), "slope-one").contains("layer 2 1.0"));
    let input = made_up::input("crh-balance", Preset::Quick, &rows, &[]);
    let report = reproduce("crh-balance", input).unwrap().report;
    assert!(report.contains("no line: R²") && report.contains("3.0e-3 to 1.0e-2"));
}

#[test]
fn networks_that_trained_briefly_or_learned_nothing_enter_no_slope() {
    let brief = spoilt(|row| {
        if row.gamma == 1e-4 {
            row.step /= 2;
        }
    });
    let text = notes(&brief, "slope-one");
    assert!(
        text.contains("left out: gamma 1.0e-4: 3 of 3, 2.00 decay times of 3"),
        "{text}"
    );
    assert_eq!(claim(&Balance, &brief, "slope-one").parts().len(), 5 * 3);

    let collapsed = spoilt(|row| {
        if row.gamma == 1e-2 && row.seed < 2 && row.statistic == "test_loss" {
            row.value = Some(0.081);
        }
        // What a collapsed network shows must not count.
        if row.gamma == 1e-2 && row.seed < 2 && row.statistic == "trace_ratio" {
            row.value = Some(1e-9);
        }
    });
    let text = notes(&collapsed, "slope-one");
    assert!(
        text.contains("gamma 1.0e-2: 2 of 3, a test loss no lower than a constant's"),
        "{text}"
    );
    assert_eq!(
        verdict(&collapsed, "slope-one"),
        Partly,
        "one seed is left there"
    );
    assert!(notes(&collapsed, "trained-long-enough").contains("1 predict better"));

    let mut unknown = synthetic::rows();
    unknown.retain(|row| row.statistic != "test_loss_constant");
    assert_eq!(verdict(&unknown, "slope-one"), Not);
    assert!(notes(&unknown, "slope-one").contains("cannot be held against a constant's"));
}

#[test]
fn the_settings_tell_the_loss_of_a_constant_where_no_row_does() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.statistic != "test_loss_constant");
    let mut input = made_up::input("crh-balance", Preset::Quick, &rows, &[]);
    let name = "loss of the best constant prediction";
    let setting = |value: &str| crate::Setting::new(name, value, crate::Tag::Measured, "");
    input.settings.push(setting("0.0800"));
    let bundle = reproduce("crh-balance", input.clone()).unwrap();
    let slope = bundle.claims.get("slope-one").unwrap();
    assert_eq!(slope.verdict(), Reproduced);
    assert!(bundle.report.contains("| 0.0800 [0.0800, 0.0800] |"));
    assert!(bundle.report.contains("| 3 of 3 |"));
    input.settings.pop();
    input.settings.push(setting("0.0001"));
    let bundle = reproduce("crh-balance", input).unwrap();
    assert_eq!(bundle.claims.get("slope-one").unwrap().verdict(), Not);
    assert!(bundle.report.contains("| 0 of 3 |"));
}

#[test]
fn a_ratio_that_ignores_the_learning_rate_is_not_one_over_it() {
    let rows = ratios(|row| row.learning_rate);
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
fn residuals_are_judged_less_their_sampling_noise() {
    let is_residual =
        |row: &Row| row.statistic.starts_with("residual") || row.statistic == "mean_stationarity";
    // Five times too large as measured, and all of it noise.
    let mut rows = spoilt(|row| {
        if is_residual(row) {
            row.value = row.value.map(|value| 5.0 * value);
        }
    });
    let measured: Vec<Row> = rows
        .iter()
        .filter(|row| is_residual(row))
        .cloned()
        .collect();
    rows.extend(measured.into_iter().map(|row| Row {
        statistic: format!("{}_debiased", row.statistic),
        value: Some(1e-3),
        ..row
    }));
    for claim in ["mean-update", "balance"] {
        assert_eq!(verdict(&rows, claim), Reproduced, "{claim}");
    }
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
        "slope −1",
        "theory: 1",
        "stationarity",
        "(iv)",
        ">layer 5<",
        ">(i) H_b<",
        "variation of ‖h_a‖²",
    ] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
    for title in [
        "Is training stationary?",
        "Do norms self-average?",
        "The predicted constants",
        "Which power of gamma?",
        "Held-out loss beside that of the best constant prediction",
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

//! Verdicts on the made-up balance, and how they change when it is spoilt.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::check::{
    all_are, changed, figure, judged, notes, reproduces_all_but, revalued, shows, verdict, whole,
};
use crate::formation::{reproduce, synthetic as made_up};
use crate::table::range_of;
use crate::{Part, Preset, Setting, Tag};

const ID: &str = "crh-balance";

/// The synthetic rows with the statistics whose names start like this multiplied, as far as their ranges allow.
fn scaled(statistic: &str, factor: f64) -> Vec<Row> {
    changed(synthetic::rows(), |row| {
        if row.statistic.starts_with(statistic) {
            let (low, high) = range_of(&row.statistic).bounds();
            row.value = row.value.map(|value| (factor * value).clamp(low, high));
        }
    })
}

/// The synthetic rows with tr G_b / tr Z_b times a function of its network.
fn ratios(factor: impl Fn(&Row) -> f64) -> Vec<Row> {
    changed(synthetic::rows(), |row| {
        if row.statistic == "trace_ratio" {
            row.value = row.value.map(|ratio| ratio * factor(row));
        }
    })
}

#[test]
fn the_figure_is_whole() {
    let bundle = whole(ID, &synthetic::rows());
    let texts = [
        "slope 1",
        "slope 2",
        "slope −1",
        "theory: 1",
        "stationarity",
        "(iv)",
        ">layer 5<",
        ">(i) H_b<",
        "variation of ‖h_a‖²",
    ];
    shows(&bundle, &texts);
    for title in [
        "Is training stationary?",
        "Do norms self-average?",
        "The predicted constants",
        "Which power of gamma?",
        "Held-out loss beside that of the best constant prediction",
    ] {
        assert!(bundle.report.contains(title), "{title}");
    }
}

#[test]
fn a_balance_dominated_by_noise_meets_all_but_the_square() {
    reproduces_all_but(&["slope-two"], ID, &synthetic::rows());
}

#[test]
fn another_factor_of_gamma_makes_the_square() {
    let rows = ratios(|row| row.weight_decay);
    assert_eq!(verdict(ID, &rows, "slope-one"), Not);
    let claims = judged(ID, &rows);
    let claim = claims.get("slope-two").unwrap();
    assert_eq!(claim.verdict(), Reproduced);
    let named = |part: &Part| part.name() == "layer 3, gamma 1.0e-4 to 3.0e-4";
    assert!(claim.parts().iter().any(named), "{claim:?}");
    assert_eq!(claim.parts().len(), 5 * 4);
}

#[test]
fn a_line_through_a_curve_that_levels_off_is_no_power() {
    // From the square at small weight decay to no growth at large: one line through it has a slope near 1.
    let rows = ratios(|row| row.weight_decay / (1.0 + (row.weight_decay / 6e-4).powi(2)));
    all_are(Not, ID, &rows, &["slope-one", "slope-two"]);
    let text = notes(ID, &rows, "slope-one");
    assert!(text.contains("layer 2 no line (R²"), "{text}");
    assert!(notes(ID, &synthetic::rows(), "slope-one").contains("layer 2 1.0"));
    let report = figure(ID, &rows).report;
    assert!(report.contains("no line: R²") && report.contains("3.0e-3 to 1.0e-2"));
}

#[test]
fn networks_that_trained_briefly_enter_no_slope() {
    let rows = changed(synthetic::rows(), |row| {
        if row.weight_decay == 1e-4 {
            row.step /= 2;
        }
    });
    let text = notes(ID, &rows, "slope-one");
    let left_out = "left out: gamma 1.0e-4: 3 of 3, 2.00 decay times of 3";
    assert!(text.contains(left_out), "{text}");
    let claims = judged(ID, &rows);
    assert_eq!(claims.get("slope-one").unwrap().parts().len(), 5 * 3);
}

#[test]
fn networks_that_learned_nothing_enter_no_slope() {
    let collapsed = changed(synthetic::rows(), |row| {
        if row.weight_decay == 1e-2 && row.seed < 2 {
            match row.statistic.as_str() {
                "test_loss" => row.value = Some(0.081),
                // What a collapsed network shows must not count.
                "trace_ratio" => row.value = Some(1e-9),
                _ => (),
            }
        }
    });
    let text = notes(ID, &collapsed, "slope-one");
    let left_out = "gamma 1.0e-2: 2 of 3, a test loss no lower than a constant's";
    assert!(text.contains(left_out), "{text}");
    // One seed is left there.
    assert_eq!(verdict(ID, &collapsed, "slope-one"), Partly);
    assert!(notes(ID, &collapsed, "trained-long-enough").contains("1 predict better"));

    let mut unknown = synthetic::rows();
    unknown.retain(|row| row.statistic != "test_loss_constant");
    assert_eq!(verdict(ID, &unknown, "slope-one"), Not);
    assert!(notes(ID, &unknown, "slope-one").contains("cannot be held against a constant's"));
}

#[test]
fn the_settings_tell_the_loss_of_a_constant_where_no_row_does() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.statistic != "test_loss_constant");
    for (value, expected, learned) in [
        ("0.0800", Reproduced, "| 3 of 3 |"),
        ("0.0001", Not, "| 0 of 3 |"),
    ] {
        let mut input = made_up::input(ID, Preset::Quick, &rows, &[]);
        let name = "loss of the best constant prediction";
        let setting = Setting::new(name, value, Tag::Measured, "");
        input.settings.push(setting);
        let bundle = reproduce(ID, input).unwrap();
        let slope = bundle.claims.get("slope-one").unwrap();
        assert_eq!(slope.verdict(), expected);
        assert!(bundle.report.contains(learned));
        let told = bundle.report.contains("| 0.0800 [0.0800, 0.0800] |");
        assert_eq!(told, value == "0.0800");
    }
}

#[test]
fn a_ratio_that_ignores_the_learning_rate_is_not_one_over_it() {
    let rows = ratios(|row| row.learning_rate);
    assert_eq!(verdict(ID, &rows, "slope-learning-rate"), Not);
    assert_eq!(verdict(ID, &rows, "slope-one"), Reproduced);
    let mut one_rate = synthetic::rows();
    one_rate.retain(|row| row.learning_rate == 0.1);
    assert_eq!(verdict(ID, &one_rate, "slope-learning-rate"), Not);
}

#[test]
fn each_assumption_can_fail() {
    for (statistic, factor, claim, expected) in [
        ("stationarity", 10.0, "stationary", Not),
        ("stationarity_h_a", 10.0, "stationary", Partly),
        ("steps_times", 0.01, "trained-long-enough", Not),
        ("mean_stationarity", 5.0, "mean-update", Not),
        ("residual", 5.0, "balance", Not),
        ("cv_", 5.0, "self-averaging", Not),
        ("constant_h_b", 3.0, "constants", Not),
        ("constant_h_b", -1.0, "constants", Not),
        ("constant_g_a_residual", 5.0, "constants-shape", Not),
    ] {
        all_are(expected, ID, &scaled(statistic, factor), &[claim]);
    }
}

#[test]
fn residuals_are_judged_less_their_sampling_noise() {
    let is_residual =
        |row: &Row| row.statistic.starts_with("residual") || row.statistic == "mean_stationarity";
    // Five times too large as measured, and all of it noise.
    let mut rows = revalued(synthetic::rows(), is_residual, |value| 5.0 * value);
    let measured = rows.iter().filter(|row| is_residual(row));
    let debiased = measured.map(|row| Row {
        statistic: networks::debiased(&row.statistic),
        value: Some(1e-3),
        ..row.clone()
    });
    let debiased: Vec<Row> = debiased.collect();
    rows.extend(debiased);
    all_are(Reproduced, ID, &rows, &["mean-update", "balance"]);
}

#[test]
fn residuals_that_do_not_depend_on_gamma_do_not_fall() {
    let is_residual = |row: &Row| row.statistic.starts_with("residual");
    let rows = revalued(synthetic::rows(), is_residual, |_| 0.3);
    assert_eq!(verdict(ID, &rows, "residuals-fall"), Not);
    assert_eq!(verdict(ID, &rows, "balance"), Reproduced);
}

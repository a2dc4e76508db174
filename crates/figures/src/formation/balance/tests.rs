//! Verdicts on the synthetic balance, and how they change when it is corrupted.

use super::synthetic::rows;
use crate::Verdict::{NotTested, Reproduced};
use crate::figures::reproduce;
use crate::formation::check::{changed, claim, figure, noted, only, revalued, shows, verdicts};
use crate::formation::synthetic::made_up;
use crate::table::{AVERAGED, Row, instantaneous};
use crate::{Part, Preset, Setting, Sweep, Tag};

const ID: &str = "crh-balance";

/// The synthetic rows with the statistics whose names start like this changed.
fn corrupted(statistic: &str, value: impl Fn(f64) -> f64) -> Vec<Row> {
    let of = |row: &Row| instantaneous(&row.statistic).starts_with(statistic);
    revalued(rows(), of, value)
}

/// The same multiplied.
fn scaled(statistic: &str, factor: f64) -> Vec<Row> {
    corrupted(statistic, |value| factor * value)
}

/// The synthetic rows with tr G_b / tr Z_b times a function of its network.
fn ratios(factor: impl Fn(&Row) -> f64) -> Vec<Row> {
    changed(rows(), |row| {
        if row.statistic == "trace_ratio" {
            row.value = row.value.map(|ratio| ratio * factor(row));
        }
    })
}

#[test]
fn corrupted_rows_show() {
    // From the square at small weight decay to no growth at large: one line through it has a slope near 1.
    let curve = ratios(|row| row.weight_decay / (1.0 + (row.weight_decay / 6e-4).powi(2)));
    verdicts!(ID;
        scaled("stationarity", 10.0) => Contradicted("stationary");
        scaled("stationarity_h_a", 10.0) => Contradicted("stationary");
        changed(rows(), |row| row.learning_rate *= 0.01) => Contradicted("trained-long-enough");
        scaled("mean_stationarity", 5.0) => Contradicted("mean-update");
        scaled("residual", 5.0) => Contradicted("balance");
        corrupted("residual", |_| 0.3) => Contradicted("residuals-fall"), Reproduced("balance");
        scaled("cv_", 5.0) => Contradicted("self-averaging");
        scaled("constant_h_b", 3.0) => Contradicted("constants");
        // No logarithm, and nothing to judge.
        scaled("constant_h_b", -1.0) => Undecided("constants");
        scaled("constant_g_a_residual", 5.0) => Contradicted("constants-shape");
        ratios(|row| row.weight_decay) => Contradicted("slope-one"), Reproduced("slope-two");
        &curve => Contradicted("slope-one", "slope-two");
        ratios(|row| row.learning_rate) => Contradicted("slope-learning-rate"), Reproduced("slope-one");
        only(rows(), |row| row.learning_rate == 0.1) => NotTested("slope-learning-rate");
        only(rows(), |row| row.statistic != "test_loss_constant") => NotTested("slope-one");
        // With W of few directions the constants hold by algebra.
        corrupted("effective_rank_z", |_| 1.2) => NotTested("constants", "constants-shape");
    );
    noted(ID, &curve, "slope-one", "layer 2 no line (R²");
    noted(ID, rows(), "slope-one", "layer 2 1.0");
    shows(&figure(ID, curve), &["no line: R²", "3.0e-3 to 1.0e-2"]);
}

#[test]
fn networks_that_trained_briefly_enter_no_slope() {
    let all = claim(ID, rows(), "slope-one");
    let named = |part: &Part| part.name() == "layer 3, gamma 1.0e-4 to 3.0e-4";
    assert!(all.parts().iter().any(named), "{all:?}");
    assert_eq!(all.parts().len(), 5 * 4);
    let brief = changed(rows(), |row| {
        if row.weight_decay == 1e-4 {
            row.step /= 2;
        }
    });
    let left_out = "left out: gamma 1.0e-4: 3 of 3, 2.00 decay times of 3";
    noted(ID, &brief, "slope-one", left_out);
    assert_eq!(claim(ID, brief, "slope-one").parts().len(), 5 * 3);
}

#[test]
fn networks_that_learned_nothing_enter_no_slope() {
    let collapsed = changed(rows(), |row| {
        if row.weight_decay == 1e-2 && row.seed < 2 {
            match row.statistic.as_str() {
                "test_loss" => row.value = Some(0.081),
                // What a collapsed network shows must not count.
                "trace_ratio" => row.value = Some(1e-9),
                _ => (),
            }
        }
    });
    let left_out = "gamma 1.0e-2: 2 of 3, a test loss no lower than a constant's";
    noted(ID, &collapsed, "slope-one", left_out);
    noted(ID, &collapsed, "trained-long-enough", "1 predict better");
    // One seed is left there.
    verdicts!(ID; collapsed => Undecided("slope-one"););
    let unknown = only(rows(), |row| row.statistic != "test_loss_constant");
    noted(
        ID,
        unknown,
        "slope-one",
        "cannot be held against a constant's",
    );
}

#[test]
fn the_settings_tell_the_loss_of_a_constant_where_no_row_does() {
    let rows = only(rows(), |row| row.statistic != "test_loss_constant");
    let with = |loss: &str| {
        let mut input = made_up(ID, Preset::Quick, Sweep::from(rows.clone()));
        let name = "loss of the best constant prediction";
        let setting = Setting::new(name, loss, Tag::Measured, "");
        input.settings.push(setting);
        reproduce(ID, input).unwrap()
    };
    let told = "| 0.0800, all equal |";
    let (high, low) = (with("0.0800"), with("0.0001"));
    shows(&high, &["| 3 of 3 |", told]);
    shows(&low, &["| 0 of 3 |"]);
    assert!(!low.report.contains(told));
    let verdicts = [high, low].map(|bundle| bundle.claims.get("slope-one").unwrap().verdict());
    assert_eq!(verdicts, [Reproduced, NotTested]);
}

#[test]
fn residuals_are_judged_in_the_mean_over_iterates_and_less_chance() {
    let is_judged =
        |row: &Row| row.statistic.starts_with(AVERAGED) && row.statistic.ends_with("_debiased");
    // Five times too large in the last iterate, and in the mean before chance is taken off.
    let others = revalued(
        rows(),
        |row| instantaneous(&row.statistic).contains("residual") && !is_judged(row),
        |value| 5.0 * value,
    );
    verdicts!(ID; others => Reproduced("mean-update", "balance"););
    let one_layer = revalued(
        rows(),
        |row| is_judged(row) && row.layer == 2,
        |value| 5.0 * value,
    );
    verdicts!(ID; one_layer => Contradicted("mean-update", "balance"););
    let without = only(rows(), |row| !is_judged(row));
    verdicts!(ID; without => NotTested("mean-update", "balance", "residuals-fall"););
}

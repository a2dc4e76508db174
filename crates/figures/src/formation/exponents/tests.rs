//! Verdicts on the synthetic exponents, and how they change when these are corrupted.

use super::claims::{ALLOWED, chance_distance, distance};
use super::synthetic::{rows, sweep};
use super::*;
use crate::Verdict;
use crate::Verdict::{Contradicted, Reproduced};
use crate::formation::check::{changed, claim, figure, noted, revalued, shows, verdicts};
use crate::table::{Row, Table};

const ID: &str = "pah-exponents";

/// The synthetic rows with the statistics whose names start like this changed.
fn corrupted(statistic: &str, value: impl Fn(f64) -> f64) -> Vec<Row> {
    revalued(rows(), |row| row.statistic.starts_with(statistic), value)
}

/// All exponents of these pairs, with their intervals, moved.
fn moved(pairs: &str, by: f64) -> Vec<Row> {
    let of = |row: &Row| row.statistic.starts_with("exponent") && row.statistic.ends_with(pairs);
    revalued(rows(), of, |exponent| exponent + by)
}

/// The same with intervals that reach 8 to both sides.
fn wide(by: f64) -> Vec<Row> {
    changed(moved("", by), |row| {
        let side = match row.statistic.as_str() {
            low if low.starts_with("exponent_low") => -8.0,
            high if high.starts_with("exponent_high") => 8.0,
            _ => 0.0,
        };
        row.value = row.value.map(|value| value + side);
    })
}

#[test]
fn corrupted_rows_show() {
    let unlike_noise = changed(rows(), |row| row.null_mean = row.null_mean.and(Some(0.001)));
    verdicts!(ID;
        // One pair of six.
        moved("h_a", 5.0) => Contradicted("inside-range");
        moved("", 5.0) => Contradicted("inside-range", "positive-inside-range", "near-allowed");
        moved("h_a_g_a", -0.6) => Contradicted("near-allowed"), Reproduced("inside-range");
        // Exponents of 0.5 to 2 whose intervals touch the range, and everything beside it, decide nothing.
        wide(0.0) => Undecided("inside-range", "positive-inside-range");
        // An exponent outside whose interval reaches in decides nothing either.
        wide(5.0) => Undecided("inside-range", "positive-inside-range");
        // Of unrelated matrices nothing is left to be inside.
        corrupted("commutator", |_| 0.5) => NotTested("inside-range");
        corrupted("r2", |_| 0.4) => NotTested("inside-range");
        &unlike_noise => NotTested("inside-range");
    );
    verdicts!(FITS.id;
        corrupted("commutator", |_| 0.5) => Contradicted("power-laws-exist"), Reproduced("beats-exponential");
        corrupted("r2", |_| 0.4) => Contradicted("power-laws-exist"), Reproduced("beats-exponential");
        unlike_noise => Contradicted("power-laws-exist"), Reproduced("beats-exponential");
        corrupted("delta_aic", |delta| -delta) => Contradicted("beats-exponential");
    );
    noted(ID, wide(0.0), "inside-range", "G_a ∝ H_a^p 75 of 75");
    noted(
        ID,
        wide(0.0),
        "positive-inside-range",
        "G_a ∝ H_a^p 75 of 75",
    );
    noted(
        ID,
        rows(),
        "inside-range",
        "H_a ∝ Z_a^p 75 of 90, and 0 without a fit",
    );
}

#[test]
fn a_commutator_no_smaller_than_its_null_is_not_trusted() {
    let trusted = |rows: Vec<Row>| {
        let table = Table::new(&rows).unwrap();
        let fitted = &Fits::of_tasks(&table)[0].pairs[1];
        let mut fits = fitted.fits.iter();
        assert!(fits.any(|fit| fit.commutator_null.is_some()));
        fitted.trusted().len()
    };
    assert_eq!(trusted(rows()), 75);
    // The null as experiments write it: a mean without a quantile, on the commutator's own row.
    let at_null = changed(rows(), |row| {
        if row.statistic == "commutator_z_a_g_a" && row.layer == 2 {
            (row.null_mean, row.null_q95) = (row.value, None);
        }
    });
    // Three seeds, five weight decays.
    assert_eq!(trusted(at_null), 60);
}

#[test]
fn a_refused_fit_is_a_layer_without_a_power_law() {
    // Of six maps, map 1 is not trusted; without three more, one in three is left.
    let rows = changed(rows(), |row| {
        if row.statistic.starts_with("exponent") && row.layer > 3 {
            row.value = None;
        }
    });
    let exist = claim(FITS.id, &rows, "power-laws-exist");
    assert_eq!(exist.verdict(), Contradicted);
    assert!((exist.ours().unwrap().value - 1.0 / 3.0).abs() < 1e-12);
    shows(&figure(ID, &rows), &["| no fit |"]);
    let answered = claim(ID, rows, "measured-everywhere");
    assert_eq!(answered.verdict(), Reproduced, "a refusal is an answer");
}

#[test]
fn distances_are_those_of_logarithms() {
    assert!(ALLOWED.into_iter().all(|allowed| distance(allowed) == 0.0));
    assert!((distance(6.0) - 2f64.ln()).abs() < 1e-12);
    // The slow twin: an average over a fine grid.
    let n = 200_000;
    let (low, high) = ((1f64 / 3.0).ln(), 3f64.ln());
    let grid = (0..n).map(|k| low + (high - low) * (f64::from(k) + 0.5) / f64::from(n));
    let mean = grid.map(|log| distance(log.exp())).sum::<f64>() / f64::from(n);
    assert!((mean - chance_distance()).abs() < 1e-6, "{mean}");
}

#[test]
fn each_task_has_its_own_panels_tables_and_parts() {
    let mut sweep = sweep();
    let other = changed(corrupted("r2", |_| 0.1), |row| {
        row.task = "teacher10".to_owned()
    });
    sweep.rows.extend(other);
    let main = figure(ID, sweep.clone()).picture.svg;
    // Three pairs of the task with more outputs.
    assert_eq!(main.matches("teacher10: p of").count(), 3);
    let bundle = figure(FITS.id, sweep.clone());
    let texts = ["## teacher10: G_a ∝ Z_a^p", "| R² 0.9", ">map 6<"];
    shows(&bundle, &texts);
    let counts = |svg: &str| {
        [": p of G_b ∝ H_b^p", ": eigenvalue of"].map(|title| svg.matches(title).count())
    };
    // One task has eigenpairs.
    assert_eq!(
        (counts(&bundle.picture.svg), bundle.extra.len()),
        ([2, 3], 1)
    );
    let parts = claim(FITS.id, &sweep.rows, "power-laws-exist");
    let verdicts: Vec<Verdict> = parts.parts().iter().map(|part| part.verdict()).collect();
    let expected = [[Verdict::Reproduced; 6], [Verdict::Contradicted; 6]];
    assert_eq!(verdicts, expected.concat());
    let without = figure(FITS.id, sweep.rows);
    assert_eq!(
        (counts(&without.picture.svg), without.extra.len()),
        ([2, 0], 0)
    );
}

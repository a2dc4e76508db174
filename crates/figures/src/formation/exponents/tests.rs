//! Verdicts on the made-up exponents, and how they change when these are corrupted.

use super::claims::{ALLOWED, chance_distance, distance};
use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::check::{
    all_are, changed, figure, judged, notes, reproduces_all_but, revalued, shows_no_number,
    verdict, whole,
};
use crate::formation::{reproduce, synthetic as made_up};
use crate::table::Table;
use crate::{Preset, Standing};

const ID: &str = "pah-exponents";

/// The synthetic rows with the statistics whose names start like this changed.
fn spoilt(statistic: &str, value: impl Fn(f64) -> f64) -> Vec<Row> {
    let of = |row: &Row| row.statistic.starts_with(statistic);
    revalued(synthetic::rows(), of, value)
}

/// All exponents of these pairs, with their intervals, moved.
fn moved(pairs: &str, by: f64) -> Vec<Row> {
    let of = |row: &Row| row.statistic.starts_with("exponent") && row.statistic.ends_with(pairs);
    revalued(synthetic::rows(), of, |exponent| exponent + by)
}

#[test]
fn a_planted_phase_is_whole_and_meets_every_criterion() {
    whole(ID, &synthetic::rows());
    reproduces_all_but(&[], ID, &synthetic::rows());
}

#[test]
fn exponents_outside_the_theory_are_seen() {
    // One pair of six.
    assert_eq!(verdict(ID, &moved("h_a", 5.0), "inside-range"), Partly);
    let outside = ["inside-range", "positive-inside-range", "near-allowed"];
    all_are(Not, ID, &moved("", 5.0), &outside);
    let between = moved("h_a_g_a", -0.6);
    assert_ne!(verdict(ID, &between, "near-allowed"), Reproduced);
    assert_eq!(verdict(ID, &between, "inside-range"), Reproduced);
}

#[test]
fn a_wide_interval_decides_nothing() {
    // Exponents of 0.5 to 2 with intervals of 8 to both sides touch the range, and everything beside it.
    let wide = |by: f64| {
        changed(moved("", by), |row| {
            let side = match row.statistic.as_str() {
                low if low.starts_with("exponent_low") => -8.0,
                high if high.starts_with("exponent_high") => 8.0,
                _ => 0.0,
            };
            row.value = row.value.map(|value| value + side);
        })
    };
    let ranges = ["inside-range", "positive-inside-range"];
    all_are(Partly, ID, &wide(0.0), &ranges);
    for id in ranges {
        assert!(notes(ID, &wide(0.0), id).contains("G_a ∝ H_a^p 75 of 75"));
    }
    // An exponent outside is outside, wherever its interval ends.
    all_are(Not, ID, &wide(5.0), &ranges);
}

#[test]
fn a_commutator_no_smaller_than_its_null_is_not_trusted() {
    let trusted = |rows: &[Row]| {
        let table = Table::new(rows).unwrap();
        let fitted = &Fits::of_tasks(&table)[0].pairs[1];
        let mut fits = fitted.fits.iter();
        assert!(fits.any(|fit| fit.commutator_null.is_some()));
        fitted.trusted().len()
    };
    assert_eq!(trusted(&synthetic::rows()), 75);
    // The null as experiments write it: a mean without a quantile, on the commutator's own row.
    let at_null = changed(synthetic::rows(), |row| {
        if row.statistic == "commutator_z_a_g_a" && row.layer == 2 {
            (row.null_mean, row.null_q95) = (row.value, None);
        }
    });
    // Three seeds, five weight decays.
    assert_eq!(trusted(&at_null), 60);
}

#[test]
fn fits_of_unrelated_matrices_count_for_nothing() {
    let unlike_noise = changed(synthetic::rows(), |row| {
        row.null_mean = row.null_mean.and(Some(0.001));
    });
    let (apart, curved) = (spoilt("commutator", |_| 0.5), spoilt("r2", |_| 0.4));
    for rows in [apart, unlike_noise, curved] {
        // Nothing is left to be inside.
        all_are(Not, ID, &rows, &["power-laws-exist", "inside-range"]);
        assert_eq!(verdict(ID, &rows, "beats-exponential"), Reproduced);
    }
    let note = notes(ID, &synthetic::rows(), "inside-range");
    let counted = "H_a ∝ Z_a^p 75 of 90, and 0 refused";
    assert!(note.contains(counted), "{note}");
}

#[test]
fn a_refused_fit_is_a_layer_without_a_power_law() {
    // Of six maps, map 1 is not trusted; without three more, one in three is left.
    let rows = changed(synthetic::rows(), |row| {
        if row.statistic.starts_with("exponent") && row.layer > 3 {
            row.value = None;
        }
    });
    let bundle = figure(ID, &rows);
    let exist = bundle.claims.get("power-laws-exist").unwrap();
    assert_eq!(exist.verdict(), Not);
    assert!((exist.ours().unwrap().value - 1.0 / 3.0).abs() < 1e-12);
    let answered = bundle.claims.get("measured-everywhere").unwrap();
    assert_eq!(answered.verdict(), Reproduced, "a refusal is an answer");
    assert!(bundle.report.contains("| refused |"));
}

#[test]
fn an_exponential_that_fits_better_is_seen() {
    let rows = spoilt("delta_aic", |delta| -delta);
    assert_eq!(verdict(ID, &rows, "beats-exponential"), Not);
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
fn picture_and_report_are_whole_with_and_without_spectra() {
    let (rows, spectra) = (synthetic::rows(), synthetic::spectra());
    for spectra in [&spectra[..], &[]] {
        let input = made_up::input(ID, Preset::Quick, &rows, spectra);
        let bundle = reproduce(ID, input).unwrap();
        let svg = &bundle.picture.svg;
        assert!(svg.contains("p of G_b ∝ H_b^p") && svg.contains(">map 6<"));
        assert_eq!(svg.contains("eigenvalue of Z_a"), !spectra.is_empty());
        assert_eq!(bundle.extra.len(), usize::from(!spectra.is_empty()));
        assert!(bundle.report.contains(": G_a ∝ Z_a^p") && bundle.report.contains("; R² 0.9"));
        assert!(!shows_no_number(svg) && !shows_no_number(&bundle.report));
    }
}

#[test]
fn each_task_has_its_own_panels_tables_and_parts() {
    let mut rows = synthetic::rows();
    rows.extend(changed(spoilt("r2", |_| 0.1), |row| {
        row.task = "teacher10".to_owned();
    }));
    let spectra = synthetic::spectra();
    let input = made_up::input(ID, Preset::Quick, &rows, &spectra);
    let bundle = reproduce(ID, input).unwrap();
    let svg = &bundle.picture.svg;
    assert_eq!(svg.matches(": p of G_b ∝ H_b^p").count(), 2);
    // One task has eigenpairs.
    assert_eq!(svg.matches(": eigenvalue of").count(), 3);
    assert!(bundle.report.contains("## teacher10: G_a ∝ Z_a^p"));
    let claims = judged(ID, &rows);
    let parts = claims.get("power-laws-exist").unwrap().parts().iter();
    let standings: Vec<Standing> = parts.map(|part| part.standing()).collect();
    let expected = [[Standing::Met; 6], [Standing::Missed; 6]];
    assert_eq!(standings, expected.concat());
}

//! Verdicts on the made-up exponents, and how they change when these are spoilt.

use super::claims::{ALLOWED, chance_distance, distance};
use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::verdicts::{self, claim, judged, shows_no_number};
use crate::formation::{reproduce, synthetic as made_up};
use crate::{Preset, Standing, Verdict};

fn verdict(rows: &[Row], id: &str) -> Verdict {
    verdicts::verdict(&Exponents, rows, id)
}

fn spoilt(change: impl FnMut(&mut Row)) -> Vec<Row> {
    verdicts::spoilt(synthetic::rows(), change)
}

/// All exponents of these statistics, with their intervals, moved.
fn moved(of: &'static str, by: f64) -> Vec<Row> {
    spoilt(move |row| {
        if row.statistic.starts_with("exponent") && row.statistic.ends_with(of) {
            row.value = row.value.map(|exponent| exponent + by);
        }
    })
}

#[test]
fn a_planted_phase_meets_every_criterion() {
    for claim in judged(&Exponents, &synthetic::rows(), &[]) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn exponents_outside_the_theory_are_seen() {
    assert_eq!(
        verdict(&moved("h_a", 5.0), "inside-range"),
        Partly,
        "one pair of six"
    );
    let all = spoilt(|row| {
        if row.statistic.starts_with("exponent") {
            row.value = row.value.map(|exponent| exponent + 5.0);
        }
    });
    for id in ["inside-range", "positive-inside-range", "near-allowed"] {
        assert_eq!(verdict(&all, id), Not, "{id}");
    }
    let between = moved("h_a_g_a", -0.6);
    assert_ne!(verdict(&between, "near-allowed"), Reproduced);
    assert_eq!(verdict(&between, "inside-range"), Reproduced);
}

#[test]
fn a_wide_interval_decides_nothing() {
    // Exponents of 0.5 to 2 with intervals of 8 to both sides touch the range, and everything beside it.
    let wide = |by: f64| {
        spoilt(move |row| {
            let side = if row.statistic.starts_with("exponent_low") {
                -8.0
            } else if row.statistic.starts_with("exponent_high") {
                8.0
            } else {
                0.0
            };
            if row.statistic.starts_with("exponent") {
                row.value = row.value.map(|exponent| exponent + by + side);
            }
        })
    };
    for id in ["inside-range", "positive-inside-range"] {
        let claim = claim(&Exponents, &wide(0.0), id);
        assert_eq!(claim.verdict(), Partly, "{id}: {claim:?}");
        assert!(claim.notes().join(" ").contains("G_a ∝ H_a^p 75 of 75"));
        assert_eq!(
            verdict(&wide(5.0), id),
            Not,
            "an exponent outside is outside, wherever its interval ends"
        );
    }
}

#[test]
fn a_commutator_no_smaller_than_its_null_is_not_trusted() {
    let trusted = |rows: &[Row]| {
        let fits = &Fits::of_tasks(&crate::table::Table::new(rows).unwrap())[0];
        let of_pair = fits.of(1).to_vec();
        assert!(of_pair.iter().any(|fit| fit.commutator_null.is_some()));
        of_pair.iter().filter(|fit| fit.is_trusted()).count()
    };
    let rows = synthetic::rows();
    assert_eq!(trusted(&rows), 75);
    // The null as experiments write it: a mean without a quantile, on the commutator's own row.
    let at_null = spoilt(|row| {
        if row.statistic == "commutator_z_a_g_a" && row.layer == 2 {
            (row.null_mean, row.null_q95) = (row.value, None);
        }
    });
    assert_eq!(trusted(&at_null), 60, "three seeds, five weight decays");
}

#[test]
fn fits_of_unrelated_matrices_count_for_nothing() {
    let apart = spoilt(|row| {
        if row.statistic.starts_with("commutator") {
            row.value = Some(0.5);
        }
    });
    let unlike_noise = spoilt(|row| {
        if row.statistic.starts_with("commutator") {
            row.null_mean = Some(0.001);
        }
    });
    let curved = spoilt(|row| {
        if row.statistic.starts_with("r2") {
            row.value = Some(0.4);
        }
    });
    for rows in [apart, unlike_noise, curved] {
        assert_eq!(verdict(&rows, "power-laws-exist"), Not);
        assert_eq!(
            verdict(&rows, "inside-range"),
            Not,
            "nothing is left to be inside"
        );
        assert_eq!(verdict(&rows, "beats-exponential"), Reproduced);
    }
    assert_eq!(verdict(&synthetic::rows(), "power-laws-exist"), Reproduced);
    let note = claim(&Exponents, &synthetic::rows(), "inside-range")
        .notes()
        .join(" ");
    assert!(
        note.contains("H_a ∝ Z_a^p 75 of 90, and 0 refused"),
        "{note}"
    );
}

#[test]
fn a_refused_fit_is_a_layer_without_a_power_law() {
    // Of six maps, map 1 is not trusted; without three more, one in three is left.
    let rows = spoilt(|row| {
        if row.statistic.starts_with("exponent") && row.layer > 3 {
            row.value = None;
        }
    });
    let exist = claim(&Exponents, &rows, "power-laws-exist");
    assert_eq!(exist.verdict(), Not);
    assert!((exist.ours().unwrap().value - 1.0 / 3.0).abs() < 1e-12);
    let input = made_up::input("pah-exponents", Preset::Quick, &rows, &[]);
    let bundle = reproduce("pah-exponents", input).unwrap();
    let answered = bundle.claims.get("measured-everywhere").unwrap();
    assert_eq!(answered.verdict(), Reproduced, "a refusal is an answer");
    assert!(bundle.report.contains("| refused |"));
}

#[test]
fn an_exponential_that_fits_better_is_seen() {
    let rows = spoilt(|row| {
        if row.statistic.starts_with("delta_aic") {
            row.value = row.value.map(|delta| -delta);
        }
    });
    assert_eq!(verdict(&rows, "beats-exponential"), Not);
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
        let input = made_up::input("pah-exponents", Preset::Quick, &rows, spectra);
        let bundle = reproduce("pah-exponents", input).unwrap();
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
    rows.extend(spoilt(|row| {
        row.task = "teacher10".to_owned();
        if row.statistic.starts_with("r2") {
            row.value = Some(0.1);
        }
    }));
    let spectra = synthetic::spectra();
    let input = made_up::input("pah-exponents", Preset::Quick, &rows, &spectra);
    let bundle = reproduce("pah-exponents", input).unwrap();
    let svg = &bundle.picture.svg;
    assert_eq!(svg.matches(": p of G_b ∝ H_b^p").count(), 2);
    assert_eq!(
        svg.matches(": eigenvalue of").count(),
        3,
        "one task has eigenpairs"
    );
    assert!(bundle.report.contains("## teacher10: G_a ∝ Z_a^p"));
    let claim = bundle.claims.get("power-laws-exist").unwrap();
    let standings: Vec<Standing> = claim.parts().iter().map(|part| part.standing()).collect();
    assert_eq!(
        standings,
        [[Standing::Met; 6], [Standing::Missed; 6]].concat()
    );
}

#[test]
fn nothing_is_claimed_of_networks_that_diverged() {
    for claim in judged(&Exponents, &made_up::diverged(synthetic::rows()), &[]) {
        assert_eq!(claim.verdict(), Not, "{}", claim.id());
    }
}

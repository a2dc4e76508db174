//! Verdicts on made-up fits, and how they change when these are corrupted.

use super::{DYNAMICS, ratios};
use crate::Verdict::{Not, Partly, Reproduced};
use crate::universality::check::{figure, judged, meets, shows, sound, verdict, with_fits};
use crate::universality::synthetic::altered;

const ID: &str = "univ-alternative";

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &altered());
    meets(ID, &altered(), &[]);
}

#[test]
fn verdicts_follow_the_errors() {
    for (name, dynamics, factor, expected) in [
        ("altered-fit-worse", "term_dropped", 0.1, Partly),
        ("altered-fit-worse", "original", 100.0, Not),
        ("three-clearly-worse", "original", 100.0, Not),
        ("altered-as-measured", "original", 100.0, Not),
        ("below-their-bounds", "original", 0.3, Not),
        // Lower is what a bound allows.
        ("below-their-bounds", "original", 5.0, Reproduced),
        ("doubled-h-absorbed", "representation_doubled", 3.0, Not),
        (
            "altered-fit-worse",
            "representation_doubled",
            3.0,
            Reproduced,
        ),
    ] {
        let tables = with_fits(altered(), |fit| {
            if fit.dynamics == dynamics {
                fit.sse = fit.sse.map(|sse| factor * sse);
            }
        });
        let verdict = verdict(ID, &tables, name);
        assert_eq!(verdict, expected, "{name}, {factor} times {dynamics}");
    }
}

#[test]
fn ratios_are_of_one_seed() {
    let tables = with_fits(altered(), |fit| {
        let own = (fit.seed + 1) as f64;
        let factor = if fit.dynamics == "original" { 1.0 } else { 4.0 };
        fit.sse = Some(own * factor);
    });
    assert_eq!(ratios(&tables.fits, "sign_flipped"), [4.0; 3]);
}

#[test]
fn a_dynamics_that_was_not_fitted_is_missing() {
    let mut tables = altered();
    tables.fits.retain(|fit| fit.dynamics != "sign_flipped");
    let claims = judged(ID, &tables);
    for name in ["measured-everywhere", "altered-fit-worse"] {
        assert_eq!(claims.get(name).unwrap().verdict(), Partly, "{name}");
    }
    let report = figure(ID, &tables).report;
    assert!(report.contains("sign in w′ flipped: no value, not measured"));
}

#[test]
fn every_dynamics_has_its_panel() {
    shows(&figure(ID, &altered()), &DYNAMICS.map(|row| row.1));
}

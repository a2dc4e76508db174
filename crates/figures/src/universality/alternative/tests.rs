//! Verdicts on made-up fits, and how they change when these are spoilt.

use super::ratios;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::universality::FitRow;
use crate::universality::check::{figure, judged, sound, verdict};
use crate::universality::synthetic::altered;

const ID: &str = "univ-alternative";

/// Verdict after a factor on the error of one dynamics.
fn after(name: &str, dynamics: &str, factor: f64) -> Verdict {
    let mut tables = altered();
    for fit in tables
        .fits
        .iter_mut()
        .filter(|fit| fit.dynamics == dynamics)
    {
        fit.sse = fit.sse.map(|sse| factor * sse);
    }
    verdict(ID, &tables, name)
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &altered());
    for claim in &judged(ID, &altered()) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:#?}", claim.id());
    }
}

#[test]
fn an_alteration_that_fits_better_is_seen() {
    assert_eq!(after("altered-fit-worse", "term_dropped", 0.1), Partly);
    assert_eq!(after("altered-fit-worse", "original", 100.0), Not);
    assert_eq!(after("three-clearly-worse", "original", 100.0), Not);
    assert_eq!(after("altered-as-measured", "original", 100.0), Not);
    assert_eq!(after("below-their-bounds", "original", 0.3), Not);
    assert_eq!(
        after("below-their-bounds", "original", 5.0),
        Reproduced,
        "lower is what a bound allows"
    );
}

#[test]
fn a_doubling_that_is_rejected_is_not_absorbed() {
    assert_eq!(
        after("doubled-h-absorbed", "representation_doubled", 3.0),
        Not
    );
    assert_eq!(
        after("altered-fit-worse", "representation_doubled", 3.0),
        Reproduced
    );
}

#[test]
fn ratios_are_of_one_seed() {
    let mut fits: Vec<FitRow> = altered().fits;
    for fit in &mut fits {
        let own = (fit.seed + 1) as f64;
        fit.sse = Some(own * if fit.dynamics == "original" { 1.0 } else { 4.0 });
    }
    assert_eq!(ratios(&fits, "sign_flipped"), [4.0; 3]);
}

#[test]
fn a_dynamics_that_was_not_fitted_is_missing() {
    let mut tables = altered();
    tables.fits.retain(|fit| fit.dynamics != "sign_flipped");
    let claims = judged(ID, &tables);
    assert_eq!(claims.get("measured-everywhere").unwrap().verdict(), Partly);
    assert_eq!(claims.get("altered-fit-worse").unwrap().verdict(), Partly);
    assert!(
        figure(ID, &tables)
            .report
            .contains("sign in w′ flipped: no value, not measured")
    );
}

#[test]
fn every_dynamics_has_its_panel() {
    let bundle = figure(ID, &altered());
    for (_, words) in super::DYNAMICS {
        assert!(
            bundle.picture.svg.contains(&format!(">{words}<")),
            "{words}"
        );
    }
}

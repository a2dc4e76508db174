//! Verdicts on synthetic fits, and how they change when these are corrupted.

use super::{DYNAMICS, FIGURE, ratios};
use crate::figures::check::verdicts;
use crate::universality::Tables;
use crate::universality::check::with_fits;
use crate::universality::synthetic::altered;

/// The errors of a dynamics, so many times as large.
fn times(factor: f64, dynamics: &str) -> Tables {
    with_fits(altered(), |fit| {
        if fit.dynamics == dynamics {
            fit.sse = fit.sse.map(|sse| factor * sse);
        }
    })
}

#[test]
fn verdicts_follow_the_errors() {
    let absorbed = "representation_doubled";
    verdicts!(FIGURE.id;
        times(0.1, "term_dropped") => Contradicted("altered-fit-worse");
        times(100.0, "original") => Contradicted("altered-fit-worse", "three-clearly-worse", "altered-as-measured");
        times(0.3, "original") => Contradicted("below-their-bounds");
        // Lower is what a bound allows.
        times(5.0, "original") => Reproduced("below-their-bounds");
        times(3.0, absorbed) => Contradicted("doubled-h-absorbed");
        times(3.0, absorbed) => Reproduced("altered-fit-worse");
    );
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
    let report = FIGURE.drawn(&tables).report;
    verdicts!(FIGURE.id; tables => Contradicted("measured-everywhere"), Undecided("altered-fit-worse"););
    assert!(report.contains("not tested: sign in w′ flipped (not measured)"));
}

#[test]
fn every_dynamics_has_its_panel() {
    FIGURE.drawn(&altered()).shows(&DYNAMICS.map(|row| row.1));
}

//! Verdicts on made-up runs, and how they change when these are spoilt.

use crate::Verdict::{Not, Reproduced};
use crate::universality::PairTables;
use crate::universality::check::{figure, judged, sound, verdict};
use crate::universality::synthetic::{Network, two_points_with};

const ID: &str = "univ-loss";

/// Runs that all start near enough for the mean to be fitted first.
fn two_points() -> PairTables {
    changed(|network| network)
}

fn changed(change: impl Fn(Network) -> Network) -> PairTables {
    two_points_with(|network| {
        let h0 = network.h0.min(0.1 * network.closed_form(0.0).1);
        change(Network { h0, ..network })
    })
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &two_points());
    for claim in &judged(ID, &two_points()) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:#?}", claim.id());
    }
}

#[test]
fn a_mean_that_is_fitted_late_leaves_no_rest() {
    let slow = changed(|network| Network {
        eta_mean: 5e-4,
        ..network
    });
    assert_eq!(verdict(ID, &slow, "plateau"), Not);
    assert_eq!(verdict(ID, &slow, "two-stages"), Not);
}

#[test]
fn an_adam_that_fits_the_mean_first_is_seen() {
    let fast = changed(|network| Network {
        eta_mean: 0.02,
        ..network
    });
    assert_eq!(verdict(ID, &fast, "adam-no-plateau"), Not);
    let mut none = two_points();
    none.fits.retain(|fit| fit.setting != "adam");
    none.moments.retain(|row| row.setting != "adam");
    let claims = judged(ID, &none);
    let adam = claims.get("adam-no-plateau").unwrap();
    assert!(adam.verdict() == Not && adam.notes()[0].contains("not measured in this run: adam"));
}

#[test]
fn a_bad_theory_of_the_loss_is_seen() {
    let mut tables = two_points();
    for fit in &mut tables.fits {
        fit.loss_sse = fit.loss_sse.map(|sse| sse + 0.02f64.powi(2) * 3000.0);
    }
    assert_eq!(verdict(ID, &tables, "theory-fits-loss"), Not);
}

#[test]
fn every_setting_has_its_panel_and_the_level() {
    let bundle = figure(ID, &two_points());
    for text in [">swish<", ">adam<", ">dy²/8<", ">theory<"] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
}

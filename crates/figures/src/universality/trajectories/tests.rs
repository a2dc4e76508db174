//! Verdicts on synthetic runs, and how they change when these are corrupted.

use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::universality::FitRow;
use crate::universality::check::{
    claim, figure, judged, meets, shows, sound, verdict, with_fits, with_points,
};
use crate::universality::synthetic::{Network, two_points, two_points_with};

const ID: &str = "univ-trajectories";

/// Verdict after a change of every fit.
fn after(name: &str, change: impl FnMut(&mut FitRow)) -> Verdict {
    verdict(ID, &with_fits(two_points(), change), name)
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &two_points());
    meets(ID, &two_points(), &[]);
}

#[test]
fn settings_that_are_absent_are_named() {
    let tables = Network::of("default").tables();
    let claims = judged(ID, &tables);
    let anchor = claims.get("analytic-anchor").unwrap();
    assert_eq!((anchor.verdict(), anchor.ours()), (Not, None));
    let named = |note: &String| note.contains("not measured in this run: two_layer");
    assert!(anchor.notes().iter().any(named));
    assert_eq!(claims.get("fitted").unwrap().verdict(), Reproduced);
    let report = figure(ID, &tables).report;
    assert!(report.contains("not measured in this run: shallow, narrow"));
}

#[test]
fn fits_that_should_not_be_or_should_are_seen() {
    let without_elu = |fit: &mut FitRow| fit.fit_ok &= fit.setting != "elu";
    assert_eq!(after("fitted", without_elu), Partly);
    assert_eq!(after("no-fit-at-large-gain", |fit| fit.fit_ok = true), Not);
}

#[test]
fn a_theory_that_runs_too_fast_does_not_suffice() {
    let tables = two_points_with(|network| Network {
        theory_speed: 1.8,
        ..network
    });
    assert_eq!(verdict(ID, &tables, "two-constants-suffice"), Not);
    assert_eq!(verdict(ID, &tables, "error-as-measured"), Not);
}

#[test]
fn other_rates_than_the_authors_are_seen() {
    let double = |fit: &mut FitRow| fit.eta_h = fit.eta_h.map(|eta| 2.0 * eta);
    assert_eq!(after("rates-as-measured", double), Not);
    assert_eq!(after("analytic-anchor", double), Not);
    let one = |fit: &mut FitRow| {
        if fit.setting == "swish" {
            double(fit);
        }
    };
    assert_eq!(after("rates-as-measured", one), Partly);
}

#[test]
fn rates_of_the_notebooks_are_compared_at_the_tables_learning_rate() {
    let tables = with_fits(two_points(), |fit| {
        fit.mode = "notebook".to_owned();
        for eta in [&mut fit.eta_h, &mut fit.eta_y] {
            *eta = eta.map(|eta| eta / 2.0);
        }
    });
    let tables = with_points(tables, |row| row.mode = "notebook".to_owned());
    assert_eq!(verdict(ID, &tables, "rates-as-measured"), Reproduced);
}

#[test]
fn a_closed_form_that_is_off_is_seen() {
    let larger = |fit: &mut FitRow| fit.h_inf = fit.h_inf.map(|h| 1.2 * h);
    assert_eq!(after("closed-form", larger), Not);
    let smaller = |fit: &mut FitRow| fit.h_inf = Some(0.9 * fit.h_end);
    assert_eq!(after("closed-form-too-high", smaller), Not);
    assert_eq!(after("lowest-w", |fit| fit.w_min *= 0.9), Not);
}

#[test]
fn tanh_must_be_compared_seed_by_seed() {
    let grow = |fit: &mut FitRow| {
        if fit.setting == "tanh" {
            (fit.h_end, fit.eta_h, fit.eta_y) = (2.0 * fit.h_end, None, None);
        }
    };
    assert_eq!(after("tanh-is-linear", grow), Not);
    let mut tables = two_points();
    tables.fits.retain(|fit| fit.setting != "linear");
    let claim = claim(ID, &tables, "tanh-is-linear");
    assert!(claim.notes()[0].contains("linear"), "{claim:?}");
}

#[test]
fn an_output_that_leads_is_seen() {
    let swapped = with_points(two_points(), |m| {
        (m.h2, m.y2) = (m.y2 * m.y2 + 1e-9, m.h2.min(0.5));
    });
    assert_eq!(verdict(ID, &swapped, "representation-leads"), Not);
}

#[test]
fn without_a_transient_the_claim_of_one_fails() {
    let tables = two_points_with(|network| Network {
        transient: 0.0,
        refused: network.refused.map(|end| end.max(1.1)),
        ..network
    });
    assert_eq!(verdict(ID, &tables, "mean-fitting-transient"), Not);
}

#[test]
fn every_setting_has_its_panel() {
    let bundle = figure(ID, &two_points());
    let scaled = "cnn, ‖dh‖² × 0.1";
    shows(
        &bundle,
        &["default", scaled, "gain_1.3, no fit", "two_layer"],
    );
    assert!(bundle.report.contains("Where the theory was refused"));
    assert_eq!(bundle.extra.len(), 1, "fits.csv beside the trajectories");
}

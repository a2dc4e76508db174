//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::FIGURE;
use crate::Verdict::NotTested;
use crate::figures::check::verdicts;
use crate::universality::Tables;
use crate::universality::check::with_fits;
use crate::universality::synthetic::{Network, two_points_with};

/// Runs that all start near enough for the mean to be fitted first.
fn two_points() -> Tables {
    changed(|network| network)
}

fn changed(change: impl Fn(Network) -> Network) -> Tables {
    two_points_with(|network| {
        let h0 = network.h0.min(0.1 * network.closed_form(0.0).1);
        change(Network { h0, ..network })
    })
}

/// The mean fitted at another rate.
fn at_rate(eta_mean: f64) -> Tables {
    changed(|network| Network {
        eta_mean,
        ..network
    })
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    FIGURE.sound(&two_points(), &[]);
}

#[test]
fn verdicts_follow_the_loss() {
    let bad_theory = with_fits(two_points(), |fit| {
        fit.loss_sse = fit.loss_sse.map(|sse| sse + 0.02f64.powi(2) * 3000.0);
    });
    verdicts!(FIGURE.id;
        // A mean that is fitted late leaves no rest.
        at_rate(5e-4) => Contradicted("plateau", "two-stages");
        at_rate(0.02) => Contradicted("adam-no-plateau");
        bad_theory => Contradicted("theory-fits-loss");
    );
}

#[test]
fn an_adam_that_was_not_measured_is_named() {
    let others =
        two_points().on_two_points(|fit| fit.setting != "adam", |row| row.setting != "adam");
    let adam = FIGURE.claim(&others, "adam-no-plateau");
    assert_eq!(adam.verdict(), NotTested);
    assert!(adam.notes()[0].contains("not measured in this run: adam"));
}

#[test]
fn every_setting_has_its_panel_and_the_level() {
    let bundle = FIGURE.drawn(&two_points());
    bundle.shows(&["swish", "adam", "dy²/8", "theory"]);
}

//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::FIGURE;
use crate::Verdict::Contradicted;
use crate::figures::check::verdicts;
use crate::universality::check::{with_fits, with_points};
use crate::universality::synthetic::{Network, two_points_with};
use crate::universality::{Tables, TrajectoryPoint};

/// Runs of small initial distances, with the theory at another speed than theirs.
fn at_speed(theory_speed: f64, transient: f64) -> Tables {
    two_points_with(|network| Network {
        h0: network.h0.min(0.02 * network.closed_form(0.0).1),
        transient,
        epochs: 6000,
        theory_speed,
        ..network
    })
}

/// The theory's own curves.
fn tables() -> Tables {
    at_speed(1.0, 0.0)
}

fn after(change: impl FnMut(&mut TrajectoryPoint)) -> Tables {
    with_points(tables(), change)
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    // A network that is the theory is as fast as the theory.
    FIGURE.sound(&tables(), &[("faster-than-theory", Contradicted)]);
    let faster = FIGURE.claim(&at_speed(0.7, 0.2), "faster-than-theory");
    assert_ne!(faster.verdict(), Contradicted);
}

#[test]
fn other_shapes_do_not_collapse() {
    let wrong_constants = with_fits(tables(), |fit| {
        fit.eta_y = fit.eta_y.map(|eta| 2.5 * eta);
    });
    let wrong_theory = after(|m| m.h2_theory = m.y2_theory);
    verdicts!(FIGURE.id;
        after(|m| m.h2 = m.y2) => Contradicted("collapse", "lead");
        after(|m| m.w *= 0.5) => Contradicted("collapse");
        wrong_theory => Contradicted("theory-near-limit");
        wrong_constants => Contradicted("collapse", "rise-time");
    );
}

#[test]
fn settings_without_a_fit_are_named_and_left_out() {
    let bundle = FIGURE.drawn(&tables());
    let without = "Without a fit, and so not here: gain_1.3, gain_1.4, gain_1.6, adam.";
    assert!(bundle.picture.svg.contains(without));
    let rise = FIGURE.claim(&tables(), "rise-time");
    let differ = rise.notes()[0].contains("differ by a factor of");
    assert!(differ, "{rise:?}");
    let lines = ["limit of the theory", "its fitted theory", "two_layer"];
    bundle.shows(&lines);
}

//! Verdicts on synthetic runs, and how they change when these are corrupted.

use crate::Verdict::{self, Not};
use crate::universality::check::{
    claim, figure, meets, shows, sound, verdict, with_fits, with_points,
};
use crate::universality::synthetic::{Network, two_points_with};
use crate::universality::{Tables, TrajectoryPoint};

const ID: &str = "univ-universality";

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

fn after(name: &str, change: impl FnMut(&mut TrajectoryPoint)) -> Verdict {
    verdict(ID, &with_points(tables(), change), name)
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &tables());
    // A network that is the theory is as fast as the theory.
    meets(ID, &tables(), &[("faster-than-theory", Not)]);
}

#[test]
fn a_network_that_is_faster_than_its_theory_is_seen() {
    assert_ne!(verdict(ID, &at_speed(0.7, 0.2), "faster-than-theory"), Not);
}

#[test]
fn other_shapes_do_not_collapse() {
    assert_eq!(after("collapse", |m| m.h2 = m.y2), Not);
    assert_eq!(after("collapse", |m| m.w *= 0.5), Not);
    assert_eq!(after("lead", |m| m.h2 = m.y2), Not);
    let theory = after("theory-near-limit", |m| m.h2_theory = m.y2_theory);
    assert_eq!(theory, Not);
}

#[test]
fn wrong_constants_undo_the_collapse() {
    let tables = with_fits(tables(), |fit| {
        fit.eta_y = fit.eta_y.map(|eta| 2.5 * eta);
    });
    assert_eq!(verdict(ID, &tables, "collapse"), Not);
    assert_eq!(verdict(ID, &tables, "rise-time"), Not);
}

#[test]
fn settings_without_a_fit_are_named_and_left_out() {
    let bundle = figure(ID, &tables());
    let without = "Without a fit, and so not here: gain_1.3, gain_1.4, gain_1.6, adam.";
    assert!(bundle.picture.svg.contains(without));
    let rise = claim(ID, &tables(), "rise-time");
    assert!(
        rise.notes()[0].contains("differ by a factor of"),
        "{rise:?}"
    );
    let lines = ["limit of the theory", "its fitted theory", "two_layer"];
    shows(&bundle, &lines);
}

//! Verdicts on made-up runs, and how they change when these are spoilt.

use crate::Verdict::{self, Not, Reproduced};
use crate::universality::check::{claim, figure, judged, sound, verdict};
use crate::universality::synthetic::{Network, two_points_with};
use crate::universality::{Moment, PairTables};

const ID: &str = "univ-universality";

/// The theory's own curves from small initial distances.
fn tables() -> PairTables {
    two_points_with(|network| Network {
        h0: network.h0.min(0.02 * network.closed_form(0.0).1),
        transient: 0.0,
        epochs: 6000,
        ..network
    })
}

fn after(name: &str, change: impl Fn(&mut Moment)) -> Verdict {
    let mut tables = tables();
    tables.moments.iter_mut().for_each(change);
    verdict(ID, &tables, name)
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &tables());
    for claim in &judged(ID, &tables()) {
        // A network that is the theory is as fast as the theory.
        let expected = if claim.id() == "faster-than-theory" {
            Not
        } else {
            Reproduced
        };
        assert_eq!(claim.verdict(), expected, "{}: {claim:#?}", claim.id());
    }
}

#[test]
fn a_network_that_is_faster_than_its_theory_is_seen() {
    let slow = two_points_with(|network| Network {
        h0: network.h0.min(0.02 * network.closed_form(0.0).1),
        epochs: 6000,
        theory_speed: 0.7,
        ..network
    });
    assert_ne!(verdict(ID, &slow, "faster-than-theory"), Not);
}

#[test]
fn other_shapes_do_not_collapse() {
    assert_eq!(after("collapse", |m| m.h2 = m.y2), Not);
    assert_eq!(after("collapse", |m| m.w *= 0.5), Not);
    assert_eq!(after("lead", |m| m.h2 = m.y2), Not);
    assert_eq!(
        after("theory-near-limit", |m| m.h2_theory = m.y2_theory),
        Not
    );
}

#[test]
fn wrong_constants_undo_the_collapse() {
    let mut tables = tables();
    for fit in &mut tables.fits {
        fit.eta_y = fit.eta_y.map(|eta| 2.5 * eta);
    }
    assert_eq!(verdict(ID, &tables, "collapse"), Not);
    assert_eq!(verdict(ID, &tables, "rise-time"), Not);
}

#[test]
fn settings_without_a_fit_are_named_and_left_out() {
    let bundle = figure(ID, &tables());
    assert!(
        bundle
            .picture
            .svg
            .contains("Without a fit, and so not here: gain_1.3, gain_1.4, gain_1.6, adam.")
    );
    let rise = claim(ID, &tables(), "rise-time");
    assert!(
        rise.notes()[0].contains("differ by a factor of"),
        "{rise:?}"
    );
    for text in [
        ">limit of the theory<",
        ">its fitted theory<",
        ">two_layer<",
    ] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
}

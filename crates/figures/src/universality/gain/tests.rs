//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::FIGURE;
use crate::Verdict::{Contradicted, Reproduced};
use crate::figures::check::verdicts;
use crate::universality::check::with_fits;
use crate::universality::settings::gains;
use crate::universality::synthetic::{Network, two_points, two_points_with};
use crate::universality::{FitRow, Tables};

/// The sweep as the theory would have it: at large gain nothing moves.
fn tables() -> Tables {
    let tables = two_points_with(|network| match network.setting.as_str() {
        "gain_1.4" => Network {
            refused: Some(0.85),
            ..network
        },
        _ => network,
    });
    with_fits(tables, |fit| {
        if fit.setting == "gain_1.6" {
            (fit.loss_end, fit.h_end) = (1e-5, 0.82 * fit.h0);
        }
    })
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    // The two claims on gain 1.4 contradict each other: the authors' code is not lazy there.
    FIGURE.sound(&tables(), &[("growth-as-measured", Contradicted)]);
    verdicts!(FIGURE.id; two_points() => Reproduced("growth-as-measured"););
    let lazy = FIGURE.claim(&two_points(), "lazy-at-large-gain");
    assert_ne!(lazy.verdict(), Reproduced);
}

#[test]
fn gains_are_in_order() {
    let gains: Vec<f64> = gains().iter().map(|setting| setting.gain).collect();
    assert_eq!(gains, [0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6]);
}

#[test]
fn growth_that_is_off_or_rises_is_seen() {
    let after = |change: fn(&mut FitRow)| with_fits(tables(), change);
    verdicts!(FIGURE.id;
        after(|fit| fit.h_end *= 2.0) => Contradicted("growth-as-measured");
        after(|fit| fit.h_end = fit.h0 * (1.0 + fit.h0)) => Contradicted("growth-falls");
        after(|fit| fit.a_low = fit.a_low.map(|low| 0.8 * low)) => Contradicted("rich-at-small-gain");
        after(|fit| fit.a_high = fit.a_low.map(|low| 2.0 * low)) => Contradicted("fits-are-rich");
        after(|fit| fit.h_end = 0.4 * fit.h0) => Contradicted("lazy-at-large-gain");
        after(|fit| fit.loss_end = 0.1) => NotTested("growth-falls");
    );
}

#[test]
fn runs_that_did_not_converge_are_named() {
    let measured = FIGURE.claim(&two_points(), "growth-as-measured");
    let mut notes = measured.notes().iter();
    let named = notes.any(|note| note.starts_with("gain_1.6: 3 of 3"));
    assert!(named, "{measured:?}");
    let lazy = FIGURE.claim(&two_points(), "lazy-at-large-gain");
    let named = lazy.notes()[1].starts_with("gain_1.6: no run converged");
    assert!(named && lazy.parts().len() == 2, "{lazy:?}");
}

#[test]
fn every_gain_has_its_line() {
    let bundle = FIGURE.drawn(&tables());
    let lines = [
        "gain 0.9",
        "gain 1.6",
        "A_low: rich limit",
        "as at the start",
    ];
    bundle.shows(&lines);
    let one = FIGURE.drawn(&Network::of("default").tables());
    let absent = "not measured in this run: gain_0.9, gain_1.1";
    assert!(one.report.contains(absent));
}

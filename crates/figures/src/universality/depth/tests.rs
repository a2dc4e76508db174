//! Verdicts on made-up fits, and how they change when these are corrupted.

use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::universality::FitRow;
use crate::universality::authors::{DEPTH, DEPTH_SSE_HEAD};
use crate::universality::check::{figure, meets, shows, sound, verdict, with_fits};
use crate::universality::synthetic::depth_fits;

const ID: &str = "univ-depth";

/// Verdicts after a change of every fit.
fn after(change: impl FnMut(&mut FitRow)) -> impl Fn(&str) -> Verdict {
    let tables = with_fits(depth_fits(), change);
    move |name| verdict(ID, &tables, name)
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &depth_fits());
    meets(ID, &depth_fits(), &[]);
}

#[test]
fn layers_in_reverse_undo_every_shape() {
    let verdict = after(|fit| fit.layer = 19 - fit.layer);
    for name in ["error-rises-mildly", "best-layer"] {
        assert_ne!(verdict(name), Reproduced, "{name}");
    }
    assert_eq!(verdict("eta-h-rises"), Not);
}

#[test]
fn an_error_without_a_valley_is_seen() {
    let falling = after(|fit| fit.sse = Some(20.0 - f64::from(fit.layer)));
    assert_eq!(falling("best-layer"), Not);
    // The last layer is the best: half of its parts.
    assert_eq!(falling("error-rises-mildly"), Not);
    let wavy = after(|fit| {
        let factor = if fit.layer % 3 == 0 { 0.02 } else { 1.0 };
        fit.sse = fit.sse.map(|sse| factor * sse);
    });
    assert_eq!(wavy("error-falls"), Not);
}

#[test]
fn rates_that_do_not_peak_are_seen() {
    let rising = after(|fit| fit.eta_y = Some(0.01 * f64::from(fit.layer + 1)));
    assert_eq!(rising("eta-y-peaks"), Not);
    // The last is the largest.
    assert_eq!(rising("eta-y-falls-to-the-ends"), Not);
}

#[test]
fn three_times_the_error_is_not_as_measured() {
    let tripled = after(|fit| fit.sse = fit.sse.map(|sse| 3.0 * sse));
    assert_eq!(tripled("depth-as-measured"), Partly);
    let mut tables = depth_fits();
    tables.fits.retain(|fit| fit.layer != DEPTH[3].layer);
    let verdict = verdict(ID, &tables, "depth-as-measured");
    assert_eq!(verdict, Not, "a layer is missing");
}

#[test]
fn both_runs_of_the_authors_are_drawn() {
    let bundle = figure(ID, &depth_fits());
    let notebook = ["authors’ notebook", "its first version"];
    shows(&bundle, &notebook);
    shows(&bundle, &["authors’ code, one run"]);
    assert_eq!(DEPTH_SSE_HEAD.len(), 20);
    assert!(bundle.report.contains("| 13 |"));
}

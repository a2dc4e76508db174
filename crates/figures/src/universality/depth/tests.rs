//! Verdicts on made-up fits, and how they change when these are spoilt.

use crate::Verdict::{Not, Partly, Reproduced};
use crate::universality::authors::{DEPTH, DEPTH_SSE_HEAD};
use crate::universality::check::{figure, judged, sound, verdict};
use crate::universality::synthetic::depth_fits;
use crate::universality::{FitRow, PairTables};

const ID: &str = "univ-depth";

fn after(change: impl Fn(&mut FitRow)) -> PairTables {
    let mut tables = depth_fits();
    tables.fits.iter_mut().for_each(change);
    tables
}

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    sound(ID, &depth_fits());
    for claim in &judged(ID, &depth_fits()) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:#?}", claim.id());
    }
}

#[test]
fn layers_in_reverse_undo_every_shape() {
    let tables = after(|fit| fit.layer = 19 - fit.layer);
    for name in ["error-rises-mildly", "eta-h-rises", "best-layer"] {
        assert_ne!(verdict(ID, &tables, name), Reproduced, "{name}");
    }
    assert_eq!(verdict(ID, &tables, "eta-h-rises"), Not);
}

#[test]
fn an_error_without_a_valley_is_seen() {
    let tables = after(|fit| fit.sse = Some(20.0 - f64::from(fit.layer)));
    assert_eq!(verdict(ID, &tables, "best-layer"), Not);
    assert_eq!(
        verdict(ID, &tables, "error-rises-mildly"),
        Not,
        "the last layer is the best: half of its parts"
    );
    let wavy = after(|fit| {
        fit.sse = fit
            .sse
            .map(|sse| sse * if fit.layer % 3 == 0 { 0.02 } else { 1.0 })
    });
    assert_eq!(verdict(ID, &wavy, "error-falls"), Not);
}

#[test]
fn rates_that_do_not_peak_are_seen() {
    let tables = after(|fit| fit.eta_y = Some(0.01 * f64::from(fit.layer + 1)));
    assert_eq!(verdict(ID, &tables, "eta-y-peaks"), Not);
    assert_eq!(
        verdict(ID, &tables, "eta-y-falls-to-the-ends"),
        Not,
        "the last is the largest"
    );
}

#[test]
fn three_times_the_error_is_not_as_measured() {
    let tables = after(|fit| fit.sse = fit.sse.map(|sse| 3.0 * sse));
    assert_eq!(verdict(ID, &tables, "depth-as-measured"), Partly);
    let mut tables = depth_fits();
    tables.fits.retain(|fit| fit.layer != DEPTH[3].layer);
    assert_eq!(
        verdict(ID, &tables, "depth-as-measured"),
        Not,
        "a layer is missing"
    );
}

#[test]
fn both_runs_of_the_authors_are_drawn() {
    let bundle = figure(ID, &depth_fits());
    for text in [
        ">authors’ notebook<",
        ">its first version<",
        ">authors’ code, one run<",
    ] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
    assert_eq!(DEPTH_SSE_HEAD.len(), 20);
    assert!(bundle.report.contains("| 13 |"));
}

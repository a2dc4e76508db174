//! Verdicts on synthetic fits, and how they change when these are corrupted.

use super::FIGURE;
use crate::figures::check::verdicts;
use crate::universality::authors::DEPTH;
use crate::universality::check::with_fits;
use crate::universality::synthetic::depth_fits;
use crate::universality::{FitRow, Tables};

fn after(change: impl FnMut(&mut FitRow)) -> Tables {
    with_fits(depth_fits(), change)
}

#[test]
fn verdicts_follow_the_fits() {
    let reversed = after(|fit| fit.layer = 19 - fit.layer);
    let wavy = after(|fit| {
        let factor = if fit.layer % 3 == 0 { 0.02 } else { 1.0 };
        fit.sse = fit.sse.map(|sse| factor * sse);
    });
    let mut without_a_layer = depth_fits();
    let fits = &mut without_a_layer.fits;
    fits.retain(|fit| fit.layer != DEPTH[3].layer);
    verdicts!(FIGURE.id;
        reversed => Contradicted("error-rises-mildly", "best-layer", "eta-h-rises");
        // The last layer is the best: half of the parts of the second.
        after(|fit| fit.sse = Some(20.0 - f64::from(fit.layer))) => Contradicted("best-layer", "error-rises-mildly");
        wavy => Contradicted("error-falls");
        // The last is the largest.
        after(|fit| fit.eta_y = Some(0.01 * f64::from(fit.layer + 1))) => Contradicted("eta-y-peaks", "eta-y-falls-to-the-ends");
        after(|fit| fit.sse = fit.sse.map(|sse| 3.0 * sse)) => Contradicted("depth-as-measured");
        without_a_layer => NotTested("depth-as-measured");
    );
}

#[test]
fn both_runs_of_the_authors_are_drawn() {
    let bundle = FIGURE.drawn(&depth_fits());
    let runs = [
        "authors’ notebook",
        "its first version",
        "authors’ code, one run",
    ];
    bundle.shows(&runs);
    assert!(bundle.report.contains("| 13 |"));
}

//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::FIGURE;
use super::synthetic::{at_pace, tables};
use crate::figures::check::verdicts;
use crate::universality::check::with_fits;
use crate::universality::{FitRow, Tables};

fn at_half(change: fn(&mut FitRow)) -> Tables {
    with_fits(tables(), |fit| {
        if fit.mode == "notebook" {
            change(fit);
        }
    })
}

#[test]
fn each_claim_can_fail() {
    verdicts!(FIGURE.id;
        at_half(|fit| fit.eta_y = fit.eta_y.map(|eta| 2.0 * eta)) => Contradicted("rates-halve", "ratio-stays");
        at_half(|fit| fit.h_end *= 1.2) => Contradicted("ends-alike");
        at_pace(0.3) => Contradicted("one-course");
        at_half(|fit| fit.h_end *= 3.0) => Contradicted("published-panel");
    );
}

#[test]
fn a_rate_that_is_not_halved_leaves_the_ratio() {
    let tables = at_half(|fit| {
        for eta in [&mut fit.eta_h, &mut fit.eta_y] {
            *eta = eta.map(|eta| 2.0 * eta);
        }
    });
    verdicts!(FIGURE.id; tables => Contradicted("rates-halve"), Reproduced("ratio-stays"););
}

#[test]
fn every_setting_has_its_panel() {
    let bundle = FIGURE.drawn(&tables());
    bundle.shows(&["default", "shallow", "relu"]);
    assert!(bundle.picture.svg.contains("half the rate"));
}

//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::FIGURE;
use crate::Verdict::{NotTested, Reproduced};
use crate::figures::check::verdicts;
use crate::universality::check::{with_fits, with_points};
use crate::universality::pytorch::cnn_runs;
use crate::universality::synthetic::{Network, two_points, two_points_with};
use crate::universality::{FitRow, Tables};

/// The tables after a change of every fit.
fn after(change: impl FnMut(&mut FitRow)) -> Tables {
    with_fits(two_points(), change)
}

#[test]
fn settings_that_are_absent_are_named() {
    let tables = Network::of("default").tables();
    let claims = FIGURE.judged(&tables);
    let anchor = claims.get("analytic-anchor").unwrap();
    assert_eq!((anchor.verdict(), anchor.ours()), (NotTested, None));
    let named = |note: &String| note.contains("not measured in this run: two_layer");
    assert!(anchor.notes().iter().any(named));
    assert_eq!(claims.get("fitted").unwrap().verdict(), Reproduced);
    let report = FIGURE.drawn(&tables).report;
    assert!(report.contains("not measured in this run: shallow, narrow"));
    let mut tables = two_points();
    tables.fits.retain(|fit| fit.setting != "linear");
    let claim = FIGURE.claim(&tables, "tanh-is-linear");
    assert!(claim.notes()[0].contains("linear"), "{claim:?}");
}

#[test]
fn verdicts_follow_the_fits() {
    let double = |fit: &mut FitRow| fit.eta_h = fit.eta_h.map(|eta| 2.0 * eta);
    let doubled_in_swish = after(|fit| {
        if fit.setting == "swish" {
            double(fit);
        }
    });
    let other_tanh = after(|fit| {
        if fit.setting == "tanh" {
            (fit.h_end, fit.eta_h, fit.eta_y) = (2.0 * fit.h_end, None, None);
        }
    });
    let without_elu = after(|fit| fit.fit_ok &= fit.setting != "elu");
    let high = after(|fit| fit.h_inf = fit.h_inf.map(|h| 1.2 * h));
    let low = after(|fit| fit.h_inf = Some(0.9 * fit.h_end));
    verdicts!(FIGURE.id;
        without_elu => Contradicted("fitted");
        after(double) => Contradicted("rates-as-measured", "analytic-anchor");
        doubled_in_swish => Contradicted("rates-as-measured");
        high => Contradicted("closed-form");
        low => Contradicted("closed-form-too-high");
        other_tanh => Contradicted("tanh-is-linear");
    );
}

#[test]
fn verdicts_follow_the_trajectories() {
    let fast = two_points_with(|network| Network {
        theory_speed: 1.8,
        ..network
    });
    let without_transient = two_points_with(|network| Network {
        transient: 0.0,
        refused: network.refused.map(|end| end.max(1.1)),
        ..network
    });
    let swapped = with_points(two_points(), |m| {
        (m.h2, m.y2) = (m.y2 * m.y2 + 1e-9, m.h2.min(0.5));
    });
    verdicts!(FIGURE.id;
        fast => Contradicted("two-constants-suffice", "error-as-measured");
        without_transient => Contradicted("mean-fitting-transient");
        swapped => Contradicted("representation-leads");
    );
}

/// Networks with convolutions that start and end as in PyTorch, after a change.
fn as_in_pytorch(change: fn(&mut FitRow)) -> Tables {
    let mut tables = two_points();
    let fit = tables
        .fits
        .iter()
        .find(|fit| fit.setting == "cnn")
        .unwrap()
        .clone();
    tables.fits.retain(|fit| fit.setting != "cnn");
    let trained = cnn_runs().into_iter();
    let trained = trained.filter_map(|run| Some((run.h0, run.loss_end?)));
    for (seed, (h0, loss_end)) in (0..).zip(trained) {
        let mut fit = FitRow {
            seed,
            h0,
            loss_end,
            ..fit.clone()
        };
        change(&mut fit);
        tables.fits.push(fit);
    }
    tables
}

#[test]
fn networks_with_convolutions_are_compared_with_pytorchs() {
    verdicts!(FIGURE.id;
        as_in_pytorch(|_| {}) => Reproduced("cnn-learns-as-often", "cnn-starts-alike");
        as_in_pytorch(|fit| fit.loss_end = 0.0625) => Undecided("cnn-learns-as-often");
        as_in_pytorch(|fit| fit.h0 *= 3.0) => Contradicted("cnn-starts-alike");
    );
    let claim = FIGURE.claim(&as_in_pytorch(|_| {}), "cnn-learns-as-often");
    assert!(claim.notes()[1].contains("PyTorch's"), "{claim:?}");
}

#[test]
fn rates_of_the_notebooks_are_compared_at_the_tables_learning_rate() {
    let tables = after(|fit| {
        fit.mode = "notebook".to_owned();
        for eta in [&mut fit.eta_h, &mut fit.eta_y] {
            *eta = eta.map(|eta| eta / 2.0);
        }
    });
    let tables = with_points(tables, |row| row.mode = "notebook".to_owned());
    verdicts!(FIGURE.id; tables => Reproduced("rates-as-measured"););
}

#[test]
fn every_setting_has_its_panel() {
    let bundle = FIGURE.drawn(&two_points());
    let scaled = "cnn, ‖dh‖² × 0.1";
    let titles = ["default", scaled, "gain_1.3, no fit", "two_layer"];
    bundle.shows(&titles);
    assert!(bundle.report.contains("Where the theory has no fit"));
    assert_eq!(bundle.extra.len(), 1, "fits.csv beside the trajectories");
}

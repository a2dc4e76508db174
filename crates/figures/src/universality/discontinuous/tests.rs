//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::synthetic::{rough_by, tables};
use super::*;
use crate::Verdict::NotTested;
use crate::figures::check::verdicts;
use crate::universality::FitRow;
use crate::universality::check::{with_fits, with_points};

#[test]
fn each_claim_can_fail() {
    let jumps = |change: fn(&mut FitRow)| {
        with_fits(tables(), move |fit| {
            if fit.setting == JUMPS {
                change(fit);
            }
        })
    };
    let level = with_points(tables(), |row| {
        if row.setting == JUMPS && row.epoch == 0 {
            row.h2 = 0.5;
        }
    });
    verdicts!(FIGURE.id;
        jumps(|fit| fit.loss_end = 0.06) => Contradicted("learns");
        jumps(|fit| fit.h0 = 0.01) => Contradicted("starts-at-the-jump");
        level => Contradicted("falls-at-once");
        rough_by(0.0) => Contradicted("rough");
        jumps(|fit| fit.sse = Some(1e-6)) => Contradicted("theory-worse");
        jumps(|fit| fit.h_end *= 2.0) => Contradicted("on-the-diagonal");
    );
}

#[test]
fn without_fits_the_rest_is_judged() {
    let tables = with_fits(tables(), |fit| {
        if fit.setting == JUMPS {
            (fit.fit_ok, fit.sse, fit.eta_h) = (false, None, None);
            fit.refusal = Some("no fit".to_owned());
            fit.h_inf = Some(fit.h0);
        }
    });
    let worse = FIGURE.claim(&tables, "theory-worse");
    assert_eq!((worse.verdict(), worse.ours()), (NotTested, None));
    assert!(worse.notes()[0].contains("3 of 3"));
    FIGURE.drawn(&tables).shows(&["‖dh‖² before training"]);
    verdicts!(FIGURE.id;
        tables => Reproduced("learns", "rough", "no-fit"), NotTested("theory-worse", "on-the-diagonal");
    );
}

#[test]
fn a_rising_curve_is_smooth() {
    let tables = tables();
    let smooth = courses(&tables.trajectories);
    let twins = smooth.iter().filter(|((setting, _), _)| *setting == TWIN);
    for (_, course) in twins {
        assert!((claims::variation(course).unwrap() - 1.0).abs() < 1e-6);
    }
    assert_eq!(claims::variation(&[]), None);
}

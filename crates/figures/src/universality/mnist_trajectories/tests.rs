//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::synthetic::{tables, tables_with};
use super::*;
use crate::Verdict::NotTested;
use crate::figures::check::verdicts;

#[test]
fn each_claim_can_fail() {
    let early = |m: &mut TrajectoryPoint| {
        m.w_theory = Some(-0.5 * (-(m.epoch as f64) / 5.0).exp());
    };
    let opposite = |m: &mut TrajectoryPoint| {
        m.h2_theory = m.h2_theory.map(|h| 30.0 - h);
        m.w_theory = m.w_theory.map(|w| -w);
    };
    let exact = |m: &mut TrajectoryPoint| {
        (m.h2_theory, m.y2_theory, m.w_theory) = (Some(m.h2), Some(m.y2), Some(m.w));
    };
    verdicts!(FIGURE.id;
        tables_with(|m| m.w *= 0.3) => Contradicted("w-dips");
        tables_with(|m| m.w *= 1.5) => Contradicted("w-less-deep");
        tables_with(early) => Contradicted("w-earlier");
        tables_with(|m| m.h2 = m.h2_theory.unwrap()) => Contradicted("overshoots");
        tables_with(|m| m.y2 *= 0.5) => Contradicted("reaches-targets");
        tables_with(opposite) => Contradicted("qualitative");
        tables_with(exact) => Contradicted("not-quantitative");
    );
    let mut tables = tables();
    for row in &mut tables.values {
        row.value = row.value.map(|value| 0.5 * value);
    }
    verdicts!(FIGURE.id; tables => Contradicted("learns"););
}

#[test]
fn an_overshoot_is_not_looked_for_before_it_can_come() {
    let mut short = tables();
    short.trajectories.retain(|point| point.epoch <= 80);
    let claim = FIGURE.claim(&short, "overshoots");
    assert_eq!(claim.verdict(), NotTested);
    let why = claim.parts()[0].not_tested_because().unwrap();
    assert!(why.starts_with("80 epochs"), "{why}");
}

#[test]
fn a_refused_fit_leaves_claims_about_the_theory_unmeasured() {
    let tables = tables_with(|m| {
        (m.h2_theory, m.y2_theory, m.w_theory) = (None, None, None);
    });
    assert_eq!(FIGURE.claim(&tables, "w-less-deep").ours(), None);
    let svg = FIGURE.drawn(&tables).picture.svg;
    assert!(!svg.contains(">theory of") && svg.contains("0.1 ‖dh‖²"));
    verdicts!(FIGURE.id; tables => Reproduced("w-dips"););
    FIGURE
        .drawn(&super::synthetic::tables())
        .shows(&["theory of 0.1 ‖dh‖²", "theory of w"]);
}

#[test]
fn other_settings_are_left_out() {
    let mut tables = tables();
    tables.extend(crate::universality::synthetic::Network::of("default").tables());
    let used = select(&tables);
    assert!(used.trajectories.iter().all(|row| row.setting == SETTING));
    assert_eq!(used, select(&super::synthetic::tables()));
}

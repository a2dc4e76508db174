//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::synthetic::{tables, tables_with};
use super::*;
use crate::Verdict::{Contradicted, NotTested, Reproduced};

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    FIGURE.sound(&tables(), &[]);
}

#[test]
fn each_claim_can_fail() {
    type Change = fn(&mut TrajectoryPoint);
    let changes: [(&str, Change); 7] = [
        ("w-dips", |m| m.w *= 0.3),
        ("w-less-deep", |m| m.w *= 1.5),
        // The theory's dip moved to the beginning.
        ("w-earlier", |m| {
            m.w_theory = Some(-0.5 * (-(m.epoch as f64) / 5.0).exp())
        }),
        ("overshoots", |m| m.h2 = m.h2_theory.unwrap()),
        ("reaches-targets", |m| m.y2 *= 0.5),
        ("qualitative", |m| {
            m.h2_theory = m.h2_theory.map(|h| 30.0 - h);
            m.w_theory = m.w_theory.map(|w| -w);
        }),
        ("not-quantitative", |m| {
            (m.h2_theory, m.y2_theory, m.w_theory) = (Some(m.h2), Some(m.y2), Some(m.w));
        }),
    ];
    for (name, change) in changes {
        FIGURE.verdicts(&[(tables_with(change), Contradicted, name)]);
    }
    let mut tables = tables();
    for row in &mut tables.values {
        row.value = row.value.map(|value| 0.5 * value);
    }
    FIGURE.verdicts(&[(tables, Contradicted, "learns")]);
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
    FIGURE.verdicts(&[(tables, Reproduced, "w-dips")]);
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

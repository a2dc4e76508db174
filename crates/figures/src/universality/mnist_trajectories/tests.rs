//! Verdicts on synthetic runs, and how they change when these are corrupted.

use super::*;
use crate::Verdict::{Not, Reproduced};
use crate::universality::check::{claim, figure, meets, sound, verdict};

const ID: &str = "univ-mnist-trajectories";

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    let tables = synthetic::tables();
    sound(ID, &tables);
    meets(ID, &tables, &[]);
}

#[test]
fn each_claim_can_fail() {
    let spoilt = |id: &str, change: fn(&mut TrajectoryPoint)| {
        let tables = synthetic::tables_with(change);
        assert_eq!(verdict(ID, &tables, id), Not, "{id}");
    };
    spoilt("w-dips", |m| m.w *= 0.3);
    spoilt("w-less-deep", |m| m.w *= 1.5);
    spoilt("w-earlier", |m| {
        // The theory's dip moved to the beginning.
        m.w_theory = Some(-0.5 * (-(m.epoch as f64) / 5.0).exp());
    });
    spoilt("overshoots", |m| m.h2 = m.h2_theory.unwrap());
    spoilt("reaches-targets", |m| m.y2 *= 0.5);
    spoilt("qualitative", |m| {
        m.h2_theory = m.h2_theory.map(|h| 30.0 - h);
        m.w_theory = m.w_theory.map(|w| -w);
    });
    spoilt("not-quantitative", |m| {
        (m.h2_theory, m.y2_theory, m.w_theory) = (Some(m.h2), Some(m.y2), Some(m.w));
    });
    let mut tables = synthetic::tables();
    for row in &mut tables.values {
        row.value = row.value.map(|value| 0.5 * value);
    }
    assert_eq!(verdict(ID, &tables, "learns"), Not);
}

#[test]
fn a_refused_fit_leaves_claims_about_the_theory_unmeasured() {
    let tables = synthetic::tables_with(|m| {
        (m.h2_theory, m.y2_theory, m.w_theory) = (None, None, None);
    });
    assert_eq!(claim(ID, &tables, "w-less-deep").ours(), None);
    assert_eq!(verdict(ID, &tables, "w-dips"), Reproduced);
    let svg = figure(ID, &tables).picture.svg;
    assert!(!svg.contains(">theory of") && svg.contains("0.1 ‖dh‖²"));
}

#[test]
fn other_settings_are_left_out() {
    let mut tables = synthetic::tables();
    tables.extend(crate::universality::synthetic::Network::of("default").tables());
    let used = MnistTrajectories.select(&tables);
    assert!(used.trajectories.iter().all(|row| row.setting == SETTING));
    assert_eq!(used, MnistTrajectories.select(&synthetic::tables()));
}

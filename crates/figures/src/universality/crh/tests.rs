//! Verdicts on made-up alignments, and how they change when these are corrupted.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::universality::check::{all, claim, figure, meets, shows, sound, verdict};

const ID: &str = "univ-crh";

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    let tables = synthetic::tables();
    sound(ID, &tables);
    meets(ID, &tables, &[]);
}

#[test]
fn alignment_that_falls_with_separation_is_seen() {
    let tables = synthetic::tables_with(|_, apart, _| 0.9 - 0.8 * apart);
    let unmet = [
        "follows-separation",
        "rises-in-separation",
        "mostly-in-separation",
        "strong-at-end",
    ];
    all(ID, &tables, &unmet, Not);
    assert_eq!(verdict(ID, &tables, "above-null"), Reproduced);
}

#[test]
fn alignment_that_rises_at_another_time_is_seen() {
    // All of the rise comes while the points are still together.
    let tables = synthetic::tables_with(|_, apart, _| (20.0 * apart).min(0.9) + 0.001 * apart);
    assert_eq!(verdict(ID, &tables, "rises-in-separation"), Reproduced);
    assert_eq!(verdict(ID, &tables, "mostly-in-separation"), Not);
}

#[test]
fn one_relation_can_fail_alone() {
    let tables = synthetic::tables_with(|relation, _, alpha| match relation {
        "GWA b" => 0.01,
        _ => alpha,
    });
    let crossed = [
        "strong-at-end",
        "above-null",
        "above-null-everywhere",
        "follows-separation",
    ];
    all(ID, &tables, &crossed, Partly);
    let claim = claim(ID, &tables, "strong-at-end");
    let mut notes = claim.notes().iter();
    let names_it = |note: &String| note.contains("default") && note.contains("GWA b 0.01");
    assert!(notes.any(names_it), "{claim:?}");
    let report = figure(ID, &tables).report;
    assert!(report.contains("0.01 [0.01, 0.01] *"), "{report}");
}

#[test]
fn without_moments_only_the_end_is_known() {
    let mut tables = synthetic::tables();
    tables.trajectories.clear();
    assert_eq!(claim(ID, &tables, "follows-separation").ours(), None);
    assert_eq!(verdict(ID, &tables, "strong-at-end"), Reproduced);
    let report = figure(ID, &tables).report;
    assert!(report.contains("not measured"));
}

#[test]
fn the_separation_stands_above_the_alignments_on_the_same_axis() {
    let texts = [
        "default: separation of the two points",
        "narrow: α, mean over linear maps",
        "narrow, RWA: H and WWᵀ, side b",
        "21",
        "null",
    ];
    shows(&figure(ID, &synthetic::tables()), &texts);
}

//! Verdicts on synthetic alignments, and how they change when these are corrupted.

use super::FIGURE;
use super::synthetic::{tables, tables_with};
use crate::Verdict::{Contradicted, Reproduced, Undecided};

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    // The null of two of six relations is not measured.
    let unknown = ["strong-at-end", "above-null", "above-null-everywhere"];
    FIGURE.sound(&tables(), &unknown.map(|claim| (claim, Undecided)));
}

#[test]
fn verdicts_follow_the_alphas() {
    let falling = tables_with(|_, apart, _| 0.9 - 0.8 * apart);
    let along = "follows-separation rises-in-separation mostly-in-separation strong-at-end";
    // All of the rise comes while the points are still together.
    let early = tables_with(|_, apart, _| (20.0 * apart).min(0.9) + 0.001 * apart);
    let one_fails = "strong-at-end above-null above-null-everywhere";
    FIGURE.verdicts(&[
        (falling.clone(), Contradicted, along),
        (falling, Undecided, "above-null"),
        (early.clone(), Reproduced, "rises-in-separation"),
        (early, Contradicted, "mostly-in-separation"),
        (without_gwa(), Contradicted, one_fails),
        // Alphas that never change follow nothing.
        (without_gwa(), Undecided, "follows-separation"),
    ]);
}

/// One relation that does not hold.
fn without_gwa() -> crate::universality::Tables {
    tables_with(|relation, _, alpha| if relation == "GWA b" { 0.01 } else { alpha })
}

#[test]
fn the_lowest_map_is_named() {
    let claim = FIGURE.claim(&without_gwa(), "strong-at-end");
    let mut notes = claim.notes().iter();
    let names_it = |note: &String| note.contains("default") && note.contains("GWA b 0.01");
    assert!(notes.any(names_it), "{claim:?}");
    let report = FIGURE.drawn(&without_gwa()).report;
    assert!(report.contains("0.01, all equal *"), "{report}");
}

#[test]
fn without_moments_only_the_end_is_known() {
    let mut tables = tables();
    tables.trajectories.clear();
    assert_eq!(FIGURE.claim(&tables, "follows-separation").ours(), None);
    FIGURE.verdicts(&[(tables.clone(), Undecided, "strong-at-end")]);
    assert!(
        FIGURE
            .drawn(&tables)
            .report
            .contains("not tested: default, RGA a;")
    );
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
    FIGURE.drawn(&tables()).shows(&texts);
}

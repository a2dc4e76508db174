//! Verdicts on synthetic alignments, and how they change when these are corrupted.

use super::FIGURE;
use super::synthetic::{tables, tables_with};
use crate::figures::check::verdicts;

#[test]
fn verdicts_follow_the_alphas() {
    let falling = tables_with(|_, apart, _| 0.9 - 0.8 * apart);
    // All of the rise comes while the points are still together.
    let early = tables_with(|_, apart, _| (20.0 * apart).min(0.9) + 0.001 * apart);
    verdicts!(FIGURE.id;
        falling => Contradicted("follows-separation", "rises-in-separation", "mostly-in-separation", "strong-at-end"), Undecided("above-null");
        early => Reproduced("rises-in-separation"), Contradicted("mostly-in-separation");
        // Alphas that never change follow nothing.
        without_gwa() => Contradicted("strong-at-end", "above-null", "above-null-everywhere"), Undecided("follows-separation");
    );
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
    verdicts!(FIGURE.id; tables.clone() => Undecided("strong-at-end"););
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

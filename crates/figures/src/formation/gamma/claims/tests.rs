//! Verdicts on the made-up table, and how they change when it is spoilt.

use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::formation::gamma::{LayerRow, Outcome, synthetic};

fn judged(rows: &[LayerRow]) -> Claims {
    claims(
        &Table::new(rows).unwrap(),
        Task::Teacher,
        Preset::Quick,
        &[],
    )
}

fn verdict(rows: &[LayerRow], id: &str) -> Verdict {
    judged(rows).get(id).unwrap().verdict()
}

fn spoilt(mut change: impl FnMut(&mut LayerRow)) -> Vec<LayerRow> {
    let mut rows = synthetic::rows();
    rows.iter_mut().for_each(&mut change);
    rows
}

#[test]
fn the_papers_own_values_meet_every_criterion() {
    let paper = spoilt(|row| {
        row.alpha = paper_row(row.gamma).map(|k| paper_alpha(k, row.layer));
    });
    for claim in &judged(&paper) {
        assert_eq!(claim.verdict(), Reproduced, "{}", claim.id());
    }
    assert!(judged(&paper).all_met());
}

/// Six decimals: the last digits depend on the platform's sine.
fn rounded(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) if number.is_f64() => {
            let rounded = (number.as_f64().unwrap() * 1e6).round() / 1e6;
            serde_json::json!(rounded)
        }
        Value::Array(items) => items.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(k, v)| (k, rounded(v))).collect(),
        other => other,
    }
}

#[test]
fn snapshots_of_claims_and_table() {
    let claims = judged(&synthetic::rows());
    insta::assert_json_snapshot!(rounded(serde_json::to_value(&claims).unwrap()));
    insta::assert_snapshot!(claims.to_table(Some(120)));
    insta::assert_snapshot!(claims.to_table(Some(80)));
    insta::assert_snapshot!(claims.to_markdown());
}

#[test]
fn the_table_keeps_to_its_width() {
    let claims = judged(&synthetic::rows());
    for width in [60, 80, 99, 100, 120, 200] {
        let text = claims.to_table(Some(width));
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest.unwrap() <= usize::from(width), "{width}:\n{text}");
        for claim in &claims {
            // Words are kept whole: the last of each statement can be found.
            let word = claim.statement().split(' ').next_back().unwrap();
            assert!(text.contains(word), "{width} {word}");
        }
    }
}

#[test]
fn the_papers_values_inside_our_intervals_are_counted() {
    let note = |rows: &[LayerRow]| {
        let claims = judged(rows);
        let notes = claims.get("digitised-values").unwrap().notes().to_vec();
        notes.into_iter().find(|note| note.contains("inside it"))
    };
    let all = note(&synthetic::rows()).unwrap();
    assert!(
        all.starts_with("of 25 means with an interval, 25 have"),
        "{all}"
    );
    // Layer 1 alone moves out; its seeds vary, but not by this much.
    let shifted = spoilt(|row| {
        if row.layer == 1 {
            row.alpha = row.alpha.map(|alpha| alpha - 0.8);
        }
    });
    let most = note(&shifted).unwrap();
    assert!(
        most.starts_with("of 25 means with an interval, 20 have"),
        "{most}"
    );
    let mut one_seed = synthetic::rows();
    one_seed.retain(|row| row.seed == 0);
    let none = note(&one_seed).unwrap();
    assert!(
        none.starts_with("of 0 means with an interval, 0 have"),
        "{none}"
    );
}

#[test]
fn reversed_gamma_undoes_the_rise() {
    let mut reversed = PAPER_GAMMAS;
    reversed.reverse();
    let rows = spoilt(|row| row.gamma = reversed[paper_row(row.gamma).unwrap()]);
    for id in ["alpha-rises", "digitised-values", "deep-layers-at-largest"] {
        assert_ne!(verdict(&rows, id), Reproduced, "{id}");
    }
    assert_eq!(verdict(&rows, "alpha-rises"), Not);
    assert!(!judged(&rows).all_met());
}

#[test]
fn one_flat_layer_makes_the_rise_partly() {
    let rows = spoilt(|row| {
        if row.layer == 1 {
            row.alpha = Some(0.1);
        }
    });
    assert_eq!(verdict(&rows, "alpha-rises"), Partly);
    let claims = judged(&rows);
    let claim = claims.get("alpha-rises").unwrap();
    assert_eq!(claim.ours().unwrap().value, 0.0, "a constant does not rise");
}

#[test]
fn swapped_layers_undo_the_order() {
    let rows = spoilt(|row| row.layer = 6 - row.layer);
    assert_eq!(verdict(&rows, "first-layer-lowest"), Not);
    assert_eq!(verdict(&rows, "first-layer-last"), Not);
}

#[test]
fn noise_over_seeds_makes_partly() {
    let rows = spoilt(|row| {
        if row.layer >= 3 && row.gamma == 1.0e-5 {
            row.alpha = Some([0.2, 0.7, 0.8][row.seed as usize]);
        }
    });
    assert_eq!(verdict(&rows, "deep-layers-at-smallest"), Partly);
}

#[test]
fn constant_or_growing_rank_is_not_a_fall() {
    let constant = spoilt(|row| row.rank_w = 100);
    assert_eq!(verdict(&constant, "rank-falls"), Not);
    let growing = spoilt(|row| row.rank_w = (row.alpha.unwrap() * 100.0) as u32);
    assert_eq!(verdict(&growing, "rank-falls"), Not);
}

#[test]
fn a_high_null_is_not_exceeded() {
    let rows = spoilt(|row| row.null_q95 = Some(0.9));
    assert_ne!(verdict(&rows, "above-null"), Reproduced);
    let half = spoilt(|row| row.null_q95 = row.null_q95.filter(|_| row.layer > 2));
    assert_eq!(
        verdict(&half, "above-null"),
        Not,
        "a missing null is no pass"
    );
    let unmeasured = spoilt(|row| row.null_q95 = None);
    assert_eq!(verdict(&unmeasured, "above-null"), Not);
}

#[test]
fn shifted_values_or_a_missing_gamma_miss_the_digitised_ones() {
    let shifted = spoilt(|row| row.alpha = row.alpha.map(|alpha| alpha - 0.2));
    assert_eq!(verdict(&shifted, "digitised-values"), Not);
    let mut fewer = synthetic::rows();
    fewer.retain(|row| row.gamma < 1e-3);
    let claims = judged(&fewer);
    let claim = claims.get("digitised-values").unwrap();
    assert_eq!(claim.verdict(), Not);
    assert!(
        claim
            .notes()
            .iter()
            .any(|note| note.contains("only 20 of the 25"))
    );
}

#[test]
fn a_diverged_run_is_reported_and_counted() {
    let rows = spoilt(|row| {
        if row.seed == 1 && row.gamma == 1.0e-5 {
            (row.outcome, row.alpha) = (Outcome::Diverged, None);
        }
    });
    let claims = judged(&rows);
    let finished = claims.get("runs-finished").unwrap();
    assert_eq!(finished.verdict(), Not);
    assert_eq!(finished.notes(), ["diverged: gamma 1.000e-5, seed 1"]);
    assert_eq!(claims.get("measured-everywhere").unwrap().verdict(), Not);
    assert_eq!(
        claims
            .get("deep-layers-at-smallest")
            .unwrap()
            .ours()
            .unwrap()
            .n,
        2
    );
}

#[test]
fn one_seed_never_reproduces_a_claim_about_seeds() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.seed == 0);
    assert_eq!(verdict(&rows, "alpha-rises"), Partly);
    assert_eq!(verdict(&rows, "deep-layers-at-largest"), Partly);
}

#[test]
fn smoke_claims_only_what_it_can() {
    let identity = |relative_error| Identity {
        name: "H_b = W H_a W^T".to_owned(),
        relative_error,
        tolerance: 1e-5,
        runs: 2,
    };
    let judge = |error| {
        let table = Table::new(&synthetic::rows()).unwrap();
        claims(&table, Task::Mnist, Preset::Smoke, &[identity(error)])
    };
    let ids: Vec<_> = judge(1e-7).iter().map(Claim::id).collect();
    assert_eq!(ids, ["runs-finished", "measured-everywhere", "identities"]);
    assert!(judge(1e-7).all_met());
    assert!(!judge(1e-3).all_met() && !judge(f64::NAN).all_met());
}

#[test]
fn only_the_teacher_task_is_held_against_the_digitised_values() {
    let table = Table::new(&synthetic::rows()).unwrap();
    for task in [Task::Mnist, Task::Digits] {
        let claims = claims(&table, task, Preset::Paper, &[]);
        assert!(claims.get("digitised-values").is_none());
        assert!(claims.get("alpha-rises").is_some());
    }
}

#[test]
fn crossings_are_interpolated_in_log_gamma() {
    use Crossing::{At, Beyond};
    let gammas = [1e-4, 1e-2];
    assert_eq!(crossing(&gammas, &[0.8, 1.0]), Some(At(-3.0)));
    assert_eq!(crossing(&gammas, &[0.95, 1.0]), Some(At(-4.0)));
    assert_eq!(crossing(&gammas, &[0.1, 0.2]), Some(Beyond(-2.0)));
    assert_eq!(crossing(&[], &[]), None);
    assert_eq!(delay(&[At(-2.0), At(-4.0), At(-3.0)]), Some(1.0));
    assert_eq!(delay(&[Beyond(-2.0), At(-4.0), At(-3.0)]), Some(1.0));
    assert_eq!(delay(&[Beyond(-2.0), At(-4.0), Beyond(-2.0)]), Some(0.0));
    assert_eq!(delay(&[At(-4.0), At(-3.0)]), Some(-1.0));
}

#[test]
fn layers_3_to_5_must_be_above_the_papers_level_at_its_third_weight_decay() {
    let id = "deep-layers-at-third";
    let at = |alpha: fn(f64) -> f64| {
        spoilt(|row| {
            row.alpha = paper_row(row.gamma).map(|k| match (k, row.layer) {
                (2, 3..) => alpha(paper_alpha(k, row.layer)),
                _ => paper_alpha(k, row.layer),
            });
        })
    };
    assert_eq!(verdict(&at(|paper| paper), id), Reproduced);
    assert_eq!(verdict(&at(|_| 0.969), id), Not, "0.97 is the bound");
    let mut without = synthetic::rows();
    without.retain(|row| paper_row(row.gamma) != Some(2));
    assert_eq!(verdict(&without, id), Not, "not measured");
    let table = Table::new(&without).unwrap();
    let digits = claims(&table, Task::Digits, Preset::Quick, &[]);
    assert!(digits.get(id).is_none(), "a level of the teacher task");
}

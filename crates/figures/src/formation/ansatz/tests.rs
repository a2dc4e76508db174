//! Verdicts on the made-up transforms, and how they change when these are corrupted.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::check::{
    all_are, changed, judged, notes, reproduces_all_but, revalued, shows, sound, verdict,
};

const ID: &str = "nfa-equivariance";

/// The synthetic rows with a statistic changed in networks whose transform is `of`.
fn spoilt(statistic: &str, of: impl Fn(&str) -> bool, alpha: impl Fn(f64) -> f64) -> Vec<Row> {
    let of = |row: &Row| row.statistic == statistic && of(&row.transform);
    revalued(synthetic::rows(), of, alpha)
}

#[test]
fn an_ansatz_that_alone_depends_on_the_transform_meets_every_criterion() {
    let bundle = sound(ID, &synthetic::rows());
    shows(&bundle, &["NFA: α(WᵀW, AGOP)", "change of GWA"]);
    reproduces_all_but(&[], ID, &synthetic::rows());
}

#[test]
fn a_relation_that_changes_is_seen() {
    for transform in ["diag", "none"] {
        let rows = spoilt("alpha_gwa_raw", |name| name == transform, |a| a - 0.3);
        assert_eq!(verdict(ID, &rows, "gwa-unchanged"), Not);
        let more = verdict(ID, &rows, "nfa-changes-more");
        assert!(transform == "diag" || more != Reproduced);
    }
}

#[test]
fn an_ansatz_that_does_not_change_is_seen() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.transform == "none");
    let copies = changed(rows.clone(), |row| row.transform = "diag".to_owned());
    let rows = [copies, rows].concat();
    all_are(Not, ID, &rows, &["nfa-changed", "nfa-changes-more"]);
    assert_eq!(verdict(ID, &rows, "gwa-unchanged"), Reproduced);
    // One of four.
    let better = spoilt("alpha_agop", |name| name == "diag", |_| 0.99);
    assert_eq!(verdict(ID, &better, "gwa-describes-better"), Partly);
}

#[test]
fn one_and_the_same_network_is_compared_where_it_was_measured() {
    let has_transform = |name: &str| name != "none";
    let leaking = spoilt("alpha_gwa_raw_untransformed", has_transform, |a| a - 0.01);
    assert_eq!(verdict(ID, &leaking, "gwa-same-network"), Not);
    assert_eq!(verdict(ID, &leaking, "gwa-unchanged"), Reproduced);
    // One of two forms.
    let half = spoilt("alpha_agop_sqrt_untransformed", has_transform, |a| a + 0.1);
    assert_eq!(verdict(ID, &half, "nfa-same-network"), Not);

    let mut rows = synthetic::rows();
    rows.retain(|row| row.statistic != "alpha_gwa_raw_untransformed");
    assert!(judged(ID, &rows).get("gwa-same-network").is_none());
    let note = notes(ID, &rows, "nfa-same-network");
    assert!(note.contains("is algebra"), "{note}");
    rows.retain(|row| !row.statistic.ends_with("_untransformed"));
    let claims = judged(ID, &rows);
    let mut ids = claims.iter().map(|claim| claim.id());
    assert!(ids.all(|id| !id.ends_with("same-network")));
    let note = notes(ID, &rows, "gwa-unchanged");
    assert!(note.contains("not tested here"), "{note}");
}

#[test]
fn without_networks_to_compare_nothing_is_reproduced() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.transform == "none");
    let compared = [
        "gwa-unchanged",
        "nfa-changed",
        "nfa-changes-more",
        "gwa-describes-better",
    ];
    all_are(Not, ID, &rows, &compared);
    let low = changed(synthetic::rows(), |row| row.null_q95 = Some(0.99));
    assert_eq!(verdict(ID, &low, "above-null"), Not);
}

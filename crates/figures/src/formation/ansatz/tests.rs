//! Verdicts on the made-up transforms, and how they change when these are spoilt.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::verdicts::{self, claim, judged, shows_no_number};
use crate::formation::{reproduce, synthetic as made_up};
use crate::{Preset, Verdict};

fn verdict(rows: &[Row], id: &str) -> Verdict {
    verdicts::verdict(&Ansatz, rows, id)
}

/// A statistic changed in networks with this transform.
fn changed(transform: &'static str, statistic: &'static str, by: f64) -> Vec<Row> {
    verdicts::spoilt(synthetic::rows(), |row| {
        if row.transform == transform && row.statistic == statistic {
            row.value = row.value.map(|alpha| (alpha + by).min(1.0));
        }
    })
}

#[test]
fn an_ansatz_that_alone_depends_on_the_transform_meets_every_criterion() {
    for claim in judged(&Ansatz, &synthetic::rows(), &[]) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn a_relation_that_changes_is_seen() {
    assert_eq!(
        verdict(&changed("diag", "alpha_gwa_raw", -0.3), "gwa-unchanged"),
        Not
    );
    let plain = changed("none", "alpha_gwa_raw", -0.3);
    assert_eq!(verdict(&plain, "gwa-unchanged"), Not, "under both");
    assert_ne!(verdict(&plain, "nfa-changes-more"), Reproduced);
}

#[test]
fn an_ansatz_that_does_not_change_is_seen() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.transform == "none");
    let copies = rows.clone().into_iter().map(|row| Row {
        transform: "diag".to_owned(),
        ..row
    });
    let rows = [copies.collect(), rows].concat();
    assert_eq!(verdict(&rows, "nfa-changed"), Not);
    assert_eq!(verdict(&rows, "nfa-changes-more"), Not);
    assert_eq!(verdict(&rows, "gwa-unchanged"), Reproduced);
    let better = verdicts::spoilt(synthetic::rows(), |row| {
        if row.transform == "diag" && row.statistic == "alpha_agop" {
            row.value = Some(0.99);
        }
    });
    assert_eq!(
        verdict(&better, "gwa-describes-better"),
        Partly,
        "one of four"
    );
}

/// A statistic moved in every network that has a transform.
fn untransformed(statistic: &'static str, by: f64) -> Vec<Row> {
    verdicts::spoilt(synthetic::rows(), |row| {
        if row.transform != "none" && row.statistic == statistic {
            row.value = row.value.map(|alpha| alpha + by);
        }
    })
}

#[test]
fn one_and_the_same_network_is_compared_where_it_was_measured() {
    let leaking = untransformed("alpha_gwa_raw_untransformed", -0.01);
    assert_eq!(verdict(&leaking, "gwa-same-network"), Not);
    assert_eq!(verdict(&leaking, "gwa-unchanged"), Reproduced);
    let half = untransformed("alpha_agop_sqrt_untransformed", 0.1);
    assert_eq!(verdict(&half, "nfa-same-network"), Not, "one of two forms");

    let ids = |rows: &[Row]| -> Vec<&'static str> {
        let claims = judged(&Ansatz, rows, &[]).into_iter();
        claims.map(|claim| claim.id()).collect()
    };
    let mut rows = synthetic::rows();
    rows.retain(|row| row.statistic != "alpha_gwa_raw_untransformed");
    assert!(!ids(&rows).contains(&"gwa-same-network"));
    let note = claim(&Ansatz, &rows, "nfa-same-network").notes().join(" ");
    assert!(note.contains("is algebra"), "{note}");
    rows.retain(|row| !row.statistic.ends_with("_untransformed"));
    assert!(ids(&rows).iter().all(|id| !id.ends_with("same-network")));
    let note = claim(&Ansatz, &rows, "gwa-unchanged").notes().join(" ");
    assert!(note.contains("not tested here"), "{note}");
}

#[test]
fn without_networks_to_compare_nothing_is_reproduced() {
    let mut rows = synthetic::rows();
    rows.retain(|row| row.transform == "none");
    for id in [
        "gwa-unchanged",
        "nfa-changed",
        "nfa-changes-more",
        "gwa-describes-better",
    ] {
        assert_eq!(verdict(&rows, id), Not, "{id}");
    }
    let low = verdicts::spoilt(synthetic::rows(), |row| row.null_q95 = Some(0.99));
    assert_eq!(verdict(&low, "above-null"), Not);
}

#[test]
fn picture_and_report_are_whole() {
    let rows = synthetic::rows();
    for rows in [rows.clone(), made_up::diverged(rows)] {
        let input = made_up::input("nfa-equivariance", Preset::Quick, &rows, &[]);
        let bundle = reproduce("nfa-equivariance", input).unwrap();
        let svg = &bundle.picture.svg;
        assert!(svg.contains("NFA: α(WᵀW, AGOP)") && svg.contains("change of GWA"));
        assert!(
            bundle
                .report
                .contains("## What would unrelated matrices give?")
        );
        assert!(!shows_no_number(svg) && !shows_no_number(&bundle.report));
    }
}

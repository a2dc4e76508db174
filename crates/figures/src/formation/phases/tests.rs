//! Verdicts on the made-up phases, and how they change when these are corrupted.

use super::labels::{Label, NEAREST, relations};
use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::check::{
    all_are, changed, figure, reproduces_all_but, revalued, shows, verdict, whole,
};
use crate::formation::synthetic::diverged;
use crate::table::Table;
use crate::{Outcome, Standing};

const ID: &str = "pah-phases";

/// Synthetic rows with the label changed.
fn relabelled(label: impl Fn(&Row) -> Option<f64>) -> Vec<Row> {
    changed(synthetic::rows(), |row| {
        if row.statistic == "phase_row" {
            row.value = label(row);
        }
    })
}

#[test]
fn layers_that_settle_are_shown_and_meet_every_criterion() {
    let bundle = whole(ID, &synthetic::rows());
    shows(&bundle, &[">12<", ">3/3<", ">none<"]);
    reproduces_all_but(&[], ID, &synthetic::rows());
}

#[test]
fn the_table_is_explained_even_where_nothing_finished() {
    let rows = synthetic::rows();
    for rows in [rows.clone(), diverged(rows)] {
        let bundle = figure(ID, &rows);
        shows(&bundle, &["10: all three on side b", "2 RGA/RWA"]);
        let finished = bundle.picture.svg.contains(">3/3<");
        assert_eq!(finished, rows[0].outcome == Outcome::Finished);
        let panels = bundle.picture.svg.matches(": share of the layers");
        assert_eq!(panels.count(), 1);
        let row = "| 6 | RWA on side b, GWA on side a |";
        assert!(bundle.report.contains(row));
    }
}

#[test]
fn layers_without_a_row_or_with_one_relation_are_seen() {
    // Agreement on nothing is none.
    let all = ["layers-have-a-row", "crh-rows", "consistent"];
    all_are(Not, ID, &relabelled(|_| None), &all);
    let six = relabelled(|_| Some(6.0));
    assert_eq!(verdict(ID, &six, "layers-have-a-row"), Reproduced);
    assert_eq!(verdict(ID, &six, "crh-rows"), Not);
}

#[test]
fn labels_that_change_with_the_seed_are_seen() {
    let by_seed = relabelled(|row| Some(row.seed as f64 + 1.0));
    assert_eq!(verdict(ID, &by_seed, "consistent"), Not);
    let mut one_seed = synthetic::rows();
    one_seed.retain(|row| row.seed == 0);
    // One seed agrees with itself, and has no interval.
    assert_eq!(verdict(ID, &one_seed, "consistent"), Not);
    assert_eq!(verdict(ID, &one_seed, "crh-rows"), Partly);
}

#[test]
fn a_growing_distance_is_no_fall() {
    let of = |row: &Row| row.statistic == "phase_distance";
    let rows = revalued(synthetic::rows(), of, |distance| 3.0 - distance);
    assert_eq!(verdict(ID, &rows, "distance-falls"), Not);
}

#[test]
fn the_most_frequent_row_counts_and_of_equals_the_lowest() {
    let label = |by_seed: [Option<f64>; 3]| {
        let rows = relabelled(|row| by_seed[row.seed as usize]);
        let table = Table::new(&rows).unwrap();
        let labels = &Labels::of_tasks(&table)[0];
        labels.label(NEAREST, 3, labels.gammas[0]).unwrap()
    };
    let most = label([Some(5.0), Some(5.0), None]);
    let expected = Label {
        row: Some(5),
        agree: 2,
        seeds: 3,
        labelled: 2,
        ..most.clone()
    };
    assert_eq!(most, expected);
    assert_eq!(label([7.0, 2.0, 9.0].map(Some)).row, Some(2));
}

#[test]
fn a_layer_of_rank_one_is_refused_and_said_so() {
    let rows = changed(synthetic::rows(), |row| {
        if row.layer == 6 {
            row.value = None;
        }
    });
    let bundle = figure(ID, &rows);
    let answered = bundle.claims.get("measured-everywhere").unwrap();
    assert_eq!(answered.verdict(), Reproduced);
    assert_eq!(bundle.picture.svg.matches(">refused<").count(), 10);
    assert_eq!(verdict(ID, &rows, "distance-falls"), Partly);
}

#[test]
fn rows_are_those_of_the_table() {
    assert_eq!(relations(2), "RGA on side b, RWA on side a");
    assert_eq!(relations(4), "RWA on side b, RGA on side a");
    assert_eq!(relations(9), "GWA on side b, GWA on side a");
    assert_eq!(relations(12), "all six");
}

#[test]
fn each_task_has_its_own_panels_tables_and_parts() {
    let mut rows = synthetic::rows();
    rows.extend(changed(relabelled(|_| None), |row| {
        row.task = "teacher10".to_owned();
    }));
    let bundle = figure(ID, &rows);
    let svg = &bundle.picture.svg;
    assert_eq!(svg.matches(": share of the layers").count(), 2);
    assert_eq!(svg.matches("10: all three on side b").count(), 1);
    assert!(bundle.report.contains("## teacher10: phases"));
    let claim = bundle.claims.get("layers-have-a-row").unwrap();
    let standings: Vec<Standing> = claim.parts().iter().map(|part| part.standing()).collect();
    assert_eq!(standings, [Standing::Met, Standing::Missed]);
}

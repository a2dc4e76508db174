//! Verdicts on the synthetic phases, and how they change when these are corrupted.

use super::labels::{Label, relations};
use super::synthetic::rows;
use super::*;
use crate::Verdict;
use crate::formation::check::{changed, figure, only, revalued, shows, verdicts};
use crate::formation::synthetic::diverged;
use crate::table::{Row, Table};

const ID: &str = "pah-phases";

/// Synthetic rows with the label changed.
fn relabelled(label: impl Fn(&Row) -> Option<f64>) -> Vec<Row> {
    changed(rows(), |row| {
        if row.statistic == "phase_row" {
            row.value = label(row);
        }
    })
}

#[test]
fn corrupted_rows_show() {
    let is_distance = |row: &Row| row.statistic == "phase_distance";
    let rank_one = changed(rows(), |row| {
        row.value = row.value.filter(|_| row.layer != 6)
    });
    verdicts!(ID;
        // Agreement on nothing is none.
        relabelled(|_| None) => Contradicted("layers-have-a-phase", "crh-rows"), NotTested("consistent");
        relabelled(|_| Some(6.0)) => Reproduced("layers-have-a-phase"), Contradicted("crh-rows");
        relabelled(|row| Some(row.seed as f64 + 1.0)) => Contradicted("consistent");
        // One seed agrees with itself, and has no interval.
        only(rows(), |row| row.seed == 0) => NotTested("consistent"), Undecided("crh-rows");
        // Layers of few directions are in a row by algebra, or in none.
        revalued(rows(), |row| row.statistic == "effective_rank_z", |_| 1.2)
            => NotTested("layers-have-a-phase", "crh-rows", "consistent", "distance-falls");
        revalued(rows(), is_distance, |distance| 3.0 - distance) => Contradicted("distance-falls");
        // A refusal is an answer.
        &rank_one => Reproduced("measured-everywhere"), Undecided("distance-falls");
    );
    let svg = figure(ID, rank_one).picture.svg;
    assert_eq!(svg.matches(">no value<").count(), 5);
}

#[test]
fn the_table_is_explained_even_where_nothing_finished() {
    for (rows, finished) in [(rows(), true), (diverged(rows()), false)] {
        let bundle = figure(ID, rows);
        let texts = ["10: all three on side b", "2 RGA/RWA"];
        shows(&bundle, &texts);
        shows(&bundle, &["| 6 | RWA on side b, GWA on side a |"]);
        assert_eq!(bundle.picture.svg.contains(">3/3<"), finished);
        let panels = bundle
            .picture
            .svg
            .matches(": distance to the nearest phase");
        assert_eq!(panels.count(), 1);
    }
}

#[test]
fn the_most_frequent_row_counts_and_of_equals_the_lowest() {
    let label = |by_seed: [Option<f64>; 3]| {
        let rows = relabelled(|row| by_seed[row.seed as usize]);
        let table = Table::new(&rows).unwrap();
        let labels = &Labels::of_tasks(&table)[0];
        labels.label(3, labels.gammas[0]).unwrap()
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
fn rows_are_those_of_the_table() {
    assert_eq!(relations(2), "RGA on side b, RWA on side a");
    assert_eq!(relations(4), "RWA on side b, RGA on side a");
    assert_eq!(relations(9), "GWA on side b, GWA on side a");
    assert_eq!(relations(12), "all six");
}

#[test]
fn each_task_has_its_own_panels_tables_and_parts() {
    let other = changed(relabelled(|_| None), |row| {
        row.task = "teacher10".to_owned()
    });
    let bundle = figure(ID, [rows(), other].concat());
    let svg = &bundle.picture.svg;
    assert_eq!(svg.matches(": distance to the nearest phase").count(), 2);
    assert_eq!(svg.matches("10: all three on side b").count(), 1);
    shows(&bundle, &["## teacher10: phases"]);
    let claim = bundle.claims.get("layers-have-a-phase").unwrap();
    let verdicts: Vec<Verdict> = claim.parts().iter().map(|part| part.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Reproduced, Verdict::Contradicted]);
}

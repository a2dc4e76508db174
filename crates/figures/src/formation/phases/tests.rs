//! Verdicts on the made-up phases, and how they change when these are spoilt.

use super::labels::{Label, relations};
use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::verdicts::{self, judged, shows_no_number};
use crate::formation::{reproduce, synthetic as made_up};
use crate::table::Table;
use crate::{Preset, Standing, Verdict};

fn verdict(rows: &[Row], id: &str) -> Verdict {
    verdicts::verdict(&Phases, rows, id)
}

fn spoilt(change: impl FnMut(&mut Row)) -> Vec<Row> {
    verdicts::spoilt(synthetic::rows(), change)
}

/// Made-up rows with the label changed.
fn relabelled(label: impl Fn(&Row) -> Option<f64>) -> Vec<Row> {
    spoilt(|row| {
        if row.statistic == "phase_row" {
            row.value = label(row);
        }
    })
}

#[test]
fn layers_that_settle_meet_every_criterion() {
    for claim in judged(&Phases, &synthetic::rows(), &[]) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn layers_without_a_row_or_with_one_relation_are_seen() {
    let none = relabelled(|_| None);
    assert_eq!(verdict(&none, "layers-have-a-row"), Not);
    assert_eq!(verdict(&none, "crh-rows"), Not);
    assert_eq!(
        verdict(&none, "consistent"),
        Not,
        "agreement on nothing is none"
    );
    let six = relabelled(|_| Some(6.0));
    assert_eq!(verdict(&six, "layers-have-a-row"), Reproduced);
    assert_eq!(verdict(&six, "crh-rows"), Not);
}

#[test]
fn labels_that_change_with_the_seed_are_seen() {
    let by_seed = relabelled(|row| Some(row.seed as f64 + 1.0));
    assert_eq!(verdict(&by_seed, "consistent"), Not);
    let mut one_seed = synthetic::rows();
    one_seed.retain(|row| row.seed == 0);
    assert_eq!(
        verdict(&one_seed, "consistent"),
        Not,
        "one seed agrees with itself"
    );
    assert_eq!(verdict(&one_seed, "crh-rows"), Partly, "no interval");
}

#[test]
fn a_growing_distance_is_no_fall() {
    let rows = spoilt(|row| {
        if row.statistic == "phase_distance" {
            row.value = row.value.map(|distance| 3.0 - distance);
        }
    });
    assert_eq!(verdict(&rows, "distance-falls"), Not);
}

#[test]
fn the_most_frequent_row_counts_and_of_equals_the_lowest() {
    let rows = relabelled(|row| [Some(5.0), Some(5.0), None][row.seed as usize]);
    let table = Table::new(&rows).unwrap();
    let labels = &Labels::of_tasks(&table)[0];
    let expected = Label {
        row: Some(5),
        agree: 2,
        seeds: 3,
        labelled: 2,
    };
    assert_eq!(
        labels.label("phase_row", 3, labels.gammas[0]),
        Some(expected)
    );
    let rows = relabelled(|row| Some([7.0, 2.0, 9.0][row.seed as usize]));
    let table = Table::new(&rows).unwrap();
    let labels = &Labels::of_tasks(&table)[0];
    assert_eq!(
        labels.label("phase_row", 3, labels.gammas[0]).unwrap().row,
        Some(2)
    );
}

#[test]
fn a_layer_of_rank_one_is_refused_and_said_so() {
    let rows = spoilt(|row| {
        if row.layer == 6 {
            row.value = None;
        }
    });
    let input = made_up::input("pah-phases", Preset::Quick, &rows, &[]);
    let bundle = reproduce("pah-phases", input).unwrap();
    let answered = bundle.claims.get("measured-everywhere").unwrap();
    assert_eq!(answered.verdict(), Reproduced);
    assert_eq!(bundle.picture.svg.matches(">refused<").count(), 10);
    assert_eq!(verdict(&rows, "distance-falls"), Partly);
}

#[test]
fn rows_are_those_of_the_table() {
    assert_eq!(relations(2), "RGA on side b, RWA on side a");
    assert_eq!(relations(4), "RWA on side b, RGA on side a");
    assert_eq!(relations(9), "GWA on side b, GWA on side a");
    assert_eq!(relations(12), "all six");
}

#[test]
fn picture_and_report_are_whole() {
    let rows = synthetic::rows();
    for rows in [rows.clone(), made_up::diverged(rows)] {
        let finished = rows[0].outcome == crate::Outcome::Finished;
        let input = made_up::input("pah-phases", Preset::Quick, &rows, &[]);
        let bundle = reproduce("pah-phases", input).unwrap();
        let svg = &bundle.picture.svg;
        assert_eq!(
            svg.contains(">12<") && svg.contains(">3/3<") && svg.contains(">none<"),
            finished
        );
        assert!(svg.contains("10: all three on side b") && svg.contains("2 RGA/RWA"));
        assert_eq!(svg.matches(": share of the layers").count(), 1);
        assert!(
            bundle
                .report
                .contains("| 6 | RWA on side b, GWA on side a |")
        );
        assert!(!shows_no_number(svg) && !shows_no_number(&bundle.report));
    }
}

#[test]
fn each_task_has_its_own_panels_tables_and_parts() {
    let mut rows = synthetic::rows();
    let ten = spoilt(|row| {
        row.task = "teacher10".to_owned();
        if row.statistic == "phase_row" {
            row.value = None;
        }
    });
    rows.extend(ten);
    let input = made_up::input("pah-phases", Preset::Quick, &rows, &[]);
    let bundle = reproduce("pah-phases", input).unwrap();
    let svg = &bundle.picture.svg;
    assert_eq!(svg.matches(": share of the layers").count(), 2);
    assert_eq!(svg.matches("10: all three on side b").count(), 1);
    assert!(bundle.report.contains("## teacher10: phases"));
    let claim = bundle.claims.get("layers-have-a-row").unwrap();
    let standings: Vec<Standing> = claim.parts().iter().map(|part| part.standing()).collect();
    assert_eq!(standings, [Standing::Met, Standing::Missed]);
}

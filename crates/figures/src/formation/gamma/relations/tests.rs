//! The six relations of F-gamma: whole figures, verdicts, and how they change when the rows are spoilt.

use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::formation::check::{changed as spoilt, shows_no_number};
use crate::formation::gamma::synthetic;
use crate::formation::relations::RELATIONS;
use crate::formation::synthetic as made_up;
use crate::table::read_rows;
use crate::{Claim, FigureBundle};

fn judged(rows: &[Row], task: Task, preset: Preset) -> Vec<Claim> {
    let relations = Relations::new(rows, preset).unwrap().unwrap();
    relations.claims(task)
}

fn claim(rows: &[Row], id: &str) -> Claim {
    let mut claims = judged(rows, Task::Teacher, Preset::Quick).into_iter();
    claims.find(|claim| claim.id() == id).unwrap()
}

fn verdict(rows: &[Row], id: &str) -> Verdict {
    claim(rows, id).verdict()
}

fn made(rows: &[Row]) -> FigureBundle {
    synthetic::bundle_with(Task::Teacher, Preset::Quick, &synthetic::rows(), rows).unwrap()
}

/// The made-up rows with normalized alphas of one relation changed.
fn altered(of: &'static str, side: &'static str, change: impl Fn(&Row, f64) -> f64) -> Vec<Row> {
    spoilt(synthetic::relations(), |row| {
        let meant = (row.statistic.as_str(), row.side.as_str()) == (of, side);
        if meant && row.variant == "normalized" {
            row.value = row.value.map(|alpha| change(row, alpha).clamp(-1.0, 1.0));
        }
    })
}

#[test]
fn everything_is_shown_and_every_claim_met() {
    let rows = synthetic::relations();
    for claim in judged(&rows, Task::Teacher, Preset::Quick) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
    let bundle = made(&rows);
    for relation in RELATIONS {
        assert!(bundle.picture.svg.contains(relation.title));
        assert!(
            bundle
                .picture
                .svg
                .contains(&format!("{}, raw", relation.short()))
        );
        assert!(
            bundle
                .report
                .contains(&format!("### {}, map by map", relation.title))
        );
    }
    assert!(bundle.picture.svg.contains("6 (readout)"));
    for text in [
        "## The six relations",
        "### Calibrated alpha",
        "## Power laws",
        "### teacher: G_b ∝ H_b^p",
        "and 0 refused",
        "## Phases of the linear maps",
        "(`relations-high`)",
    ] {
        assert!(bundle.report.contains(text), "{text}");
    }
    assert!(!bundle.report.contains("## Noise and regularisation"));
    assert!(!shows_no_number(&bundle.picture.svg) && !shows_no_number(&bundle.report));

    let [(name, bytes)] = &bundle.extra[..] else {
        panic!("one further table, found {}", bundle.extra.len());
    };
    assert_eq!(*name, crate::report::RELATIONS_FILE);
    let back = read_rows(&bytes[..]).unwrap();
    assert_eq!(made(&back).report, bundle.report, "the table is enough");
}

#[test]
fn without_further_rows_the_figure_is_as_before() {
    let plain = synthetic::bundle(Task::Teacher, Preset::Quick, &synthetic::rows()).unwrap();
    assert!(plain.extra.is_empty() && !plain.report.contains("six relations"));
    assert!(Relations::new(&[], Preset::Quick).unwrap().is_none());
    let with = made(&synthetic::relations());
    let first = with.claims.iter().take(plain.claims.iter().count());
    assert!(first.eq(plain.claims.iter()), "none is changed");
}

/// Slow and obvious: a mean over seeds of means over maps.
#[test]
fn alpha_over_maps_is_its_slow_twin() {
    let rows = synthetic::relations();
    let largest = crate::formation::gamma::PAPER_GAMMAS[4];
    let high = claim(&rows, "relations-high");
    for (relation, part) in RELATIONS.into_iter().zip(high.parts()) {
        let mut total = 0.0;
        for seed in 0..3 {
            let mut alphas = Vec::new();
            for row in &rows {
                let here = row.gamma == largest && row.seed == seed && row.side == relation.side;
                let alpha = row.statistic == format!("alpha_{}", relation.name());
                if here && alpha && row.variant == "normalized" {
                    alphas.push(row.value.unwrap());
                }
            }
            total += alphas.iter().sum::<f64>() / alphas.len() as f64;
        }
        let found = part.ours().unwrap().value;
        assert!((found - total / 3.0).abs() < 1e-12, "{}", relation.short());
    }
}

#[test]
fn one_relation_that_fails_shows() {
    let falling = altered("alpha_gwa", "b", |_, alpha| 1.0 - alpha);
    for id in ["relations-rise", "relations-high", "relations-raw"] {
        assert_eq!(verdict(&falling, id), Partly, "{id}");
    }
    let low = altered("alpha_rwa", "a", |_, _| 0.1);
    assert_eq!(verdict(&low, "relations-above-null"), Partly);
    let all = spoilt(synthetic::relations(), |row| {
        row.null_q95 = row.null_q95.map(|_| 1.0);
    });
    assert_eq!(verdict(&all, "relations-above-null"), Not);
}

#[test]
fn the_headline_relation_is_judged_once() {
    let falling = altered("alpha_rga", "a", |_, alpha| 1.0 - alpha);
    assert_eq!(verdict(&falling, "relations-rise"), Reproduced);
    assert_eq!(verdict(&falling, "relations-high"), Partly);
}

#[test]
fn only_undefined_alphas_are_missing_refusals_are_answers() {
    let undefined = spoilt(synthetic::relations(), |row| {
        if row.statistic == "alpha_rga" && row.side == "b" && row.layer == 3 && row.seed == 1 {
            row.value = None;
        }
    });
    let defined = claim(&undefined, "relations-measured");
    assert_eq!(defined.verdict(), Partly);
    assert!((defined.ours().unwrap().value - 2.0 / 3.0).abs() < 1e-12);
    let refused = spoilt(synthetic::relations(), |row| {
        if row.statistic.starts_with("exponent_h_b") || row.statistic.starts_with("phase_") {
            row.value = None;
        }
    });
    assert_eq!(verdict(&refused, "relations-measured"), Reproduced);
    assert!(made(&refused).report.contains("and 90 refused"));
}

#[test]
fn tasks_without_figures_of_their_own_judge_exponents_and_phases_here() {
    let rows = synthetic::relations();
    let ids = |task, preset| -> Vec<&str> {
        let claims = judged(&rows, task, preset);
        claims.iter().map(Claim::id).collect()
    };
    let digits = ids(Task::Digits, Preset::Paper);
    assert!(digits.contains(&"positive-inside-range") && digits.contains(&"crh-rows"));
    let distinct: std::collections::BTreeSet<_> = digits.iter().collect();
    assert_eq!(distinct.len(), digits.len());
    assert!(!ids(Task::Teacher, Preset::Paper).contains(&"inside-range"));
    assert_eq!(ids(Task::Mnist, Preset::Smoke), ["relations-measured"]);
}

#[test]
fn balance_is_reported_where_it_was_measured() {
    let mut rows = crate::formation::balance::synthetic::rows();
    rows.extend(synthetic::relations());
    assert!(made(&rows).report.contains("## Noise and regularisation"));
}

#[test]
fn the_last_step_counts() {
    let rows = synthetic::relations();
    let early = spoilt(rows.clone(), |row| (row.step, row.value) = (1, Some(1.0)));
    let both = [early, rows.clone()].concat();
    assert_eq!(made(&both).report, made(&rows).report);
}

#[test]
fn a_network_that_diverged_before_it_was_measured_is_left_out() {
    let mut rows = synthetic::relations();
    let lost = rows[0].clone();
    rows.retain(|row| row.network() != lost.network());
    rows.push(Row {
        statistic: "test_loss".to_owned(),
        value: None,
        layer: 0,
        step: 0,
        outcome: Outcome::Diverged,
        ..lost
    });
    let relations = Relations::new(&rows, Preset::Quick).unwrap().unwrap();
    assert_eq!(relations.table().diverged().len(), 1);
    assert!(!shows_no_number(&made(&rows).report));
    let nothing = made_up::diverged(synthetic::relations());
    let bundle = made(&nothing);
    assert!(!shows_no_number(&bundle.picture.svg) && !shows_no_number(&bundle.report));
    for claim in judged(&nothing, Task::Digits, Preset::Quick) {
        assert_eq!(claim.verdict(), Not, "{}", claim.id());
    }
}

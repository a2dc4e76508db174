//! Verdicts on the made-up sweeps, and how they change when these are spoilt.

use super::*;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::verdicts::{self, claim, judged, shows_no_number};
use crate::formation::{reproduce, synthetic as made_up};
use crate::{FigureBundle, Preset, Standing, Verdict};

fn figure(rows: &[Row]) -> FigureBundle {
    let input = made_up::input("crh-sweeps", Preset::Quick, rows, &[]);
    reproduce("crh-sweeps", input).unwrap()
}

fn verdict(rows: &[Row], id: &str) -> Verdict {
    verdicts::verdict(&Sweeps, rows, id)
}

fn spoilt(change: impl FnMut(&mut Row)) -> Vec<Row> {
    verdicts::spoilt(synthetic::rows(), change)
}

fn is_alpha(row: &Row) -> bool {
    row.statistic == "alpha_rga" && row.side == "a"
}

#[test]
fn the_made_up_sweeps_meet_every_criterion() {
    for claim in judged(&Sweeps, &synthetic::rows(), &[]) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

#[test]
fn one_unaligned_point_shows() {
    let rows = spoilt(|row| {
        if is_alpha(row) && row.label_noise == 0.3 {
            row.value = Some(0.1);
        }
    });
    let aligned = claim(&Sweeps, &rows, "deep-layers-aligned");
    assert_eq!(aligned.verdict(), Partly);
    let missed: Vec<_> = aligned
        .parts()
        .iter()
        .filter(|part| part.standing() == Standing::Missed)
        .collect();
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0].name(), "label noise 0.3");
    assert_eq!(verdict(&rows, "settings-change-little"), Partly);
    assert_eq!(verdict(&rows, "activation-irrelevant"), Reproduced);
}

#[test]
fn an_activation_that_matters_is_seen() {
    let rows = spoilt(|row| {
        if is_alpha(row) && row.activation != "tanh" {
            row.value = row.value.map(|alpha| alpha - 0.4);
        }
    });
    assert_eq!(verdict(&rows, "activation-irrelevant"), Not);
    assert_eq!(verdict(&rows, "settings-change-little"), Reproduced);
}

#[test]
fn a_high_or_missing_null_is_not_exceeded() {
    let high = spoilt(|row| row.null_q95 = row.null_q95.map(|_| 0.99));
    assert_eq!(verdict(&high, "above-null"), Not);
    let missing = spoilt(|row| row.null_q95 = None);
    assert_eq!(verdict(&missing, "above-null"), Not);
}

#[test]
fn reversed_layers_undo_the_order() {
    let rows = spoilt(|row| {
        if is_alpha(row) {
            row.value = row.value.map(|alpha| 1.0 - alpha);
        }
    });
    assert_eq!(verdict(&rows, "later-layers-better"), Not);
    assert_eq!(verdict(&rows, "learning-rate-helps"), Not);
}

#[test]
fn diverged_members_are_listed_and_left_out() {
    let mut rows = synthetic::rows();
    let (gone, kept): (Vec<Row>, Vec<Row>) = rows
        .drain(..)
        .partition(|row| row.learning_rate == 0.3 && row.seed == 1);
    let rows = [kept, made_up::diverged(gone)].concat();
    let bundle = figure(&rows);
    assert_eq!(bundle.report.matches("- **Diverged:**").count(), 1);
    assert!(bundle.report.contains("learning rate 0.3"));
    assert!(bundle.picture.svg.contains("1 diverged, not drawn"));
    assert_eq!(bundle.claims.get("runs-finished").unwrap().verdict(), Not);
    for text in [&bundle.report, &bundle.picture.svg] {
        assert!(!shows_no_number(text));
    }
}

#[test]
fn the_picture_has_every_sweep_its_twin_and_the_base_point() {
    let svg = figure(&synthetic::rows()).picture.svg;
    for text in [
        "against depth",
        "against learning rate",
        "against batch size",
        "against activation",
        "against initial scale",
        "against label noise",
        "null level",
        "base point",
        ">relu<",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    assert_eq!(svg.matches("α, raw second moments").count(), 6);
}

#[test]
fn one_seed_of_one_network_still_makes_a_figure() {
    let mut rows = synthetic::rows();
    let base = made_up::row();
    rows.retain(|row| {
        row.seed == 0
            && row.learning_rate == base.learning_rate
            && row.depth == 5
            && row.activation == "tanh"
    });
    let bundle = figure(&rows);
    assert!(!shows_no_number(&bundle.picture.svg));
    assert_eq!(
        bundle.claims.get("deep-layers-aligned").unwrap().verdict(),
        Partly,
        "no interval"
    );
}

//! Verdicts on the made-up sweeps, and how they change when these are corrupted.

use super::*;
use crate::Standing;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::formation::check::{
    all_are, changed, figure, judged, reproduces_all_but, revalued, shows, verdict, whole,
};
use crate::formation::synthetic::row;

const ID: &str = "crh-sweeps";

/// The synthetic rows with the alphas changed of those for which `of` holds.
fn spoilt(of: impl Fn(&Row) -> bool, alpha: impl Fn(f64) -> f64) -> Vec<Row> {
    let is_alpha = |row: &Row| row.statistic == "alpha_rga" && row.side == "a";
    revalued(synthetic::rows(), |row| is_alpha(row) && of(row), alpha)
}

#[test]
fn the_figure_is_whole_and_meets_its_claims() {
    let bundle = whole(ID, &synthetic::rows());
    let texts = [
        "against depth",
        "against learning rate",
        "against batch size",
        "against activation",
        "against initial scale",
        "against label noise",
        "null level",
        "base point",
        ">relu<",
    ];
    shows(&bundle, &texts);
    assert_eq!(
        bundle.picture.svg.matches("α, raw second moments").count(),
        6
    );
    reproduces_all_but(&[], ID, &synthetic::rows());
}

#[test]
fn one_unaligned_point_shows() {
    let rows = spoilt(|row| row.label_noise == 0.3, |_| 0.1);
    let claims = judged(ID, &rows);
    let aligned = claims.get("deep-layers-aligned").unwrap();
    assert_eq!(aligned.verdict(), Partly);
    let parts = aligned.parts().iter();
    let missed: Vec<_> = parts
        .filter(|part| part.standing() == Standing::Missed)
        .map(|part| part.name())
        .collect();
    assert_eq!(missed, ["label noise 0.3"]);
    assert_eq!(verdict(ID, &rows, "settings-change-little"), Partly);
    assert_eq!(verdict(ID, &rows, "activation-irrelevant"), Reproduced);
}

#[test]
fn an_activation_that_matters_is_seen() {
    let rows = spoilt(|row| row.activation != "tanh", |alpha| alpha - 0.4);
    assert_eq!(verdict(ID, &rows, "activation-irrelevant"), Not);
    assert_eq!(verdict(ID, &rows, "settings-change-little"), Reproduced);
}

#[test]
fn a_high_or_missing_null_is_not_exceeded() {
    for null in [Some(0.99), None] {
        let rows = changed(synthetic::rows(), |row| {
            row.null_q95 = row.null_q95.and(null);
        });
        assert_eq!(verdict(ID, &rows, "above-null"), Not);
    }
}

#[test]
fn reversed_layers_undo_the_order() {
    let rows = spoilt(|_| true, |alpha| 1.0 - alpha);
    let reversed = ["later-layers-better", "learning-rate-helps"];
    all_are(Not, ID, &rows, &reversed);
}

#[test]
fn one_seed_of_one_network_still_makes_a_figure() {
    let mut rows = synthetic::rows();
    let base = row();
    rows.retain(|row| {
        row.seed == 0
            && row.learning_rate == base.learning_rate
            && row.depth == 5
            && row.activation == "tanh"
    });
    let claims = figure(ID, &rows).claims;
    let aligned = claims.get("deep-layers-aligned").unwrap();
    assert_eq!(aligned.verdict(), Partly, "no interval");
}

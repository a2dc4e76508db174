//! Verdicts on the synthetic sweeps, and how they change when these are corrupted.

use super::synthetic::rows;
use super::*;
use crate::Verdict;
use crate::formation::check::{changed, claim, figure, only, revalued, verdicts};
use crate::formation::synthetic::row;

const ID: &str = "crh-sweeps";

/// The synthetic rows with the alphas changed of those for which `of` holds.
fn corrupted(of: impl Fn(&Row) -> bool, alpha: impl Fn(f64) -> f64) -> Vec<Row> {
    let is_alpha = |row: &Row| row.statistic == "alpha_rga" && row.side == "a";
    revalued(rows(), |row| is_alpha(row) && of(row), alpha)
}

#[test]
fn corrupted_rows_show() {
    let unaligned = corrupted(|row| row.label_noise == 0.3, |_| 0.1);
    verdicts!(ID;
        &unaligned => Contradicted("deep-layers-aligned", "settings-change-little"), Reproduced("activation-irrelevant");
        corrupted(|row| row.activation != "tanh", |alpha| alpha - 0.4)
            => Contradicted("activation-irrelevant"), Reproduced("settings-change-little");
        // A high null is not exceeded, nor is a missing one.
        changed(rows(), |row| row.null_q95 = row.null_q95.and(Some(0.99))) => Contradicted("above-null");
        changed(rows(), |row| (row.null_mean, row.null_q95) = (None, None)) => NotTested("above-null");
        // Nothing moves a base at the ceiling, and ties are no order.
        corrupted(|_| true, |_| 0.99)
            => NotTested("activation-irrelevant", "settings-change-little"), Contradicted("learning-rate-helps");
        corrupted(|_| true, |alpha| 1.0 - alpha) => Contradicted("later-layers-better", "learning-rate-helps");
    );
    let aligned = claim(ID, unaligned, "deep-layers-aligned");
    let missed = |part: &&crate::Part| part.verdict() == Verdict::Contradicted;
    let missed = aligned.parts().iter().filter(missed);
    let missed: Vec<&str> = missed.map(|part| part.name()).collect();
    assert_eq!(missed, ["label noise 0.3"]);
}

#[test]
fn one_seed_of_one_network_still_makes_a_figure() {
    let base = row();
    let one = only(rows(), |row| {
        row.seed == 0
            && row.learning_rate == base.learning_rate
            && row.depth == 5
            && row.activation == "tanh"
    });
    figure(ID, &one);
    // No interval.
    verdicts!(ID; one => Undecided("deep-layers-aligned"););
}

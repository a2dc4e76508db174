//! Verdicts on the synthetic transforms, and how they change when these are corrupted.

use super::synthetic::rows;
use super::*;
use crate::formation::check::{changed, judged, noted, only, revalued, verdicts};

const ID: &str = "nfa-equivariance";

/// The synthetic rows with a statistic changed in networks whose transform is `of`.
fn corrupted(statistic: &str, of: impl Fn(&str) -> bool, alpha: impl Fn(f64) -> f64) -> Vec<Row> {
    let of = |row: &Row| row.statistic == statistic && of(&row.transform);
    revalued(rows(), of, alpha)
}

#[test]
fn corrupted_rows_show() {
    let low = |of: &'static str| corrupted("alpha_gwa_raw", move |name| name == of, |a| a - 0.3);
    let untransformed = only(rows(), |row| row.transform == "none");
    let copies = changed(untransformed.clone(), |row| {
        row.transform = "diag".to_owned()
    });
    let transformed = |name: &str| name != "none";
    verdicts!(ID;
        low("diag") => Contradicted("gwa-unchanged");
        low("none") => Contradicted("gwa-unchanged", "nfa-changes-more");
        [copies, untransformed.clone()].concat()
            => Contradicted("nfa-changed", "nfa-changes-more"), Reproduced("gwa-unchanged");
        // One of four.
        corrupted("alpha_agop", |name| name == "diag", |_| 0.99) => Contradicted("gwa-describes-better");
        untransformed => NotTested("gwa-unchanged", "nfa-changed", "nfa-changes-more", "gwa-describes-better");
        changed(rows(), |row| row.null_q95 = Some(0.99)) => Contradicted("above-null");
        corrupted("alpha_gwa_raw_untransformed", transformed, |a| a - 0.01)
            => Contradicted("gwa-same-network"), Reproduced("gwa-unchanged");
        // One of two forms.
        corrupted("alpha_agop_sqrt_untransformed", transformed, |a| a + 0.1) => Contradicted("nfa-same-network");
    );
}

#[test]
fn one_and_the_same_network_is_compared_where_it_was_measured() {
    let without = only(rows(), |row| row.statistic != "alpha_gwa_raw_untransformed");
    assert!(judged(ID, &without).get("gwa-same-network").is_none());
    noted(ID, &without, "nfa-same-network", "is algebra");
    let neither = only(without, |row| !row.statistic.ends_with("_untransformed"));
    let claims = judged(ID, &neither);
    let mut ids = claims.iter().map(|claim| claim.id());
    assert!(ids.all(|id| !id.ends_with("same-network")));
    noted(ID, &neither, "gwa-unchanged", "not tested here");
}

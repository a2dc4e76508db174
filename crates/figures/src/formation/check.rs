//! What every figure's tests check alike.

#![cfg(test)]

use super::synthetic;
use crate::figure::Sweep;
use crate::figures::check::{self, drawn, presentable};
use crate::table::{Row, read_rows};
use crate::{Claims, FigureBundle, Outcome, Preset, Verdict};

fn sweep(rows: &[Row]) -> Sweep {
    rows.to_vec().into()
}

/// The figure made of `rows` at preset `quick`.
pub(crate) fn figure(id: &str, rows: &[Row]) -> FigureBundle {
    drawn(id, sweep(rows), Preset::Quick)
}

/// The claims of the figure made of `rows` at preset `quick`, without its picture.
pub(crate) fn judged(id: &str, rows: &[Row]) -> Claims {
    check::judged(id, sweep(rows))
}

/// Rows, and what claims must say of them.
pub(crate) type Case<'a> = (Vec<Row>, &'a [(&'a str, Verdict)]);

/// Judges the figure of each case's rows.
pub(crate) fn verdicts(id: &str, cases: &[Case<'_>]) {
    for (k, (rows, expected)) in cases.iter().enumerate() {
        let claims = judged(id, rows);
        for (claim, verdict) in *expected {
            let found = claims.get(claim).unwrap();
            assert_eq!(found.verdict(), *verdict, "case {k}: {claim}: {found:?}");
        }
    }
}

/// Draws and reports a figure of good rows, of one diverged network and of nothing but diverged ones, and at every preset.
pub(crate) fn sound(id: &str, rows: &[Row]) {
    let bundle = check::sound(id, &sweep(rows).into());
    let question = "What would unrelated matrices give?";
    assert!(bundle.report.contains(question));
    let back = read_rows(&bundle.data_csv[..]).unwrap();
    assert!(!back.is_empty() && back.iter().all(|row| rows.contains(row)));

    let mut one = rows.to_vec();
    let lost = one[0].clone();
    for row in &mut one {
        if row.network() == lost.network() {
            (row.outcome, row.value, row.null_q95) = (Outcome::Diverged, Some(f64::NAN), None);
        }
    }
    let bundle = figure(id, &one);
    presentable(&bundle);
    assert!(bundle.picture.svg.contains("1 diverged, not drawn"));
    assert_eq!(bundle.report.matches("- **Diverged:**").count(), 1);

    let bundle = figure(id, &synthetic::diverged(rows.iter().cloned()));
    presentable(&bundle);
    let mut verdicts = bundle.claims.iter().map(|claim| claim.verdict());
    assert!(verdicts.all(|verdict| verdict == Verdict::Not));
}

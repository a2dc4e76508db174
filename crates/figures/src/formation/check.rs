//! What every figure's tests check alike.

#![cfg(test)]

use super::{FIGURES, reproduce, synthetic};
use crate::figure::{Data, judge, used};
use crate::table::{Row, Table};
use crate::{Claims, FigureBundle, Outcome, Preset, Verdict};

/// The figure made of `rows` at preset `quick`.
pub(crate) fn figure(id: &str, rows: &[Row]) -> FigureBundle {
    reproduce(id, synthetic::input(id, Preset::Quick, rows, &[])).unwrap()
}

/// The claims of the figure made of `rows` at preset `quick`, without its picture.
pub(crate) fn judged(id: &str, rows: &[Row]) -> Claims {
    let figure = FIGURES.iter().find(|figure| figure.id() == id).unwrap();
    let table = Table::new(used(*figure, rows)).unwrap();
    let data = Data::new(table, &[], Preset::Quick, &[]);
    judge(*figure, &data, &[])
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
    let bundle = figure(id, rows);
    presentable(&bundle);
    let report = &bundle.report;
    for claim in &bundle.claims {
        assert!(
            report.contains(&format!("(`{}`)", claim.id())),
            "{}",
            claim.id()
        );
        assert!(claim.ours().is_some(), "{} has no value", claim.id());
    }
    assert!(report.contains("a \\| b") && report.contains("(figure.svg)"));
    assert!(report.contains("What would unrelated matrices give?"));
    let back = crate::table::read_rows(&bundle.data_csv[..]).unwrap();
    assert!(!back.is_empty() && back.iter().all(|row| rows.contains(row)));
    assert_eq!(
        figure(id, &back).report,
        bundle.report,
        "data.csv makes the figure again"
    );

    let smoke = reproduce(id, synthetic::input(id, Preset::Smoke, rows, &[])).unwrap();
    let ids: Vec<_> = smoke.claims.iter().map(|claim| claim.id()).collect();
    assert_eq!(ids[..2], ["runs-finished", "measured-everywhere"]);
    let of_gamma = id.starts_with("crh-gamma");
    assert_eq!(ids[2..], ["relations-measured"][usize::from(!of_gamma)..]);
    assert!(smoke.claims.all_met());

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
    assert!(
        bundle
            .claims
            .iter()
            .all(|claim| claim.verdict() == Verdict::Not)
    );
}

fn presentable(bundle: &FigureBundle) {
    let claims = serde_json::to_string(&bundle.claims).unwrap();
    let table = bundle.claims.to_table(Some(100));
    for text in [&bundle.picture.svg, &bundle.report, &claims, &table] {
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

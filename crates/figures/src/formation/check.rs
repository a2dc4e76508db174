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

/// The verdict on a claim.
pub(crate) fn verdict(id: &str, rows: &[Row], claim: &str) -> Verdict {
    judged(id, rows).get(claim).unwrap().verdict()
}

/// The remarks on a claim, one after another.
pub(crate) fn notes(id: &str, rows: &[Row], claim: &str) -> String {
    judged(id, rows).get(claim).unwrap().notes().join(" ")
}

/// Checks that these claims have this verdict.
pub(crate) fn all_are(expected: Verdict, id: &str, rows: &[Row], claims: &[&str]) {
    let judged = judged(id, rows);
    for name in claims {
        let claim = judged.get(name).unwrap();
        assert_eq!(claim.verdict(), expected, "{name}: {claim:?}");
    }
}

/// Checks that every claim but these is reproduced, and that these are not.
pub(crate) fn reproduces_all_but(exceptions: &[&str], id: &str, rows: &[Row]) {
    for claim in &judged(id, rows) {
        let expected = if exceptions.contains(&claim.id()) {
            Verdict::Not
        } else {
            Verdict::Reproduced
        };
        assert_eq!(claim.verdict(), expected, "{}: {claim:?}", claim.id());
    }
}

/// Rows after a change of each.
pub(crate) fn changed(mut rows: Vec<Row>, change: impl FnMut(&mut Row)) -> Vec<Row> {
    rows.iter_mut().for_each(change);
    rows
}

/// Rows in which the values of those for which `of` holds are others.
pub(crate) fn revalued(
    rows: Vec<Row>,
    of: impl Fn(&Row) -> bool,
    value: impl Fn(f64) -> f64,
) -> Vec<Row> {
    changed(rows, |row| {
        if of(row) {
            row.value = row.value.map(&value);
        }
    })
}

/// Checks that a picture has these texts.
pub(crate) fn shows(bundle: &FigureBundle, texts: &[&str]) {
    for text in texts {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
}

/// A text with numbers that are none.
pub(crate) fn shows_no_number(text: &str) -> bool {
    text.contains("NaN") || text.contains("inf ") || text.contains(" inf")
}

/// Draws and reports a figure of alphas, see [`whole`].
pub(crate) fn sound(id: &str, rows: &[Row]) -> FigureBundle {
    let bundle = whole(id, rows);
    let null = "What would unrelated matrices give?";
    assert!(bundle.report.contains(null));
    bundle
}

/// Draws and reports a figure of good rows, of one diverged network and of nothing but diverged ones, and at every preset.
pub(crate) fn whole(id: &str, rows: &[Row]) -> FigureBundle {
    let good = figure(id, rows);
    let bundle = &good;
    presentable(bundle);
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
    let back = crate::table::read_rows(&bundle.data_csv[..]).unwrap();
    assert!(!back.is_empty() && back.iter().all(|row| rows.contains(row)));
    assert_eq!(
        figure(id, &back).report,
        bundle.report,
        "data.csv makes the figure again"
    );

    let smoke = reproduce(id, synthetic::input(id, Preset::Smoke, rows, &[])).unwrap();
    let ids: Vec<_> = smoke.claims.iter().map(|claim| claim.id()).collect();
    assert_eq!(ids, ["runs-finished", "measured-everywhere"]);
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
    let finished = bundle.claims.get("runs-finished").unwrap();
    assert_eq!(finished.verdict(), Verdict::Not);

    let bundle = figure(id, &synthetic::diverged(rows.iter().cloned()));
    presentable(&bundle);
    assert!(
        bundle
            .claims
            .iter()
            .all(|claim| claim.verdict() == Verdict::Not)
    );
    good
}

fn presentable(bundle: &FigureBundle) {
    let claims = serde_json::to_string(&bundle.claims).unwrap();
    let table = bundle.claims.to_table(Some(100));
    for text in [&bundle.picture.svg, &bundle.report, &claims, &table] {
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

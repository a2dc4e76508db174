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
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| word == "NaN" || word == "inf")
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
    let good = check::sound(id, &sweep(rows).into());
    let back = read_rows(&good.data_csv[..]).unwrap();
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
    let finished = bundle.claims.get("runs-finished").unwrap();
    assert_eq!(finished.verdict(), Verdict::Not);

    let bundle = figure(id, &synthetic::diverged(rows.iter().cloned()));
    presentable(&bundle);
    let mut verdicts = bundle.claims.iter().map(|claim| claim.verdict());
    assert!(verdicts.all(|verdict| verdict == Verdict::Not));
    good
}

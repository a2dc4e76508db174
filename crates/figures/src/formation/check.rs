//! What every figure's tests check alike.

#![cfg(test)]

use super::synthetic;
pub(crate) use crate::figures::check::{claim, figure, judged, meets, noted, verdicts};
use crate::figures::check::{presentable, sound};
use crate::table::Row;
use crate::{FigureBundle, Kind, Outcome, Sweep, Verdict};

/// Rows after a change of each.
pub(crate) fn changed(mut rows: Vec<Row>, change: impl FnMut(&mut Row)) -> Vec<Row> {
    rows.iter_mut().for_each(change);
    rows
}

/// Rows in which the values of those for which `of` holds are others, as far as their range allows.
pub(crate) fn revalued(
    rows: Vec<Row>,
    of: impl Fn(&Row) -> bool,
    value: impl Fn(f64) -> f64,
) -> Vec<Row> {
    changed(rows, |row| {
        if of(row) {
            let (low, high) = crate::table::range_of(&row.statistic).bounds();
            row.value = row.value.map(|old| value(old).clamp(low, high));
        }
    })
}

/// The rows for which `keep` holds.
pub(crate) fn only(mut rows: Vec<Row>, keep: impl Fn(&Row) -> bool) -> Vec<Row> {
    rows.retain(keep);
    rows
}

/// Checks that picture or report have these texts.
pub(crate) fn shows(bundle: &FigureBundle, texts: &[&str]) {
    for text in texts {
        let found = bundle.picture.svg.contains(text) || bundle.report.contains(text);
        assert!(found, "{text}");
    }
}

/// Draws and reports a figure of good rows, of one diverged network and of nothing but diverged ones, and at every preset.
pub(crate) fn whole(id: &str, sweep: &Sweep) -> FigureBundle {
    let rows = &sweep.rows;
    let good = sound(id, &sweep.clone().into());
    let back: Vec<Row> = Row::SCHEMA.read(&good.data_csv[..]).unwrap();
    assert!(!back.is_empty() && back.iter().all(|row| rows.contains(row)));

    let lost = back[0].network();
    let one = changed(rows.clone(), |row| {
        if row.network() == lost {
            (row.outcome, row.value, row.null_q95) = (Outcome::Diverged, Some(f64::NAN), None);
        }
    });
    let bundle = figure(id, one);
    presentable(&bundle);
    assert!(bundle.picture.svg.contains("1 diverged, not drawn"));
    assert_eq!(bundle.report.matches("- **Diverged:**").count(), 1);
    let finished = bundle.claims.get("runs-finished").unwrap();
    assert_eq!(finished.verdict(), Verdict::Contradicted);

    let bundle = figure(id, synthetic::diverged(rows.clone()));
    presentable(&bundle);
    let others = bundle.claims.iter();
    let mut others = others.filter(|claim| claim.kind() != Kind::Soundness);
    assert!(others.all(|claim| claim.verdict() == Verdict::NotTested));
    good
}

//! What every figure's tests check alike.

#![cfg(test)]

use super::{FIGURES, PairData, PairFigure, PairTable, PairTables, judge, reproduce, synthetic};
use crate::{Claim, Claims, FigureBundle, Outcome, Preset, Verdict};

fn of(id: &str) -> &'static dyn PairFigure {
    *FIGURES.iter().find(|figure| figure.id() == id).unwrap()
}

/// The figure made of `tables` at preset `quick`.
pub(crate) fn figure(id: &str, tables: &PairTables) -> FigureBundle {
    reproduce(id, synthetic::input(id, Preset::Quick, tables)).unwrap()
}

/// The claims of the figure made of `tables` at preset `quick`, without its picture.
pub(crate) fn judged(id: &str, tables: &PairTables) -> Claims {
    let figure = of(id);
    let data = PairData::new(figure.select(tables), Preset::Quick).unwrap();
    judge(figure, &data, &[])
}

/// One of them.
pub(crate) fn claim(id: &str, tables: &PairTables, name: &str) -> Claim {
    judged(id, tables).get(name).unwrap().clone()
}

/// Its verdict.
pub(crate) fn verdict(id: &str, tables: &PairTables, name: &str) -> Verdict {
    claim(id, tables, name).verdict()
}

/// Draws and reports a figure of good rows, at each preset, again from its own files, and of one diverged run where
/// fits say so.
pub(crate) fn sound(id: &str, tables: &PairTables) {
    let bundle = figure(id, tables);
    presentable(&bundle);
    for claim in &bundle.claims {
        assert!(
            bundle.report.contains(&format!("(`{}`)", claim.id())),
            "{}",
            claim.id()
        );
        assert!(claim.ours().is_some(), "{} has no value", claim.id());
    }
    assert!(bundle.report.contains("a \\| b") && bundle.report.contains("(figure.svg)"));

    let mut back = PairTables::default();
    back.read(of(id).main_table(), &bundle.data_csv[..])
        .unwrap();
    for (name, bytes) in &bundle.extra {
        let table = PairTable::ALL
            .into_iter()
            .find(|table| table.file() == *name);
        back.read(table.unwrap(), &bytes[..]).unwrap();
    }
    let again = figure(id, &back);
    assert_eq!(
        again.report, bundle.report,
        "its files make the figure again"
    );
    assert_eq!(again.picture.svg, bundle.picture.svg);

    let smoke = reproduce(id, synthetic::input(id, Preset::Smoke, tables)).unwrap();
    let ids: Vec<_> = smoke.claims.iter().map(|claim| claim.id()).collect();
    assert_eq!(ids, ["runs-finished", "measured-everywhere"]);
    assert!(smoke.claims.all_met());

    if let Some(lost) = tables.fits.first().cloned() {
        let mut tables = tables.clone();
        for fit in tables
            .fits
            .iter_mut()
            .filter(|fit| (&fit.setting, fit.seed) == (&lost.setting, lost.seed))
        {
            (fit.outcome, fit.h_end, fit.sse) = (Outcome::Diverged, f64::NAN, None);
        }
        let bundle = figure(id, &tables);
        presentable(&bundle);
        assert!(
            bundle.report.contains("- **Diverged:** setting"),
            "{}",
            bundle.report
        );
        assert_eq!(
            bundle.claims.get("runs-finished").unwrap().verdict(),
            Verdict::Not
        );
    }
}

fn presentable(bundle: &FigureBundle) {
    let claims = serde_json::to_string(&bundle.claims).unwrap();
    let table = bundle.claims.to_table(Some(100));
    for text in [&bundle.picture.svg, &bundle.report, &claims, &table] {
        assert!(!crate::formation::check::shows_no_number(text), "{text}");
    }
}

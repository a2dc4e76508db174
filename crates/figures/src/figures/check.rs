//! For tests: what holds of every figure, whatever it is made of.

#![cfg(test)]

use super::{Figure, Measured, made_up, reproduce};
use crate::figure::{FigureInput, judge};
use crate::{Claims, FigureBundle, Preset};

/// The figure of synthetic measurements at a preset.
pub(crate) fn drawn(id: &str, measured: impl Into<Measured>, preset: Preset) -> FigureBundle {
    let input = made_up(id, preset).unwrap();
    let measured = measured.into();
    reproduce(id, FigureInput { measured, ..input }).unwrap()
}

/// Its claims at preset `quick`, without the picture.
pub(crate) fn judged(id: &str, measured: impl Into<Measured>) -> Claims {
    match (Figure::find(id).unwrap(), measured.into()) {
        (Figure::Sweep(figure, _), Measured::Sweep(sweep)) => {
            let subject = sweep.subject(*figure, Preset::Quick, &[]).unwrap();
            judge(&subject, Preset::Quick, &[])
        }
        (Figure::Tables(figure), Measured::Tables(tables)) => {
            let subject = tables.subject(figure, Preset::Quick).unwrap();
            judge(&subject, Preset::Quick, &[])
        }
        (_, other) => panic!("{id} is not judged by {other:?}"),
    }
}

/// Draws and reports a figure of good measurements, again from its own files, and at preset `smoke`.
pub(crate) fn sound(id: &str, measured: &Measured) -> FigureBundle {
    let bundle = drawn(id, measured.clone(), Preset::Quick);
    presentable(&bundle);
    let report = &bundle.report;
    for claim in &bundle.claims {
        let id = claim.id();
        assert!(report.contains(&format!("(`{id}`)")), "{id}");
        assert!(claim.ours().is_some(), "{id} has no value");
    }
    assert!(report.contains("a \\| b") && report.contains("(figure.svg)"));

    let beside = |name: &str| {
        let mut files = bundle.extra.iter();
        files.find(|file| file.0 == name).map(|file| &file.1[..])
    };
    let back = Figure::find(id).unwrap();
    let back = back.read(&bundle.data_csv[..], beside).unwrap();
    let again = drawn(id, back, Preset::Quick);
    assert_eq!(&again.report, report, "its files make the figure again");
    assert_eq!(again.picture.svg, bundle.picture.svg);

    let smoke = drawn(id, measured.clone(), Preset::Smoke);
    let ids: Vec<_> = smoke.claims.iter().map(|claim| claim.id()).collect();
    assert_eq!(ids[..2], ["runs-finished", "measured-everywhere"]);
    let of_gamma = id.starts_with("crh-gamma");
    assert_eq!(ids[2..], ["relations-measured"][usize::from(!of_gamma)..]);
    assert!(smoke.claims.all_met());
    bundle
}

/// No text of a figure shows a number that is none.
pub(crate) fn presentable(bundle: &FigureBundle) {
    let claims = serde_json::to_string(&bundle.claims).unwrap();
    let table = bundle.claims.to_table(Some(100));
    for text in [&bundle.picture.svg, &bundle.report, &claims, &table] {
        assert!(!crate::formation::check::shows_no_number(text), "{text}");
    }
}

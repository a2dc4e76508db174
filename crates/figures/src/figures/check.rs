//! For tests: what holds of every figure, whatever it is made of.

#![cfg(test)]

use super::{Figure, Measured, made_up, reproduce};
use crate::figure::{FigureInput, judge};
use crate::table::Row;
use crate::universality::Tables;
use crate::{Claim, Claims, FigureBundle, Kind, Preset, Verdict};

impl From<&Vec<Row>> for Measured {
    fn from(rows: &Vec<Row>) -> Self {
        Self::Sweep(rows.clone().into())
    }
}

impl From<Vec<Row>> for Measured {
    fn from(rows: Vec<Row>) -> Self {
        Self::Sweep(rows.into())
    }
}

impl From<&Tables> for Measured {
    fn from(tables: &Tables) -> Self {
        Self::Tables(tables.clone())
    }
}

/// Judges a figure of each of these measurements: `measurements => Verdict("claim", …), …;`.
macro_rules! verdicts {
    ($id:expr; $($measured:expr => $($verdict:ident($($claim:expr),+)),+;)+) => {{
        let mut wrong = Vec::<String>::new();
        $({
            let claims = $crate::figures::check::judged($id, $measured);
            $($(
                let found = claims.get($claim).unwrap().verdict();
                if found != $crate::Verdict::$verdict {
                    wrong.push(format!("{}: {} is {found}", stringify!($measured), $claim));
                }
            )+)+
        })+
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }};
}

pub(crate) use verdicts;

/// The figure of synthetic measurements at a preset.
pub(crate) fn drawn(id: &str, measured: impl Into<Measured>, preset: Preset) -> FigureBundle {
    let input = made_up(id, preset).unwrap();
    let measured = measured.into();
    reproduce(id, FigureInput { measured, ..input }).unwrap()
}

/// The same at preset `quick`.
pub(crate) fn figure(id: &str, measured: impl Into<Measured>) -> FigureBundle {
    drawn(id, measured, Preset::Quick)
}

/// Its claims at preset `quick`, without the picture.
pub(crate) fn judged(id: &str, measured: impl Into<Measured>) -> Claims {
    match (Figure::find(id).unwrap(), measured.into()) {
        (Figure::Sweep(figure), Measured::Sweep(sweep)) => {
            let subject = sweep.subject(figure, Preset::Quick, &[]).unwrap();
            judge(&subject, Preset::Quick, &[])
        }
        (Figure::Tables(figure), Measured::Tables(tables)) => {
            let subject = tables.subject(figure, Preset::Quick).unwrap();
            judge(&subject, Preset::Quick, &[])
        }
        (_, other) => panic!("{id} is not judged by {other:?}"),
    }
}

/// One of them.
pub(crate) fn claim(id: &str, measured: impl Into<Measured>, name: &str) -> Claim {
    judged(id, measured).get(name).unwrap().clone()
}

/// Checks that a remark on a claim says this.
pub(crate) fn noted(id: &str, measured: impl Into<Measured>, name: &str, text: &str) {
    let notes = claim(id, measured, name).notes().join("; ");
    assert!(notes.contains(text), "{notes}");
}

/// Checks that every claim is reproduced but those that are listed with another verdict.
pub(crate) fn meets(id: &str, measured: impl Into<Measured>, but: &[(&str, Verdict)]) {
    all_met(&judged(id, measured), but);
}

/// The same of claims.
pub(crate) fn all_met(claims: &Claims, but: &[(&str, Verdict)]) {
    let wrong = claims.iter().filter(|claim| {
        let listed = but.iter().find(|(name, _)| *name == claim.id());
        claim.verdict() != listed.map_or(Verdict::Reproduced, |(_, verdict)| *verdict)
    });
    let wrong: Vec<_> = wrong.map(|claim| (claim.id(), claim.verdict())).collect();
    assert!(wrong.is_empty(), "{wrong:?} of {claims:?}");
}

/// Draws and reports a figure of good measurements, again from its own files, and at preset `smoke`.
pub(crate) fn sound(id: &str, measured: &Measured) -> FigureBundle {
    let bundle = figure(id, measured.clone());
    presentable(&bundle);
    let report = &bundle.report;
    for claim in &bundle.claims {
        let id = claim.id();
        let soundness = claim.kind() == Kind::Soundness;
        assert!(soundness || report.contains(&format!("`{id}`")), "{id}");
        assert!(claim.ours().is_some(), "{id} has no value");
    }
    assert!(report.contains("a \\| b") && report.contains("(figure.svg)"));

    let beside = |name: &str| {
        let mut files = bundle.extra.iter();
        files.find(|file| file.0 == name).map(|file| &file.1[..])
    };
    let back = Figure::find(id).unwrap();
    let back = back.read(&bundle.data_csv[..], beside).unwrap();
    let again = figure(id, back);
    assert_eq!(&again.report, report, "its files make the figure again");
    assert_eq!(again.picture.svg, bundle.picture.svg);

    let smoke = drawn(id, measured.clone(), Preset::Smoke);
    let ids: Vec<_> = smoke.claims.iter().map(|claim| claim.id()).collect();
    assert_eq!(ids[..2], ["runs-finished", "measured-everywhere"]);
    let of_classes = id.starts_with("crh-gamma-");
    assert_eq!(ids[2..], ["fits-measured"][usize::from(!of_classes)..]);
    assert!(smoke.claims.all_met());
    bundle
}

/// No text of a figure shows a number that is none.
pub(crate) fn presentable(bundle: &FigureBundle) {
    let claims = serde_json::to_string(&bundle.claims).unwrap();
    let table = bundle.claims.to_table(Some(100));
    for text in [&bundle.picture.svg, &bundle.report, &claims, &table] {
        let mut words = text.split(|letter: char| !letter.is_alphanumeric());
        let undefined = words.find(|word| ["NaN", "inf"].contains(word));
        assert_eq!(undefined, None, "{text}");
    }
}

/// The words of a figure: every text of its picture that is not a number, the headings of its report, and its verdicts.
pub(crate) fn words(bundle: &FigureBundle) -> String {
    let texts = bundle.picture.svg.split("</text>").filter_map(|text| {
        let text = text.rsplit('>').next()?.trim();
        text.contains(char::is_alphabetic).then(|| text.to_owned())
    });
    let headings = bundle.report.lines().filter(|line| line.starts_with('#'));
    let claims = bundle.claims.iter();
    let verdicts = claims.map(|claim| format!("{}: {}", claim.id(), claim.verdict()));
    let all = texts.chain(headings.map(str::to_owned)).chain(verdicts);
    let mut lines: Vec<String> = Vec::new();
    for line in all {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

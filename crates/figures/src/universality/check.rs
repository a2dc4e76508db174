//! What every figure's tests check alike.

#![cfg(test)]

use super::{FitRow, Tables, TrajectoryPoint};
use crate::figures::check::{self, drawn, presentable};
use crate::{Claim, Claims, FigureBundle, Outcome, Preset, Verdict};

/// The figure made of `tables` at preset `quick`.
pub(crate) fn figure(id: &str, tables: &Tables) -> FigureBundle {
    drawn(id, tables.clone(), Preset::Quick)
}

/// The claims of the figure made of `tables` at preset `quick`, without its picture.
pub(crate) fn judged(id: &str, tables: &Tables) -> Claims {
    check::judged(id, tables.clone())
}

/// One of them.
pub(crate) fn claim(id: &str, tables: &Tables, name: &str) -> Claim {
    judged(id, tables).get(name).unwrap().clone()
}

/// Tables, and the verdict that some claims must have of them.
pub(crate) type Case<'a> = (Tables, Verdict, &'a [&'a str]);

/// Judges the figure of each case's tables.
pub(crate) fn verdicts(id: &str, cases: &[Case<'_>]) {
    for (k, (tables, expected, names)) in cases.iter().enumerate() {
        let claims = judged(id, tables);
        for name in *names {
            let claim = claims.get(name).unwrap();
            assert_eq!(claim.verdict(), *expected, "case {k}: {claim:?}");
        }
    }
}

/// The tables after a change of every fit.
pub(crate) fn with_fits(mut tables: Tables, change: impl FnMut(&mut FitRow)) -> Tables {
    tables.fits.iter_mut().for_each(change);
    tables
}

/// The tables after a change of every point of the trajectories.
pub(crate) fn with_points(mut tables: Tables, change: impl FnMut(&mut TrajectoryPoint)) -> Tables {
    tables.trajectories.iter_mut().for_each(change);
    tables
}

/// That a picture has these texts, each as a whole.
pub(crate) fn shows(bundle: &FigureBundle, texts: &[&str]) {
    for text in texts {
        let svg = &bundle.picture.svg;
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
}

/// Draws and reports a figure of good tables, at each preset, again from its own files, and of one diverged run where
/// fits say so. All claims are reproduced but those that are listed with another verdict.
pub(crate) fn sound(id: &str, tables: &Tables, but: &[(&str, Verdict)]) {
    let good = check::sound(id, &tables.clone().into());
    for claim in &good.claims {
        let listed = but.iter().find(|(name, _)| *name == claim.id());
        let expected = listed.map_or(Verdict::Reproduced, |(_, verdict)| *verdict);
        assert_eq!(claim.verdict(), expected, "{}: {claim:#?}", claim.id());
    }
    let Some(lost) = tables.fits.first() else {
        return;
    };
    let diverged = with_fits(tables.clone(), |fit| {
        if (&fit.setting, fit.seed) == (&lost.setting, lost.seed) {
            (fit.outcome, fit.h_end, fit.sse) = (Outcome::Diverged, f64::NAN, None);
        }
    });
    let bundle = figure(id, &diverged);
    presentable(&bundle);
    let report = &bundle.report;
    assert!(report.contains("- **Diverged:** setting"), "{report}");
    let finished = bundle.claims.get("runs-finished").unwrap();
    assert_eq!(finished.verdict(), Verdict::Not);
}

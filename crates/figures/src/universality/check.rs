//! What every figure's tests check alike.

#![cfg(test)]

use super::{FitRow, Tables, TablesFigure, TrajectoryPoint};
use crate::figures::check::{self, drawn, presentable};
use crate::{Claim, Claims, FigureBundle, Outcome, Preset, Verdict};

impl TablesFigure {
    /// The figure made of `tables` at preset `quick`.
    pub(crate) fn drawn(&self, tables: &Tables) -> FigureBundle {
        drawn(self.id, tables.clone(), Preset::Quick)
    }

    /// The claims of the figure made of `tables` at preset `quick`, without its picture.
    pub(crate) fn judged(&self, tables: &Tables) -> Claims {
        check::judged(self.id, tables.clone())
    }

    /// One of them.
    pub(crate) fn claim(&self, tables: &Tables, name: &str) -> Claim {
        self.judged(tables).get(name).unwrap().clone()
    }

    /// Draws and reports a figure of good tables, at each preset, again from its own files, and of one diverged run where
    /// fits say so. All claims are reproduced but those that are listed with another verdict.
    pub(crate) fn sound(&self, tables: &Tables, but: &[(&str, Verdict)]) {
        let good = check::sound(self.id, &tables.clone().into());
        check::all_met(&good.claims, but);
        let Some(lost) = tables.fits.first() else {
            return;
        };
        let diverged = with_fits(tables.clone(), |fit| {
            if (&fit.setting, fit.seed) == (&lost.setting, lost.seed) {
                (fit.outcome, fit.h_end, fit.sse) = (Outcome::Diverged, f64::NAN, None);
            }
        });
        let bundle = self.drawn(&diverged);
        presentable(&bundle);
        let report = &bundle.report;
        assert!(report.contains("- **Diverged:** setting"), "{report}");
        let finished = bundle.claims.get("runs-finished").unwrap();
        assert_eq!(finished.verdict(), Verdict::Contradicted);
    }
}

impl FigureBundle {
    /// That the picture has these texts, each as a whole.
    pub(crate) fn shows(&self, texts: &[&str]) {
        for text in texts {
            let svg = &self.picture.svg;
            assert!(svg.contains(&format!(">{text}<")), "{text}");
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

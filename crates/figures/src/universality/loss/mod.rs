//! univ-loss: the training loss of two points, beside the theory's.
//!
//! The theory has the mean prediction fitted first, exponentially, and then the difference:
//! \\(L(t) = \tfrac14\[2 Y_0 e^{-2\eta_{\bar y} t} + w + \tfrac12(dy^2 - y)\]\\) (FOUND in the authors' code), so that the loss
//! rests at \\(dy^2/8\\) while the representation has not moved apart yet.

mod claims;
mod plateau;

use super::curves::{RunsOfSetting, plain};
use super::two_points::{Fits, Number, line, over_courses, trajectories};
use super::{CheckedTables, Tables, TablesFigure};
use crate::chart::{Axis, Chart, Guide, Line, Panel, palette};
use crate::claims::shown;
use crate::text::decimals;
use crate::{Claim, Range, Section};

/// The figure. It uses the same rows as `univ-trajectories`.
#[derive(Debug, Clone, Copy)]
pub struct Loss;

impl TablesFigure for Loss {
    fn id(&self) -> &'static str {
        "univ-loss"
    }

    fn select(&self, tables: &Tables) -> Tables {
        trajectories(tables, "notebook")
    }

    fn claims(&self, data: &CheckedTables) -> Vec<Claim> {
        claims::claims(&Fits::new(&data.tables.fits), &data.tables.trajectories)
    }

    fn chart(&self, data: &CheckedTables) -> Chart {
        let fits = Fits::new(&data.tables.fits);
        let settings = data.settings().into_iter();
        let panels = settings.map(|setting| panel(data, &fits, setting));
        Chart::new(
            "The loss of two points, beside the theory's",
            data.subtitle("F3 of arXiv 2402.09142"),
        )
        .note("Solid: network; dashed: the theory with its third constant, the rate of the mean. Strong lines: the seed with the median fit error of the trajectories.")
        .note("The axis ends at 0.5, as in the paper; what is above is drawn there.")
        .row_height(190.0)
        .tiles(5, panels.collect())
    }

    fn sections(&self, data: &CheckedTables) -> Vec<Section> {
        let (fits, points) = (Fits::new(&data.tables.fits), &data.tables.trajectories);
        let rows = data.settings().into_iter().map(|setting| {
            let seeds = fits.of(&setting).len();
            let level = over_courses(points, &setting, Range::NonNegative, plateau::level);
            let share = over_courses(points, &setting, Range::Share, plateau::share);
            let numbers: [Number; 3] = [
                |fit| Some(fit.loss_end),
                |fit| fit.eta_mean,
                claims::rms_error,
            ];
            let numbers = numbers.map(|number| fits.shown(&setting, Range::NonNegative, number));
            let rest = [
                shown(seeds, level, decimals(4)),
                shown(seeds, share, decimals(2)),
            ];
            [setting].into_iter().chain(rest).chain(numbers).collect()
        });
        vec![Section::table(
            "Where the loss rests",
            "Mean over seeds [its 95 % interval]. The level of rest is the loss around which a run stays longest between its \
             start and convergence; dy²/8 is 0.0625. Rates are per epoch of this mode.",
            [
                "setting",
                "level of rest",
                "share of time at dy²/8",
                "final loss",
                "rate of the mean",
                "RMS error of the theory",
            ],
            rows,
        )]
    }
}

/// Where the paper cuts its vertical axis.
const TOP: f64 = 0.5;

fn panel(data: &CheckedTables, fits: &Fits<'_>, setting: String) -> Panel {
    let runs = RunsOfSetting::of(&setting, &data.tables.trajectories, fits);
    let network = runs.series("network", palette::ALIGNMENT_W, |m| Some(m.loss.min(TOP)));
    let theory = line(&runs.chosen, |m| Some(m.loss_theory?.min(TOP)));
    let theory = plain("theory", palette::THEORY_W, theory).line(Line::Dashed);
    let dy2 = runs.chosen.first().map_or(0.5, |point| point.dy2);
    let y = Axis::linear("").within(0.0, TOP + 0.02);
    Panel::new(setting, Axis::linear("epoch"), y)
        .series([network])
        .series(Some(theory).filter(|theory| !theory.points.is_empty()))
        .guides([Guide::horizontal("dy²/8", dy2 / 8.0)])
}

#[cfg(test)]
mod tests;

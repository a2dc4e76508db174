//! univ-loss: the training loss of two points, beside the theory's.
//!
//! The theory has the mean prediction fitted first, exponentially, and then the difference:
//! \\(L(t) = \tfrac14\[2 Y_0 e^{-2\eta_{\bar y} t} + w + \tfrac12(dy^2 - y)\]\\) (FOUND in the authors' code), so that the loss
//! rests at \\(dy^2/8\\) while the representation has not moved apart yet.

mod claims;
mod plateau;

use super::curves::{RunsOfSetting, plain};
use super::two_points::{Fits, Number, courses_and_fits, line, over_courses, trajectories};
use super::{CheckedTables, TableKind, TablesFigure, TrajectoryPoint, synthetic};
use crate::chart::{Axis, Chart, Guide, Line, Panel, palette};
use crate::claims::shown;
use crate::text::decimals;
use crate::{Range, Section};

/// It uses the same rows as `univ-trajectories`.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-loss",
    main_table: TableKind::Trajectories,
    select: |tables| trajectories(tables, "notebook"),
    coverage: courses_and_fits,
    claims: claims::claims,
    chart,
    sections,
    made_up: synthetic::two_points,
};

fn chart(data: &CheckedTables) -> Chart {
    let fits = data.fits();
    let settings = data.settings().into_iter();
    let panels = settings.map(|setting| panel(data, &fits, setting));
    Chart::new(
        "The loss of two points, beside the theory's",
        data.subtitle("F3 of arXiv 2402.09142"),
    )
    .note("Solid: network; dashed: the theory with its third constant, the rate of the mean. Strong lines: the seed with the median fit error of the trajectories.")
    .note("The paper draws losses up to 0.5 on a linear axis; here those above 10⁻⁵ are drawn on a logarithmic one.")
    .key("training loss")
    .row_height(190.0)
    .tiles(5, panels.collect())
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let fits = data.fits();
    let over_courses =
        |setting: &str, range, of: fn(&[&TrajectoryPoint]) -> Option<f64>, digits| {
            let mean = over_courses(&data.tables.trajectories, setting, range, of);
            shown(fits.of(setting).len(), mean, decimals(digits))
        };
    let over_fits = |setting: &str, number: Number| fits.shown(setting, Range::NonNegative, number);
    vec![Section::of_columns(
        "The plateau of the loss",
        "Mean over seeds [its 95 % interval]. Its level is the loss around which a run stays longest between its \
         start and convergence; dy²/8 is 0.0625. Rates are per epoch of this mode.",
        data.settings(),
        &[
            ("setting", &String::clone),
            ("level", &|name| {
                over_courses(name, Range::NonNegative, plateau::level, 4)
            }),
            ("share of time at dy²/8", &|name| {
                over_courses(name, Range::Share, plateau::share, 2)
            }),
            ("final loss", &|name| {
                over_fits(name, |fit| Some(fit.loss_end))
            }),
            ("rate of the mean", &|name| {
                over_fits(name, |fit| fit.eta_mean)
            }),
            ("RMS error of the theory", &|name| {
                over_fits(name, claims::rms_error)
            }),
        ],
    )]
}

/// Losses below this are not drawn: the pair is learned long before.
const LOWEST: f64 = 1e-5;

fn panel(data: &CheckedTables, fits: &Fits<'_>, setting: String) -> Panel {
    let runs = RunsOfSetting::of(&setting, &data.tables.trajectories, fits);
    let drawn = |loss: &f64| *loss >= LOWEST;
    let network = runs.series("network", palette::ALIGNMENT_W, |m| {
        Some(m.loss).filter(drawn)
    });
    let theory = line(&runs.chosen, |m| m.loss_theory.filter(drawn));
    let theory = plain("theory", palette::THEORY_W, theory).line(Line::Dashed);
    let dy2 = runs.chosen.first().map_or(0.5, |point| point.dy2);
    let y = Axis::log("").reaching([LOWEST, 1.0]);
    let epochs = runs.chosen.iter().map(|point| point.epoch as f64);
    Panel::new(setting, Axis::linear("epoch").reaching(epochs), y)
        .series([network])
        .series(Some(theory).filter(|theory| !theory.points.is_empty()))
        .guides([Guide::horizontal("dy²/8", dy2 / 8.0)])
}

#[cfg(test)]
mod tests;

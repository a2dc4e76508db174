//! univ-trajectories: two points through every architecture, beside the theory with two fitted constants.
//!
//! The paper's panels show one run each (FOUND: network solid, theory dashed, three colours); here one seed stands out and
//! the others are thin lines behind it. Its statement is that two constants per architecture suffice.

mod claims;

use super::authors::{Measured, measured};
use super::curves::{CURVES, RunsOfSetting, short};
use super::pytorch::Group;
use super::settings::find;
use super::two_points::{
    CONVERGED, Fits, Number, at_table_rate, courses_and_fits, rms_error, trajectories,
};
use super::{CheckedTables, FitRow, TableKind, TablesFigure, synthetic};
use crate::chart::{Axis, Chart, Panel};
use crate::claims::estimate;
use crate::{Range, Section};

/// It uses trajectories and fits of every setting of the table, in the notebooks' mode where it was run.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-trajectories",
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
    let panels = settings.map(|setting| panel(data, &fits, &setting));
    let learn = |group: Group| estimate(group.learn);
    let cnn = Group::ours(&fits).zip(Group::in_pytorch());
    let cnn = cnn.map(|(ours, theirs)| {
        format!("Convolutional networks that learn the pair in time, share [95 %] (networks): {} here, {} in PyTorch.", learn(ours), learn(theirs))
    });
    let chart = Chart::new(
        "Two points through every architecture, beside two fitted constants",
        data.subtitle("F2 of arXiv 2402.09142"),
    )
    .note("Solid: network; dashed: the theory, from that network's own start. Strong lines: the seed with the median fit error; thin lines: the others.")
    .note("Where ‖dh‖² outgrows the others, network and theory are drawn smaller, by the factor beside the panel's name. \"No fit\": least squares give no usable constants, and the report says why. Values beyond 1.5 are cut off.")
    .key("vertical axes");
    cnn.into_iter()
        .fold(chart, Chart::note)
        .row_height(206.0)
        .tiles(5, panels.collect())
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let fits = data.fits();
    vec![
        constants(&fits),
        Section::new("Where the theory has no fit", without_fit(&fits)),
    ]
}

/// Values beyond this are not drawn: large initial weights start with outputs far apart.
const TOP: f64 = 1.5;

pub(super) fn panel(data: &CheckedTables, fits: &Fits<'_>, setting: &str) -> Panel {
    let runs = RunsOfSetting::of(setting, &data.tables.trajectories, fits);
    let scale = shrink(&runs);
    let cut = |factor: f64| move |value: f64| Some(factor * value).filter(|v| v.abs() <= TOP);
    let curves = || CURVES.iter().zip([scale, 1.0, 1.0].map(cut));
    let theory = curves();
    let theory = theory.filter_map(|(curve, cut)| curve.of_theory("theory of", &runs.chosen, cut));
    let y = Axis::linear("").reaching([0.0, 0.5]);
    Panel::new(title(fits, setting, scale), Axis::linear("epoch"), y)
        .series(curves().map(|(curve, cut)| curve.of_network(&runs, cut)))
        .series(theory)
}

fn title(fits: &Fits<'_>, setting: &str, scale: f64) -> String {
    let scale = if scale < 1.0 {
        format!(", ‖dh‖² × {scale}")
    } else {
        String::new()
    };
    let runs = fits.of(setting).len();
    let fitted = match fits.count(setting, |fit| fit.fit_ok) {
        fitted if fitted == runs => String::new(),
        0 => ", no fit".to_owned(),
        fitted => format!(", {fitted} of {runs} fits"),
    };
    format!("{setting}{scale}{fitted}")
}

/// The power of ten that brings the representation's distance to about 1 or below, in every run.
fn shrink(runs: &RunsOfSetting<'_>) -> f64 {
    let points = runs.others.iter().chain([&runs.chosen]).flatten();
    let largest = points.map(|m| m.h2).fold(0.0, f64::max);
    let mut scales = [1.0, 0.1, 0.01].into_iter();
    scales.find(|scale| scale * largest <= 1.4).unwrap_or(0.001)
}

fn constants(fits: &Fits<'_>) -> Section {
    let count = |setting: &str, are: fn(&FitRow) -> bool| {
        format!("{} of {}", fits.count(setting, are), fits.of(setting).len())
    };
    // Below ours the same of the authors' code.
    let both = |setting: &str, number: Number, theirs: fn(&Measured) -> f64| {
        let ours = fits.shown(setting, Range::NonNegative, number);
        match measured(setting).map(theirs) {
            Some(theirs) => format!("{ours}<br>*{}*", short(theirs)),
            None => ours,
        }
    };
    let eta_h: Number = |fit| at_table_rate(fit, fit.eta_h);
    let eta_y: Number = |fit| at_table_rate(fit, fit.eta_y);
    Section::of_columns(
        "Fits",
        "Mean over seeds [its 95 % interval]; below it, in italics, one run of the authors' code (seed 0). Rates are \
         per epoch at the table's learning rate, of h' = -eta_h dx² w. The RMS error is over the three curves together. \
         Converged: the loss ends below 0.001.",
        fits.settings(),
        &[
            ("setting", &|name| (*name).to_owned()),
            ("what it is", &|name| {
                find(name).map_or("", |row| row.words).to_owned()
            }),
            ("seeds fitted", &|name| count(name, |fit| fit.fit_ok)),
            ("converged", &|name| {
                count(name, |fit| fit.loss_end < CONVERGED)
            }),
            ("initial ‖dh‖²", &|name| {
                fits.shown(name, Range::NonNegative, |fit| Some(fit.h0))
            }),
            ("final ‖dh‖²", &|name| {
                both(name, |fit| Some(fit.h_end), |run| run.h_end)
            }),
            ("closed form", &|name| {
                both(name, |fit| fit.h_inf, |run| run.h_inf)
            }),
            ("eta_h", &|name| both(name, eta_h, |run| run.eta_h)),
            ("eta_y", &|name| both(name, eta_y, |run| run.eta_y)),
            ("RMS error", &|name| {
                both(name, rms_error, Measured::rms_error)
            }),
        ],
    )
}

fn without_fit(fits: &Fits<'_>) -> String {
    let settings = fits.settings().into_iter();
    let refused = settings.flat_map(|setting| fits.of(setting).iter().filter(|fit| !fit.fit_ok));
    let lines = refused.map(|fit| {
        let reason = fit.refusal.as_deref().unwrap_or("no reason was recorded");
        format!("- {}, seed {}: {reason}.\n", fit.setting, fit.seed)
    });
    let text: String = lines.collect();
    if text.is_empty() {
        return "Nowhere.\n".to_owned();
    }
    text
}

#[cfg(test)]
mod tests;

//! univ-gain: from rich to lazy, over the scale of the initial weights.
//!
//! Settings that differ in nothing but gain and learning rate. In the rich limit the final distance is
//! \\(A_{low} = \sqrt{\eta_h/\eta_y}\\,\lVert dx\rVert\lVert dy^*\rVert\\), set by the data; in the lazy one \\(A_{high} \approx
//! h_0\\), set by the initial weights (DERIVED from the closed form).

mod claims;

use super::authors::GROWTH;
use super::curves::{RunsOfSetting, plain};
use super::settings::{TwoPoints, gains};
use super::two_points::{CONVERGED, Fits, Number, courses_and_fits, trajectories};
use super::{CheckedTables, FitRow, TableKind, Tables, TablesFigure, synthetic};
use crate::chart::{Axis, Chart, Guide, Line, Panel, Series, palette};
use crate::{Estimate, Marker, Range, Section};

/// It uses fits and trajectories of `default` and of the gain settings.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-gain",
    main_table: TableKind::Fits,
    select,
    coverage: courses_and_fits,
    claims: |data| claims::claims(&data.fits()),
    chart,
    sections,
    made_up: synthetic::two_points,
};

/// Final over initial distance of a run that converged.
fn growth(fit: &FitRow) -> Option<f64> {
    (fit.loss_end <= CONVERGED && fit.h0 > 0.0).then(|| fit.h_end / fit.h0)
}

fn select(tables: &Tables) -> Tables {
    let swept = |name: &str| gains().iter().any(|setting| setting.name == name);
    let all = trajectories(tables, "table");
    all.on_two_points(|fit| swept(&fit.setting), |row| swept(&row.setting))
}

fn chart(data: &CheckedTables) -> Chart {
    let fits = data.fits();
    Chart::new(
        "From rich to lazy: what the scale of initial weights does to the final distance",
        data.subtitle("gain settings of arXiv 2402.09142"),
    )
    .note("Means over seeds are geometric, and their intervals those of logarithms; limits are plain means. Final distances of runs that did not converge (loss above 0.001) are left out of the first two panels. Where the theory has no fit, there are no limits to draw.")
    .note("Third panel: the seed with the median fit error strong, the others thin.")
    .row_height(340.0)
    .tiles(3, vec![growths(&fits), limits(&fits), courses(data, &fits)])
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let fits = data.fits();
    let columns: [(&str, Number); 7] = [
        ("initial ‖dh‖²", |fit| Some(fit.h0)),
        ("final ‖dh‖²", |fit| Some(fit.h_end)),
        ("final / initial", |fit| Some(fit.h_end / fit.h0)),
        ("A_low", |fit| fit.a_low),
        ("A_high", |fit| fit.a_high),
        ("closed form", |fit| fit.h_inf),
        ("final loss", |fit| Some(fit.loss_end)),
    ];
    let rows = measured(&fits).into_iter().map(|setting| {
        let cells = columns.map(|column| fits.shown(setting.name, Range::Real, column.1));
        let gain = setting.gain.to_string();
        [gain].into_iter().chain(cells).collect()
    });
    vec![Section::table(
        "From rich to lazy",
        "Mean over seeds [its 95 % interval]; (n) where only n seeds have a value, - where the theory has no fit.",
        ["gain"].into_iter().chain(columns.map(|column| column.0)),
        rows,
    )]
}

fn measured(fits: &Fits<'_>) -> Vec<&'static TwoPoints> {
    let mut settings = gains();
    settings.retain(|setting| !fits.of(setting.name).is_empty());
    settings
}

/// Geometric means over seeds at each gain, with the intervals of the logarithms: axes are logarithmic.
fn means(fits: &Fits<'_>, number: Number) -> Vec<(f64, Estimate)> {
    let points = gains().into_iter().filter_map(|setting| {
        let mean = Estimate::geometric(&fits.values(setting.name, number))?;
        Some((setting.gain, mean))
    });
    points.collect()
}

/// Means and the values of single seeds, apart.
fn dots(fits: &Fits<'_>, name: &str, color: &str, number: Number) -> Series {
    let seeds = gains().into_iter().flat_map(|setting| {
        let values = fits.values(setting.name, number);
        values.into_iter().map(|value| (setting.gain, value))
    });
    Series::new(name, color, means(fits, number))
        .line(Line::Apart)
        .seeds([seeds.collect()])
}

/// One axis for both panels.
fn gain_axis() -> Axis {
    Axis::linear("gain of the initial weights").reaching([0.9, 1.6])
}

fn growths(fits: &Fits<'_>) -> Panel {
    let name = "final / initial ‖dh‖²";
    let ours = dots(fits, name, palette::qualitative(0), growth);
    let theirs = Series::scatter("authors’ code, one run", "#2b2b2b", GROWTH);
    Panel::new("final over initial ‖dh‖²", gain_axis(), Axis::log(""))
        .series([ours, theirs.marker(Marker::Diamond)])
        .guides([Guide::horizontal("as at the start", 1.0)])
}

fn limits(fits: &Fits<'_>) -> Panel {
    let mean =
        |name: &str, color: &str, number: Number| Series::new(name, color, means(fits, number));
    // Plain means: A_high of single seeds may be below zero.
    let limit = |name: &str, color: &str, number: Number| {
        let points = gains().into_iter().filter_map(|setting| {
            let mean = fits.mean(setting.name, Range::Real, number)?;
            Some((setting.gain, mean.value))
        });
        plain(name, color, points.collect()).line(Line::Dashed)
    };
    let final_distance = |fit: &FitRow| growth(fit).map(|_| fit.h_end);
    let [blue, red, ..] = palette::QUALITATIVE;
    Panel::new("‖dh‖² and its limits", gain_axis(), Axis::log("")).series([
        limit("A_low: rich limit", red, |fit| fit.a_low),
        limit("A_high: lazy limit", blue, |fit| fit.a_high),
        limit("closed form", palette::THEORY_H, |fit| fit.h_inf).line(Line::Joined),
        mean("initial ‖dh‖²", "#8a8a8a", |fit| Some(fit.h0))
            .marker(Marker::TriangleDown)
            .line(Line::Apart),
        dots(fits, "final ‖dh‖²", palette::DISTANCE_H, final_distance),
    ])
}

fn courses(data: &CheckedTables, fits: &Fits<'_>) -> Panel {
    let settings = measured(fits);
    let series = settings.iter().enumerate().map(|(k, setting)| {
        let runs = RunsOfSetting::of(setting.name, &data.tables.trajectories, fits);
        let color = palette::sequential(k, settings.len());
        runs.relative(format!("gain {}", setting.gain), color, |point| point.h2)
    });
    let title = "‖dh‖² over its initial value, in training";
    Panel::new(title, Axis::linear("epoch"), Axis::log(""))
        .series(series)
        .guides([Guide::horizontal("as at the start", 1.0)])
}

#[cfg(test)]
mod tests;

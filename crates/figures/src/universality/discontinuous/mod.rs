//! univ-discontinuous: networks whose activation jumps, beside ReLU networks and the theory of smooth maps (F11).
//!
//! The repository's first commit has an activation that is \\(x + 0.05\\) above 0, 0 below, with the slope of ReLU (FOUND). It
//! is no line of the settings table: gain, shape and learning rate are the default network's (OURS). What the paper shows of
//! it is not known.

mod claims;
mod synthetic;

use super::curves::short;
use super::final_distance::{by_target, pairs, points, targets};
use super::trajectories::panel;
use super::two_points::{CONVERGED, Fits, Number, courses, default_data, rms_error};
use super::{CheckedTables, Coverage, TableKind, Tables, TablesFigure};
use crate::chart::{Axis, Chart, Guide, Panel};
use crate::claims::shown;
use crate::text::plural;
use crate::{Estimate, Range, Section};
use claims::{fall, variation};

/// It uses trajectories and fits of the default pair, of both activations, and ends on other pairs.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-discontinuous",
    main_table: TableKind::Trajectories,
    select,
    coverage,
    claims: claims::claims,
    chart,
    sections,
    made_up: synthetic::tables,
};

/// The setting whose activation jumps, and its twin.
const JUMPS: &str = "discontinuous";
const TWIN: &str = "relu";

fn select(tables: &Tables) -> Tables {
    let ours = |setting: &str| [JUMPS, TWIN].contains(&setting);
    tables.on_two_points(
        |fit| fit.dynamics == "original" && ours(&fit.setting),
        |row| ours(&row.setting),
    )
}

/// Fits on the default pair, and on all others.
fn fits(data: &CheckedTables) -> [Fits<'_>; 2] {
    let of = |on_default: bool| {
        let fits = data.tables.fits.iter();
        Fits::new(fits.filter(move |fit| default_data(fit.dx2, fit.dy2) == on_default))
    };
    [of(true), of(false)]
}

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let [fitted, ends] = fits(data);
    let count = |fits: &Fits<'_>| {
        let settings = fits.settings().into_iter();
        settings.map(|setting| fits.of(setting).len()).sum()
    };
    let followed = courses(&data.tables.trajectories).len();
    let known = ends.count(JUMPS, |fit| fit.h_inf.is_some());
    let parts = [
        ("trajectory on the default pair", followed, count(&fitted)),
        (
            "closed form or lazy limit of other pairs",
            known,
            count(&ends),
        ),
    ];
    let parts = parts.map(|(name, measured, of)| Coverage {
        of,
        ..data.coverage(name, measured)
    });
    parts.into()
}

fn chart(data: &CheckedTables) -> Chart {
    let [fitted, ends] = fits(data);
    let mut panels: Vec<Panel> = [JUMPS, TWIN]
        .into_iter()
        .filter(|setting| !fitted.of(setting).is_empty())
        .map(|setting| panel(data, &fitted, setting))
        .collect();
    panels.push(scatter(&ends));
    let seeds = [JUMPS, TWIN].map(|setting| fitted.of(setting).len());
    let seeds = plural(seeds.into_iter().max().unwrap_or(0), "seed");
    let others = plural(pairs(ends.of(JUMPS).iter().copied()), "other pair");
    let repeated = format!("{seeds} on the default pair, {others} with one network each");
    Chart::new(
        "An activation that jumps, beside the theory of smooth maps",
        data.subtitle_of("F11 of arXiv 2402.09142", &repeated),
    )
    .note("First panels: ‖dh‖², ‖dy‖² and w; solid, network; dashed, theory. Strong lines: the seed with the median fit error, or the first where none is fitted; thin lines: the others. Where ‖dh‖² is drawn smaller, the panel's name says by which factor.")
    .note("Last panel: a network of its own for each pair, coloured by the distance of the targets ‖dy*‖; across: the closed form, or, for lack of a fit, ‖dh‖² before training.")
    .row_height(330.0)
    .tiles(3, panels)
}

fn scatter(ends: &Fits<'_>) -> Panel {
    let fits = ends.of(JUMPS);
    let distances = points(fits).into_iter().flat_map(|(x, y)| [x, y]);
    let distances: Vec<f64> = distances.filter(|distance| *distance > 0.0).collect();
    let axis = |label: &str| Axis::log(label).reaching(distances.iter().copied());
    let x = match fits.iter().any(|fit| fit.fit_ok) {
        true => "closed form",
        false => "‖dh‖² before training",
    };
    Panel::new("other pairs: final ‖dh‖²", axis(x), axis(""))
        .series(by_target(fits, &targets(fits.iter().copied())))
        .guides([Guide::diagonal("measured = predicted")])
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let [fitted, _] = fits(data);
    let numbers: [(&str, Number); 5] = [
        ("initial ‖dh‖²", |fit| Some(fit.h0)),
        ("final ‖dh‖²", |fit| Some(fit.h_end)),
        ("eta_h", |fit| fit.eta_h),
        ("eta_y", |fit| fit.eta_y),
        ("RMS error of the theory", rms_error),
    ];
    let courses = courses(&data.tables.trajectories);
    let rows = fitted.settings().into_iter().map(|setting| {
        let of_courses = |number: fn(&[&super::TrajectoryPoint]) -> Option<f64>| {
            let own = courses.iter().filter(|((name, _), _)| *name == setting);
            let numbers: Vec<f64> = own.filter_map(|(_, course)| number(course)).collect();
            let mean = Estimate::mean(&numbers, Range::NonNegative);
            shown(fitted.of(setting).len(), mean, short)
        };
        let learned = fitted.count(setting, |fit| fit.loss_end < CONVERGED);
        let mut row = vec![
            setting.to_owned(),
            format!("{learned} of {}", fitted.of(setting).len()),
            format!("{}", fitted.count(setting, |fit| fit.fit_ok)),
        ];
        row.extend(numbers.map(|(_, number)| fitted.shown(setting, Range::NonNegative, number)));
        row.extend([of_courses(fall), of_courses(variation)]);
        row
    });
    let names = ["setting", "learned", "fitted"].into_iter();
    let names = names.chain(numbers.map(|(name, _)| name));
    vec![Section::table(
        "Both activations on the default pair",
        "Mean over seeds [its 95 % interval]. Variation: the total variation of ‖dh‖² from its lowest point to the end, over \
         its net rise; 1 for a curve that only rises.",
        names.chain(["lowest / initial ‖dh‖²", "variation"]),
        rows,
    )]
}

#[cfg(test)]
mod tests;

//! The picture of univ-trajectories.

use crate::chart::{Axis, Chart, Line, Panel, palette};
use crate::universality::drawn::{Shown, plain};
use crate::universality::two_points::{Fits, line};
use crate::universality::{Moment, PairData};

type Quantity = fn(&Moment) -> Option<f64>;

/// Name, colour, darker colour of the theory, network, theory.
const CURVES: [(&str, &str, &str, Quantity, Quantity); 3] = [
    (
        "‖dh‖²",
        palette::DISTANCE_H,
        palette::THEORY_H,
        |m| Some(m.h2),
        |m| m.h2_theory,
    ),
    (
        "‖dy‖²",
        palette::DISTANCE_Y,
        palette::THEORY_Y,
        |m| Some(m.y2),
        |m| m.y2_theory,
    ),
    (
        "w",
        palette::ALIGNMENT_W,
        palette::THEORY_W,
        |m| Some(m.w),
        |m| m.w_theory,
    ),
];

pub(super) fn chart(data: &PairData) -> Chart {
    let fits = Fits::new(&data.tables.fits);
    let panels = data
        .settings()
        .into_iter()
        .map(|setting| panel(data, &fits, &setting));
    Chart::new(
        "Two points through every architecture, beside two fitted constants",
        data.subtitle("F2 of arXiv 2402.09142"),
    )
    .note("Solid: network; dashed: the theory, from that network's own start. Strong lines: the seed with the median fit error; thin lines: the others.")
    .note("A distance of representations that outgrows the others is drawn smaller, as its panel says. \"No fit\": the theory was refused; values beyond 1.5 are cut off.")
    .row_height(206.0)
    .tiles(5, panels.collect())
}

/// Values beyond this are not drawn: large initial weights start with outputs far apart.
const TOP: f64 = 1.5;

fn panel(data: &PairData, fits: &Fits<'_>, setting: &str) -> Panel {
    let runs = Shown::of(setting, &data.tables.moments, fits);
    let scale = shrink(runs.others.iter().chain([&runs.chosen]));
    let factor = |k: usize| if k == 0 { scale } else { 1.0 };
    let curve = |k: usize, course: &[&Moment], quantity: Quantity| {
        let value = |m: &Moment| Some(factor(k) * quantity(m)?).filter(|v| v.abs() <= TOP);
        line(course, value)
    };
    let mut series = Vec::new();
    for (k, (name, color, _, network, _)) in CURVES.into_iter().enumerate() {
        let others = runs.others.iter().map(|course| curve(k, course, network));
        series.push(plain(name, color, curve(k, &runs.chosen, network)).seeds(others));
    }
    for (k, (name, _, color, _, theory)) in CURVES.into_iter().enumerate() {
        let fitted = curve(k, &runs.chosen, theory);
        if !fitted.is_empty() {
            series.push(plain(format!("theory of {name}"), color, fitted).line(Line::Dashed));
        }
    }
    let y = Axis::linear("").reaching([0.0, 0.5]);
    Panel::new(title(fits, setting, scale), Axis::linear("epoch"), y).series(series)
}

fn title(fits: &Fits<'_>, setting: &str, scale: f64) -> String {
    let mut title = setting.to_owned();
    if scale < 1.0 {
        title.push_str(&format!(", ‖dh‖² × {scale}"));
    }
    let runs = fits.of(setting);
    match runs.iter().filter(|fit| fit.fit_ok).count() {
        fitted if fitted == runs.len() => {}
        0 => title.push_str(", no fit"),
        fitted => title.push_str(&format!(", {fitted} of {} fits", runs.len())),
    }
    title
}

/// The power of ten that brings the representation's distance to about 1 or below, in every run.
fn shrink<'a>(courses: impl Iterator<Item = &'a Vec<&'a Moment>>) -> f64 {
    let largest = courses.flatten().map(|m| m.h2).fold(0.0, f64::max);
    let mut scales = [1.0, 0.1, 0.01].into_iter();
    scales.find(|scale| scale * largest <= 1.4).unwrap_or(0.001)
}

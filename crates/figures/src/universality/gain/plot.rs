//! The picture of univ-gain.

use super::{gains, growth};
use crate::chart::picture::Marker;
use crate::chart::{Axis, Chart, Guide, Interval, Line, Panel, Series, palette};
use crate::universality::authors::GROWTH;
use crate::universality::drawn::{Shown, plain};
use crate::universality::two_points::{Fits, Number, line};
use crate::universality::{FitRow, PairData};
use crate::{Estimate, Range};

pub(super) fn chart(data: &PairData) -> Chart {
    let fits = Fits::new(&data.tables.fits);
    Chart::new(
        "From rich to lazy: what the scale of initial weights does to the final distance",
        data.subtitle("gain settings of arXiv 2402.09142"),
    )
    .note("Final distances of runs that did not converge (loss above 0.001) are left out of the first two panels. Where the theory has no fit, there are no limits to draw.")
    .note("Third panel: one seed strong, the others thin.")
    .row_height(340.0)
    .tiles(3, vec![growths(&fits), limits(&fits), courses(data, &fits)])
}

fn points(fits: &Fits<'_>, number: Number) -> Vec<(f64, Estimate)> {
    let points = gains().into_iter().filter_map(|setting| {
        Some((
            setting.gain,
            fits.mean(setting.name, Range::NonNegative, number)?,
        ))
    });
    points.collect()
}

/// The values of single seeds at each gain.
fn seeds(fits: &Fits<'_>, number: Number) -> Vec<(f64, f64)> {
    let points = gains().into_iter().flat_map(|setting| {
        let values = fits.values(setting.name, number);
        values.into_iter().map(|value| (setting.gain, value))
    });
    points.collect()
}

fn growths(fits: &Fits<'_>) -> Panel {
    let ours = Series::new(
        "final / initial ‖dh‖²",
        palette::qualitative(0),
        points(fits, growth),
    );
    let theirs =
        Series::scatter("authors’ code, one run", "#2b2b2b", GROWTH).marker(Marker::Diamond);
    Panel::new("final over initial ‖dh‖²", gain_axis(), Axis::log(""))
        .series([ours.line(Line::Apart).seeds([seeds(fits, growth)]), theirs])
        .guides([Guide::horizontal("as at the start", 1.0)])
}

fn limits(fits: &Fits<'_>) -> Panel {
    let converged = |fit: &FitRow| growth(fit).map(|_| fit.h_end);
    let measured = Series::new("final ‖dh‖²", palette::DISTANCE_H, points(fits, converged));
    let line = |name: &str, color: &str, number: Number, line| {
        Series::new(name, color, points(fits, number))
            .marker(None)
            .line(line)
            .interval(Interval::Hidden)
    };
    let initial = Series::new("initial ‖dh‖²", "#8a8a8a", points(fits, |fit| Some(fit.h0)))
        .marker(Marker::TriangleDown)
        .line(Line::Apart);
    let [blue, red, ..] = palette::QUALITATIVE;
    Panel::new("‖dh‖² and its limits", gain_axis(), Axis::log("")).series([
        line("A_low: rich limit", red, |fit| fit.a_low, Line::Dashed),
        line("A_high: lazy limit", blue, |fit| fit.a_high, Line::Dashed),
        line(
            "closed form",
            palette::THEORY_H,
            |fit| fit.h_inf,
            Line::Joined,
        ),
        initial,
        measured.line(Line::Apart).seeds([seeds(fits, converged)]),
    ])
}

/// One axis for both panels.
fn gain_axis() -> Axis {
    Axis::linear("gain of the initial weights").reaching([0.9, 1.6])
}

fn courses(data: &PairData, fits: &Fits<'_>) -> Panel {
    let measured: Vec<_> = gains()
        .into_iter()
        .filter(|setting| !fits.of(setting.name).is_empty())
        .collect();
    let series = measured.iter().enumerate().map(|(k, setting)| {
        let runs = Shown::of(setting.name, &data.tables.moments, fits);
        let relative = |course: &[&crate::universality::Moment]| {
            let first = course.first().map_or(1.0, |moment| moment.h2);
            line(course, |moment| Some(moment.h2 / first))
        };
        let color = palette::sequential(k, measured.len());
        plain(
            format!("gain {}", setting.gain),
            color,
            relative(&runs.chosen),
        )
        .seeds(runs.others.iter().map(|course| relative(course)))
    });
    Panel::new(
        "‖dh‖² over its initial value, in training",
        Axis::linear("epoch"),
        Axis::log(""),
    )
    .series(series)
    .guides([Guide::horizontal("as at the start", 1.0)])
}

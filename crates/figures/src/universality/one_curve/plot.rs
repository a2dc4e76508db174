//! The picture of univ-universality.

use super::rescaled::{Rescaled, Runs, limit};
use crate::chart::{Axis, Chart, Line, Panel, Place, Series, palette};
use crate::universality::CheckedTables;
use crate::universality::curves::plain;
use crate::{Marker, Range};

/// The settings with a colour of their own: other activations than (leaky) ReLU and the identity, other connections.
const HIGHLIGHTED: [&str; 6] = ["elu", "tanh", "swish", "skip", "cnn", "dropout"];

/// Scaled times that are drawn.
const ENDS: (f64, f64) = (-7.0, 7.0);

pub(super) fn chart(data: &CheckedTables, runs: &Runs<'_>) -> Chart {
    let names = runs.settings();
    let mut grey = names.clone();
    grey.retain(|name| !HIGHLIGHTED.contains(name));
    let place = |column, row, columns| Place::at(column, row).over(columns, 1);
    let panels = vec![
        (scaled(runs, 0, "‖dh‖² / closed form"), place(0, 0, 2)),
        (scaled(runs, 1, "‖dy‖² / ‖dy*‖²"), place(2, 0, 2)),
        (scaled(runs, 2, "w / (‖dy*‖²/4)"), place(4, 0, 2)),
        (unscaled(runs), place(0, 1, 2)),
        (residuals(runs), place(2, 1, 4)),
    ];
    let chart = Chart::new(
        "All architectures, rescaled by their two fitted constants",
        data.subtitle("universality of arXiv 2402.09142"),
    )
    .key("setting")
    .note(format!("Grey: {}.", grey.join(", ")))
    .note("Scaled time: η_y h∞ (epoch − epoch at which ‖dy‖² is half its target), with the fitted rate η_y and the closed form h∞ of each run. One seed of each setting is drawn.")
    .note("The limit is the theory's own curve for small initial distances; it has no constants left. Residuals: RMS distance from it over scaled times from −6 to 6.");
    let mut left_out = data.settings();
    left_out.retain(|name| !names.contains(&name.as_str()));
    let chart = if left_out.is_empty() {
        chart
    } else {
        let names = left_out.join(", ");
        chart.note(format!("Without a fit, and so not here: {names}."))
    };
    chart.row_height(330.0).placed(6, panels)
}

/// Label and colour of a setting's line: fifteen colours cannot be told apart.
fn label_and_color(name: &str) -> (&str, &'static str) {
    match HIGHLIGHTED.iter().position(|known| *known == name) {
        Some(k) => (name, palette::qualitative(k)),
        None => ("grey: fully connected, linear or (leaky) ReLU", "#b0b0b0"),
    }
}

/// A line of one run of every setting.
fn lines(runs: &Runs<'_>, line: impl Fn(&Rescaled<'_>) -> Vec<(f64, f64)>) -> Vec<Series> {
    let mut names = runs.settings();
    // Grey ones first, so that the others lie on them.
    names.sort_by_key(|name| HIGHLIGHTED.contains(name));
    let lines = names.into_iter().filter_map(|name| {
        let (label, color) = label_and_color(name);
        Some(plain(label, color, line(runs.chosen(name)?)))
    });
    lines.collect()
}

fn scaled(runs: &Runs<'_>, scalar: usize, title: &str) -> Panel {
    let inside = |tau: f64| (ENDS.0..=ENDS.1).contains(&tau);
    let lines = lines(runs, |run| {
        let points = run.network.0[scalar].iter().copied();
        points.filter(|point| inside(point.0)).collect()
    });
    let times = (-140..=140).map(|k| f64::from(k) / 20.0);
    let limit = times.map(|tau| (tau, limit(tau)[scalar])).collect();
    let limit = plain("limit of the theory", "#000000", limit).line(Line::Dashed);
    Panel::new(title, Axis::linear("scaled time"), Axis::linear(""))
        .series(lines)
        .series([limit])
}

fn unscaled(runs: &Runs<'_>) -> Panel {
    let title = "before: ‖dy‖² / ‖dy*‖² over epochs";
    Panel::new(title, Axis::linear("epoch"), Axis::linear("")).series(lines(runs, |run| {
        let points = run.network.0[1].iter();
        let points = points.map(|&(tau, y)| (tau / run.rate + run.half, y));
        points.collect()
    }))
}

fn residuals(runs: &Runs<'_>) -> Panel {
    let names = runs.settings();
    let series = |label: &str, color: &str, marker, residual: fn(&Rescaled<'_>) -> Option<f64>| {
        let points = (0..).map(f64::from).zip(&names);
        let points = points
            .filter_map(|(k, name)| Some((k, runs.mean(name, Range::NonNegative, residual)?)));
        Series::new(label, color, points)
            .marker(marker)
            .line(Line::Apart)
    };
    let [_, red, ..] = palette::QUALITATIVE;
    let network = series("network", red, Marker::Circle, |run| run.network.residual());
    let theory = series("its fitted theory", "#5a5a5a", Marker::Diamond, |run| {
        run.theory.residual()
    });
    Panel::new(
        "residual: RMS distance from the limit",
        Axis::categories("", names.iter().map(|name| (*name).to_owned())),
        Axis::linear("").reaching([0.0]),
    )
    .series([network, theory])
    .dodged()
}

//! The picture of univ-universality.

use super::claims::mean;
use super::rescaled::{Curves, Rescaled, limit, rescaled, residual};
use crate::chart::picture::Marker;
use crate::chart::{Axis, Chart, Line, Panel, Place, Series, palette};
use crate::universality::drawn::plain;
use crate::universality::two_points::Fits;
use crate::universality::{PairData, settings};
use crate::{Estimate, Range};

/// The settings with a colour of their own: other activations than (leaky) ReLU and the identity, other connections.
const HIGHLIGHTED: [&str; 6] = ["elu", "tanh", "swish", "skip", "cnn", "dropout"];

/// Scaled times that are drawn.
const ENDS: (f64, f64) = (-7.0, 7.0);

pub(super) fn chart(data: &PairData) -> Chart {
    let (runs, fits) = (rescaled(data), Fits::new(&data.tables.fits));
    let mut names: Vec<&str> = runs.iter().map(|run| run.setting).collect();
    names.sort_by_key(|name| settings::rank(name));
    names.dedup();
    let look = Look {
        runs: &runs,
        fits: &fits,
        names: &names,
    };
    let place = |column, row, columns| Place {
        column,
        row,
        columns,
        rows: 1,
    };
    let panels = vec![
        (look.scaled(0, "‖dh‖² / closed form"), place(0, 0, 2)),
        (look.scaled(1, "‖dy‖² / ‖dy*‖²"), place(2, 0, 2)),
        (look.scaled(2, "w / (‖dy*‖²/4)"), place(4, 0, 2)),
        (look.unscaled(), place(0, 1, 2)),
        (look.residuals(), place(2, 1, 4)),
    ];
    let chart = Chart::new(
        "All architectures, rescaled by their two fitted constants",
        data.subtitle("universality of arXiv 2402.09142"),
    )
    .key("setting")
    .note("Scaled time: eta_y h∞ (epoch - epoch at which ‖dy‖² is half its target), with the fitted rate eta_y and the closed form h∞ of each run. One seed each is drawn.")
    .note("The limit is the theory's own curve for small initial distances; it has no constants left. Residuals: RMS distance from it over scaled times from -6 to 6.");
    let left_out = data
        .settings()
        .into_iter()
        .filter(|name| !names.contains(&name.as_str()));
    let left_out: Vec<String> = left_out.collect();
    let chart = if left_out.is_empty() {
        chart
    } else {
        chart.note(format!(
            "Without a fit, and so not here: {}.",
            left_out.join(", ")
        ))
    };
    chart.row_height(330.0).placed(6, panels)
}

/// The network's curves of a run, or its theory's.
type Pick = for<'a, 'b> fn(&'a Rescaled<'b>) -> &'a Curves;

struct Look<'a> {
    runs: &'a [Rescaled<'a>],
    fits: &'a Fits<'a>,
    names: &'a [&'a str],
}

impl Look<'_> {
    /// Label and colour of a setting's line: sixteen colours cannot be told apart.
    fn look(name: &str) -> (&str, String) {
        match HIGHLIGHTED.iter().position(|known| *known == name) {
            Some(k) => (name, palette::qualitative(k).to_owned()),
            None => (
                "fully connected, linear or (leaky) ReLU",
                "#b0b0b0".to_owned(),
            ),
        }
    }

    /// The run that stands for a setting.
    fn chosen(&self, name: &str) -> Option<&Rescaled<'_>> {
        let seed = self.fits.representative(name);
        let of_setting = || self.runs.iter().filter(|run| run.setting == name);
        of_setting()
            .find(|run| Some(run.seed) == seed)
            .or(of_setting().next())
    }

    fn lines(&self, line: impl Fn(&Rescaled<'_>) -> Vec<(f64, f64)>) -> Vec<Series> {
        // Grey ones first, so that the others lie on them.
        let (named, grey): (Vec<&str>, Vec<&str>) = self
            .names
            .iter()
            .partition(|name| HIGHLIGHTED.contains(name));
        let names = grey.into_iter().chain(named);
        let lines = names.filter_map(|name| {
            let (label, color) = Self::look(name);
            Some(plain(label, color, line(self.chosen(name)?)))
        });
        lines.collect()
    }

    fn scaled(&self, scalar: usize, title: &str) -> Panel {
        let inside = |tau: f64| (ENDS.0..=ENDS.1).contains(&tau);
        let lines = self.lines(|run| {
            let points = run.network[scalar].iter().copied();
            points.filter(|point| inside(point.0)).collect()
        });
        let limit = (-140..=140)
            .map(|k| f64::from(k) / 20.0)
            .map(|tau| (tau, limit(tau)[scalar]));
        let limit = plain("limit of the theory", "#000000", limit.collect()).line(Line::Dashed);
        Panel::new(title, Axis::linear("scaled time"), Axis::linear(""))
            .series(lines)
            .series([limit])
    }

    fn unscaled(&self) -> Panel {
        let lines = self.lines(|run| {
            let points = run.network[1].iter();
            points
                .map(|&(tau, y)| (tau / run.rate + run.half, y))
                .collect()
        });
        Panel::new(
            "before: ‖dy‖² / ‖dy*‖² over epochs",
            Axis::linear("epoch"),
            Axis::linear(""),
        )
        .series(lines)
    }

    fn residuals(&self) -> Panel {
        let names = self.names.iter().map(|name| (*name).to_owned());
        let series = |label: &str, color: &str, marker, curves: Pick| {
            let points = self.names.iter().enumerate().filter_map(|(k, name)| {
                let residual = mean(self.runs, name, Range::NonNegative, |run| {
                    residual(curves(run))
                })?;
                Some((k as f64, residual))
            });
            let points: Vec<(f64, Estimate)> = points.collect();
            Series::new(label, color, points)
                .marker(marker)
                .line(Line::Apart)
        };
        Panel::new(
            "residual: RMS distance from the limit",
            Axis::categories("", names),
            Axis::linear("").reaching([0.0]),
        )
        .series([
            series("network", palette::QUALITATIVE[1], Marker::Circle, |run| {
                &run.network
            }),
            series("its fitted theory", "#5a5a5a", Marker::Diamond, |run| {
                &run.theory
            }),
        ])
        .dodged()
    }
}

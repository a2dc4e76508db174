//! Two training images of MNIST among sixty thousand: their distances over training, beside the theory of two points (F7).
//!
//! The network is trained on everything; the theory knows the two images alone. The paper shows that it describes the pair
//! in quality, not in quantity (FOUND).

mod claims;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::{Axis, Chart, Guide, Interval, Panel, Series, palette};
use crate::text::crossed;
use crate::universality::curves::{CURVES, Curve, RunsOfSetting, short};
use crate::universality::two_points::{Fits, courses};
use crate::universality::values::{Values, covered};
use crate::universality::{CheckedTables, Coverage, Tables, TablesFigure, TrajectoryPoint, only};
use crate::{Claim, Range, Section};
use claims::{lowest, overshoot, relative_rmse};

/// The figure `univ-mnist-trajectories`. It uses trajectories and fits of the setting `mnist`, and values of `accuracy` and
/// `train_loss`.
#[derive(Debug, Clone, Copy)]
pub struct MnistTrajectories;

/// The name of the setting.
const SETTING: &str = "mnist";

/// Share of correct answers on images that were not trained on.
const ACCURACY: &str = "accuracy";
/// The loss of the trained ones.
const LOSS: &str = "train_loss";

const H: Curve = CURVES[0];
const Y: Curve = CURVES[1];
const W: Curve = CURVES[2];

impl TablesFigure for MnistTrajectories {
    fn id(&self) -> &'static str {
        "univ-mnist-trajectories"
    }

    fn select(&self, tables: &Tables) -> Tables {
        let metrics = [ACCURACY, LOSS];
        Tables {
            trajectories: only(&tables.trajectories, |row| row.setting == SETTING),
            fits: only(&tables.fits, |row| {
                row.setting == SETTING && row.dynamics == "original"
            }),
            values: only(&tables.values, |row| {
                row.setting == SETTING && metrics.contains(&row.metric.as_str())
            }),
            ..Tables::default()
        }
    }

    fn coverage(&self, data: &CheckedTables) -> Vec<Coverage> {
        let points = data.tables.trajectories.iter();
        let runs = points.map(|row| (&row.setting, row.seed));
        let metric = |name: &str| {
            let values = Values::of(data).metric(name);
            values.coverage(name.replace('_', " "), data)
        };
        vec![
            covered("trajectories", data, runs),
            metric(ACCURACY),
            metric(LOSS),
        ]
    }

    fn claims(&self, data: &CheckedTables) -> Vec<Claim> {
        claims::claims(data)
    }

    fn chart(&self, data: &CheckedTables) -> Chart {
        let accuracy = "accuracy on images not trained on";
        let small = vec![
            metric(data, LOSS, "training loss, all images", Axis::log("")),
            metric(data, ACCURACY, accuracy, Axis::linear("")),
        ];
        Chart::new(
            "Two images of MNIST while a network learns all of them",
            data.subtitle("F7 of arXiv 2402.09142"),
        )
        .note("Solid: network; dashed: the theory of two points, fitted to that network. Strong lines: the seed with the median fit error; thin lines: the other seeds.")
        .headline(trajectories(data), small)
    }

    fn sections(&self, data: &CheckedTables) -> Vec<Section> {
        vec![Section::new("Each run", runs(data)), fits(data)]
    }
}

fn trajectories(data: &CheckedTables) -> Panel {
    let fits = Fits::new(&data.tables.fits);
    let runs = RunsOfSetting::of(SETTING, &data.tables.trajectories, &fits);
    let scaled = |factor: f64| move |value: f64| Some(factor * value);
    let curves = || CURVES.iter().zip(SCALES);
    let networks = curves().map(|(curve, scale)| {
        let name = match scale {
            1.0 => curve.name.to_owned(),
            scale => format!("{scale} {}", curve.name),
        };
        curve.of_network(&runs, scaled(scale)).named(name)
    });
    let theories = curves()
        .filter_map(|(curve, scale)| curve.of_theory("theory of", &runs.chosen, scaled(scale)));
    let dy2 = runs.chosen.first().map(|point| point.dy2);
    let guides = dy2.into_iter().flat_map(|dy2| {
        [
            Guide::horizontal("squared distance of the targets", dy2),
            Guide::horizontal("−1/4 of it: smallest w of two points alone", -dy2 / 4.0)
                .color(palette::ALIGNMENT_W),
        ]
    });
    let title = "‖dh‖² of representations (times 0.1), ‖dy‖² of outputs, w";
    let y = Axis::linear("").reaching([0.0]);
    Panel::new(title, Axis::linear("epoch"), y)
        .series(networks)
        .series(theories)
        .guides(guides)
}

/// The representation's distance is drawn at this scale, as in the paper.
const SCALES: [f64; 3] = [0.1, 1.0, 1.0];

fn metric(data: &CheckedTables, name: &str, title: &str, y: Axis) -> Panel {
    let values = Values::of(data).metric(name);
    let series = Series::new("", "#444444", values.by_epoch(Range::NonNegative))
        .marker(None)
        .interval(Interval::Band)
        .seeds(values.seed_lines().into_values());
    Panel::new(title, Axis::linear("epoch"), y).series([series])
}

type Number = fn(&[&TrajectoryPoint]) -> Option<f64>;

/// What is said of each seed's course.
const NUMBERS: [(&str, Number); 10] = [
    ("dx²", |m| Some(m.first()?.dx2)),
    ("smallest w", |m| Some(lowest(m, W.network)?.1)),
    ("its epoch", |m| Some(lowest(m, W.network)?.0)),
    ("smallest w, theory", |m| Some(lowest(m, W.theory)?.1)),
    ("its epoch", |m| Some(lowest(m, W.theory)?.0)),
    ("overshoot of ‖dh‖²", |m| overshoot(m, H.network)),
    ("last ‖dh‖²", |m| Some(m.last()?.h2)),
    ("last ‖dh‖², theory", |m| m.last()?.h2_theory),
    ("last ‖dy‖²", |m| Some(m.last()?.y2)),
    ("relative error of ‖dh‖²", |m| relative_rmse(m, &H)),
];

fn cell(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), short)
}

fn runs(data: &CheckedTables) -> String {
    let courses = courses(&data.tables.trajectories).into_iter();
    let runs = courses.filter(|((name, _), _)| *name == SETTING);
    let runs = runs.map(|((_, seed), course)| (seed.to_string(), course));
    let numbers = NUMBERS.map(|(name, number)| (name.to_owned(), number));
    format!(
        "Relative error: root mean square over the curve's range. The authors' stored picture: smallest w -0.42 near epoch 25 \
         (theory -0.5 near 34), last ‖dh‖² 22.5 after 23.3 (theory 22.2), last ‖dy‖² 1.95.\n\n{}",
        crossed("seed", runs, &numbers, |course, number| cell(number(
            course
        )))
    )
}

fn fits(data: &CheckedTables) -> Section {
    let header = [
        "seed",
        "η_h",
        "η_y",
        "SSE",
        "closed form",
        "‖dh‖² at the end",
        "refusal",
    ];
    let rows = data.tables.fits.iter().map(|fit| {
        let numbers = [fit.eta_h, fit.eta_y, fit.sse, fit.h_inf, Some(fit.h_end)];
        let mut row = vec![fit.seed.to_string()];
        row.extend(numbers.map(cell));
        row.push(fit.refusal.clone().unwrap_or_default());
        row
    });
    Section::table(
        "Each fit",
        "SSE: unweighted sum over epochs and the three curves; the authors' run has 323.9.",
        header,
        rows,
    )
}

#[cfg(test)]
mod tests;

//! Two training images of MNIST among sixty thousand: their distances over training, beside the theory of two points (F7).
//!
//! The network is trained on everything; the theory knows the two images alone. The paper shows that it describes the pair
//! qualitatively, not quantitatively (FOUND).

mod claims;
mod synthetic;

use crate::chart::{Axis, Chart, Guide, Interval, Panel, Series, palette};
use crate::text::crossed;
use crate::universality::curves::{CURVES, Curve, RunsOfSetting, short};
use crate::universality::two_points::{courses, courses_of};
use crate::universality::values::Values;
use crate::universality::{
    CheckedTables, Coverage, TableKind, Tables, TablesFigure, TrajectoryPoint, only,
};
use crate::{Range, Section};
use claims::{lowest, overshoot, relative_rmse};

/// It uses trajectories and fits of the setting `mnist`, and values of `accuracy` and `train_loss`.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-mnist-trajectories",
    main_table: TableKind::Trajectories,
    select,
    coverage,
    claims: claims::claims,
    chart,
    sections: |data| vec![runs(data), fits(data)],
    made_up: synthetic::tables,
};

/// The name of the setting.
const SETTING: &str = "mnist";

/// Share of correct answers on images that were not trained on.
const ACCURACY: &str = "accuracy";
/// The loss of the trained ones.
const LOSS: &str = "train_loss";

const H: Curve = CURVES[0];
const Y: Curve = CURVES[1];
const W: Curve = CURVES[2];

fn select(tables: &Tables) -> Tables {
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

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let metric = |name: &str| {
        let values = Values::of(data).metric(name);
        values.coverage(name.replace('_', " "), data)
    };
    let runs = courses(&data.tables.trajectories).len();
    let trajectories = data.coverage("trajectories", runs);
    vec![trajectories, metric(ACCURACY), metric(LOSS)]
}

fn chart(data: &CheckedTables) -> Chart {
    let accuracy = "accuracy on images not trained on";
    let small = vec![
        metric(data, LOSS, "training loss, all images", Axis::log("")),
        metric(data, ACCURACY, accuracy, Axis::linear("")),
    ];
    Chart::new(
        "Two images of MNIST while a network learns all of them",
        data.subtitle("F7 of arXiv 2402.09142"),
    )
    .note("Solid: network; dashed: the theory of two points, fitted to that network. ‖dh‖² of network and theory are drawn at a tenth of their size. Strong lines: the seed with the median fit error; thin lines: the other seeds.")
    .headline(trajectories(data), small)
}

fn trajectories(data: &CheckedTables) -> Panel {
    let runs = RunsOfSetting::of(SETTING, &data.tables.trajectories, &data.fits());
    let scaled = |factor: f64| move |value: f64| Some(factor * value);
    let curves = || CURVES.iter().zip(SCALES);
    let name = |curve: &Curve, scale| match scale {
        1.0 => curve.name.to_owned(),
        scale => format!("{scale} {}", curve.name),
    };
    let networks = curves().map(|(curve, scale)| {
        let series = curve.of_network(&runs, scaled(scale));
        series.named(name(curve, scale))
    });
    let theories = curves().filter_map(|(curve, scale)| {
        let series = curve.of_theory("", &runs.chosen, scaled(scale))?;
        Some(series.named(format!("theory of {}", name(curve, scale))))
    });
    let dy2 = runs.chosen.first().map(|point| point.dy2);
    let lowest = "−1/4 of it: smallest w of two points alone";
    let guides = dy2.into_iter().flat_map(|dy2| {
        [
            Guide::horizontal("squared distance of the targets", dy2),
            Guide::horizontal(lowest, -dy2 / 4.0).color(palette::ALIGNMENT_W),
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

fn runs(data: &CheckedTables) -> Section {
    let runs = courses_of(&data.tables.trajectories, SETTING).into_iter();
    let runs = runs.map(|(seed, course)| (seed.to_string(), course));
    let numbers = NUMBERS.map(|(name, number)| (name.to_owned(), number));
    let table = crossed("seed", runs, &numbers, |course, number| {
        cell(number(course))
    });
    let text = "Relative error: root mean square over the curve's range. The authors' stored picture: smallest w -0.42 near epoch 25 \
                (theory -0.5 near 34), last ‖dh‖² 22.5 after 23.3 (theory 22.2), last ‖dy‖² 1.95.";
    Section::new("Each run", format!("{text}\n\n{table}"))
}

fn fits(data: &CheckedTables) -> Section {
    Section::of_columns(
        "Each fit",
        "SSE: unweighted sum over epochs and the three curves; the authors' run has 323.9.",
        &data.tables.fits,
        &[
            ("seed", &|fit| fit.seed.to_string()),
            ("η_h", &|fit| cell(fit.eta_h)),
            ("η_y", &|fit| cell(fit.eta_y)),
            ("SSE", &|fit| cell(fit.sse)),
            ("closed form", &|fit| cell(fit.h_inf)),
            ("‖dh‖² at the end", &|fit| short(fit.h_end)),
            ("why there is no fit", &|fit| {
                fit.refusal.clone().unwrap_or_default()
            }),
        ],
    )
}

#[cfg(test)]
mod tests;

//! The picture of univ-mnist-trajectories.

use super::{CURVES, METRICS, SETTING};
use crate::Range;
use crate::chart::{Axis, Chart, Guide, Interval, Line, Panel, Series, palette};
use crate::universality::PairData;
use crate::universality::drawn::{Shown, plain};
use crate::universality::picked::Picked;
use crate::universality::two_points::{Fits, line};

/// The representation's distance is drawn at this scale, as in the paper.
const SCALES: [f64; 3] = [0.1, 1.0, 1.0];
const NETWORK: [&str; 3] = [
    palette::DISTANCE_H,
    palette::DISTANCE_Y,
    palette::ALIGNMENT_W,
];
const THEORY: [&str; 3] = [palette::THEORY_H, palette::THEORY_Y, palette::THEORY_W];

pub(super) fn chart(data: &PairData) -> Chart {
    let small = vec![
        metric(data, METRICS[1], "training loss, all images", Axis::log("")),
        metric(
            data,
            METRICS[0],
            "accuracy on images not trained on",
            Axis::linear(""),
        ),
    ];
    Chart::new(
        "Two images of MNIST while a network learns all of them",
        data.subtitle("F7 of arXiv 2402.09142"),
    )
    .note("Solid: network; dashed: the theory of two points, fitted to that network. Strong lines: the seed with the median fit error; thin lines: the other seeds.")
    .headline(trajectories(data), small)
}

fn trajectories(data: &PairData) -> Panel {
    let fits = Fits::new(&data.tables.fits);
    let runs = Shown::of(SETTING, &data.tables.moments, &fits);
    let mut series = Vec::new();
    for (k, curve) in CURVES.iter().enumerate() {
        let name = match SCALES[k] {
            1.0 => curve.name.to_owned(),
            scale => format!("{scale} {}", curve.name),
        };
        let drawn = |course: &[&_]| line(course, |m| Some(SCALES[k] * (curve.network)(m)?));
        let others = runs.others.iter().map(|course| drawn(course));
        series.push(plain(name, NETWORK[k], drawn(&runs.chosen)).seeds(others));
    }
    for (k, curve) in CURVES.iter().enumerate() {
        let drawn = line(&runs.chosen, |m| Some(SCALES[k] * (curve.theory)(m)?));
        if !drawn.is_empty() {
            let name = format!("theory of {}", curve.name);
            series.push(plain(name, THEORY[k], drawn).line(Line::Dashed));
        }
    }
    let dy2 = runs.chosen.first().map(|moment| moment.dy2);
    let guides = dy2.into_iter().flat_map(|dy2| {
        [
            Guide::horizontal("squared distance of the targets", dy2),
            Guide::horizontal("−1/4 of it: smallest w of two points alone", -dy2 / 4.0)
                .color(palette::ALIGNMENT_W),
        ]
    });
    let title = "‖dh‖² of representations (times 0.1), ‖dy‖² of outputs, w";
    Panel::new(
        title,
        Axis::linear("epoch"),
        Axis::linear("").reaching([0.0]),
    )
    .series(series)
    .guides(guides)
}

fn metric(data: &PairData, name: &str, title: &str, y: Axis) -> Panel {
    let picked = Picked::of(data).metric(name);
    let series = Series::new("", "#444444", picked.by_epoch(Range::NonNegative))
        .marker(None)
        .interval(Interval::Band)
        .seeds(picked.seed_lines().into_values());
    Panel::new(title, Axis::linear("epoch"), y).series([series])
}

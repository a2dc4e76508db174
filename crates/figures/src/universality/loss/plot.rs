//! The picture of univ-loss.

use crate::chart::{Axis, Chart, Guide, Line, Panel, palette};
use crate::universality::drawn::{Shown, plain};
use crate::universality::two_points::{Fits, line};
use crate::universality::{Moment, PairData};

/// Where the paper cuts its vertical axis.
const TOP: f64 = 0.5;

pub(super) fn chart(data: &PairData) -> Chart {
    let fits = Fits::new(&data.tables.fits);
    let panels = data
        .settings()
        .into_iter()
        .map(|setting| panel(data, &fits, &setting));
    Chart::new(
        "The loss of two points, beside the theory's",
        data.subtitle("F3 of arXiv 2402.09142"),
    )
    .note("Solid: network; dashed: the theory with its third constant, the rate of the mean. Strong lines: the seed with the median fit error of the trajectories.")
    .note("The axis ends at 0.5, as in the paper; what is above is drawn there.")
    .row_height(190.0)
    .tiles(5, panels.collect())
}

fn panel(data: &PairData, fits: &Fits<'_>, setting: &str) -> Panel {
    let runs = Shown::of(setting, &data.tables.moments, fits);
    let cut = |points: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        points
            .into_iter()
            .map(|(epoch, loss)| (epoch, loss.min(TOP)))
            .collect()
    };
    let loss = |course: &[&Moment]| cut(line(course, |m| Some(m.loss)));
    let network = plain("network", palette::ALIGNMENT_W, loss(&runs.chosen));
    let mut series = vec![network.seeds(runs.others.iter().map(|course| loss(course)))];
    let theory = cut(line(&runs.chosen, |m| m.loss_theory));
    if !theory.is_empty() {
        series.push(plain("theory", palette::THEORY_W, theory).line(Line::Dashed));
    }
    let dy2 = runs.chosen.first().map_or(0.5, |moment| moment.dy2);
    let y = Axis::linear("").within(0.0, TOP + 0.02);
    Panel::new(setting, Axis::linear("epoch"), y)
        .series(series)
        .guides([Guide::horizontal("dy²/8", dy2 / 8.0)])
}

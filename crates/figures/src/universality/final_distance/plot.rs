//! The picture of univ-final-distance.

use std::collections::BTreeSet;

use super::points;
use crate::chart::{Axis, Chart, Guide, Panel, Series, palette};
use crate::universality::two_points::Fits;
use crate::universality::{FitRow, PairData};

pub(super) fn chart(data: &PairData) -> Chart {
    let fits = Fits::new(&data.tables.fits);
    let targets: BTreeSet<u64> = data
        .tables
        .fits
        .iter()
        .map(|fit| fit.dy2.to_bits())
        .collect();
    let targets: Vec<f64> = targets.into_iter().map(f64::from_bits).collect();
    let (without, with): (Vec<&str>, Vec<&str>) = fits
        .settings()
        .into_iter()
        .partition(|name| points(fits.of(name)).is_empty());
    let panels = with
        .iter()
        .map(|setting| panel(setting, fits.of(setting), &targets));
    let chart = Chart::new(
        "Final distance of representations against the closed form",
        data.subtitle("F5 of arXiv 2402.09142"),
    )
    .key("distance of targets ‖dy*‖")
    .note("One point a pair and network. Across: closed form from the network's own start and the setting's ratio of rates, fitted to fresh networks on another pair.")
    .note("Up: measured final ‖dh‖². Pairs that did not converge are left out. Points of one colour in a row differ in the distance of inputs.")
    .row_height(236.0)
    .tiles(5, panels.collect());
    if without.is_empty() {
        return chart;
    }
    chart.note(format!(
        "Not drawn, for want of a fit (and so of a ratio and a closed form) or of a pair that converged: {}.",
        without.join(", ")
    ))
}

fn panel(setting: &str, fits: &[&FitRow], targets: &[f64]) -> Panel {
    let series = targets.iter().enumerate().map(|(k, &dy2)| {
        let of_target: Vec<&FitRow> = fits.iter().copied().filter(|fit| fit.dy2 == dy2).collect();
        let name = format!("{:.3}", dy2.sqrt());
        let name = name.trim_end_matches('0').trim_end_matches('.').to_owned();
        Series::scatter(
            name,
            palette::sequential(k, targets.len()),
            points(&of_target),
        )
        .marker(palette::marker(k))
    });
    let all = points(fits);
    let largest = all
        .iter()
        .fold(0.0f64, |largest, point| largest.max(point.0).max(point.1));
    let end = if largest > 0.0 { 1.08 * largest } else { 1.0 };
    let axis = |label: &str| Axis::linear(label).within(-0.03 * end, end);
    Panel::new(setting, axis("closed form"), axis(""))
        .series(series)
        .guides([Guide::diagonal("measured = closed form")])
}

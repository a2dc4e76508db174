//! univ-final-distance: the final distance of representations against the closed form, over distances of inputs and targets.
//!
//! Each point is a network of its own on another pair. Its closed form starts from that network's initial distances; the
//! ratio of rates, \\(\eta_h/\eta_y\\), is the mean over fresh networks of the setting on the default pair (FOUND), so that
//! nothing is fitted to the points.

pub(super) mod claims;

use std::collections::BTreeSet;

use super::two_points::{CONVERGED, default_data};
use super::{CheckedTables, Coverage, FitRow, TableKind, TablesFigure, synthetic};
use crate::Section;
use crate::chart::{Axis, Chart, Guide, Panel, Series, palette};
use crate::claims::measures::{pearson, slope};
use crate::text::plural;

/// It uses fit rows of other pairs than the default one, with `h_inf` from the setting's ratio.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-final-distance",
    main_table: TableKind::Fits,
    select: |tables| {
        tables.on_two_points(
            |fit| fit.dynamics == "original" && !default_data(fit.dx2, fit.dy2),
            |_| false,
        )
    },
    coverage,
    claims: |data| claims::claims(&data.fits()),
    chart,
    sections,
    made_up: synthetic::distances,
};

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let fits = data.tables.fits.iter();
    let predicted = fits.filter(|fit| fit.h_inf.is_some() || fit.refusal.is_some());
    let name = "closed form of every pair, or why there is none";
    vec![data.coverage(name, predicted.count())]
}

fn chart(data: &CheckedTables) -> Chart {
    let fits = data.fits();
    let targets = targets(&data.tables.fits);
    let repeated = format!(
        "{} each, one network a pair",
        plural(pairs(&data.tables.fits), "pair")
    );
    let settings = fits.settings().into_iter();
    let (without, with): (Vec<&str>, Vec<&str>) =
        settings.partition(|name| points(fits.of(name)).is_empty());
    let panels = with.iter();
    let panels = panels.map(|setting| panel(setting, fits.of(setting), &targets));
    let chart = Chart::new(
        "Final distance of representations against the closed form",
        data.subtitle_of("F5 of arXiv 2402.09142", &repeated),
    )
    .key("distance of targets")
    .note("Each point is a pair of distances, of inputs and of targets, with a network of its own: its seed is no other pair's. Points of one colour differ in the distance of inputs.")
    .note("Across: closed form from the network's own start and the setting's ratio of rates, which is fitted to further networks on the default pair; without a fit its lazy limit, the initial distance. Networks that did not learn their pair (loss above 0.001) are left out.")
    .row_height(236.0)
    .tiles(5, panels.collect());
    if without.is_empty() {
        return chart;
    }
    chart.note(format!(
        "Not drawn, for lack of a pair that converged: {}.",
        without.join(", ")
    ))
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let fits = data.fits();
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let lines =
        |setting: &str| -> (Vec<f64>, Vec<f64>) { points(fits.of(setting)).into_iter().unzip() };
    let of_lines = |setting: &str, of: fn(&[f64], &[f64]) -> Option<f64>| {
        let (x, y) = lines(setting);
        number(of(&x, &y))
    };
    vec![Section::of_columns(
        "Closed form and measurement",
        "The power is that with which the final ‖dh‖² grows with the distance of targets, inputs held fixed; 1 in the \
         closed form's rich limit, 0 in its lazy one. Each pair has one network with a seed of its own, so that no number here has an \
         interval over seeds; those of the claims are over pairs.",
        fits.settings(),
        &[
            ("setting", &|setting| (*setting).to_owned()),
            ("pairs", &|setting| fits.of(setting).len().to_string()),
            ("converged", &|setting| lines(setting).0.len().to_string()),
            ("Pearson's r", &|setting| of_lines(setting, pearson)),
            ("slope of measured on closed form", &|setting| {
                of_lines(setting, slope)
            }),
            ("power of ‖dy*‖", &|setting| {
                number(exponent(fits.of(setting)))
            }),
        ],
    )]
}

/// How many pairs of distances there are.
pub(super) fn pairs<'f>(fits: impl IntoIterator<Item = &'f FitRow>) -> usize {
    let bits = fits
        .into_iter()
        .map(|fit| [fit.dx2, fit.dy2].map(f64::to_bits));
    bits.collect::<BTreeSet<_>>().len()
}

/// The squared distances of targets, from the smallest.
pub(super) fn targets<'f>(fits: impl IntoIterator<Item = &'f FitRow>) -> Vec<f64> {
    let bits = fits.into_iter().map(|fit| fit.dy2.to_bits());
    let distinct: BTreeSet<u64> = bits.collect();
    distinct.into_iter().map(f64::from_bits).collect()
}

/// The points of each distance of targets, which have the same colour in every panel.
pub(super) fn by_target(fits: &[&FitRow], targets: &[f64]) -> Vec<Series> {
    let series = targets.iter().enumerate().map(|(k, &dy2)| {
        let of_target: Vec<&FitRow> = fits.iter().copied().filter(|fit| fit.dy2 == dy2).collect();
        let name = format!("{:.3}", dy2.sqrt());
        let name = format!(
            "‖dy*‖ = {}",
            name.trim_end_matches('0').trim_end_matches('.')
        );
        let color = palette::sequential(k, targets.len());
        Series::scatter(name, color, points(&of_target)).marker(palette::marker(k))
    });
    series.collect()
}

fn panel(setting: &str, fits: &[&FitRow], targets: &[f64]) -> Panel {
    let ends = points(fits).into_iter().map(|(x, y)| x.max(y));
    let largest = ends.fold(0.0, f64::max);
    let end = if largest > 0.0 { 1.08 * largest } else { 1.0 };
    let axis = |label: &str| Axis::linear(label).within(-0.03 * end, end);
    // Without a fit the closed form is its lazy limit.
    let x = match fits.iter().any(|fit| fit.fit_ok) {
        true => "closed form",
        false => "no fit: ‖dh‖² before training",
    };
    Panel::new(format!("{setting}: final ‖dh‖²"), axis(x), axis(""))
        .series(by_target(fits, targets))
        .guides([Guide::diagonal("measured = closed form")])
}

/// Closed form and measured final distance of the pairs that converged.
pub(super) fn points(fits: &[&FitRow]) -> Vec<(f64, f64)> {
    let converged = fits.iter().filter(|fit| fit.loss_end <= CONVERGED);
    let points = converged.filter_map(|fit| Some((fit.h_inf?, fit.h_end)));
    points.collect()
}

/// The power of the distance of targets with which the final distance grows, inputs held fixed: the common slope of
/// logarithms within each distance of inputs. `None` with fewer than two targets apart.
fn exponent(fits: &[&FitRow]) -> Option<f64> {
    power_of(fits, |fit| fit.h_end)
}

/// The same of any number above 0.
fn power_of(fits: &[&FitRow], number: impl Fn(&FitRow) -> f64) -> Option<f64> {
    let usable = |fit: &&&FitRow| fit.loss_end <= CONVERGED && fit.dy2 > 0.0 && number(fit) > 0.0;
    let usable = fits.iter().filter(usable);
    let points = usable.map(|fit| (fit.dx2, fit.dy2.ln() / 2.0, number(fit).ln()));
    let points: Vec<(f64, f64, f64)> = points.collect();
    let centred = points.iter().map(|point| {
        let same = || points.iter().filter(|other| other.0 == point.0);
        let n = same().count() as f64;
        let mean = |number: fn(&(f64, f64, f64)) -> f64| same().map(number).sum::<f64>() / n;
        (point.1 - mean(|p| p.1), point.2 - mean(|p| p.2))
    });
    let (x, y): (Vec<f64>, Vec<f64>) = centred.unzip();
    slope(&x, &y)
}

#[cfg(test)]
mod tests;

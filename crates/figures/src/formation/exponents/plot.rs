//! The picture of pah-exponents: exponents of six pairs, how far each fit is one, and the eigenvalues of three layers.

use super::claims::ALLOWED;
use super::fits::{COMMUTATOR, Fit, Fits, PAIRS, Pair, R2, trusted_exponent};
use crate::chart::{Axis, Chart, Guide, Panel, Series, palette};
use crate::claims::measures::{mean, share};
use crate::table::Spectrum;
use crate::{Estimate, Marker, Range};

pub(super) fn chart(tasks: &[Fits], spectra: &[Spectrum], subtitle: String) -> Chart {
    let panels = tasks.iter().flat_map(|fits| of_task(fits, spectra));
    let title = "Exponents between the matrices of a layer";
    Chart::new(title, subtitle)
        .key("linear map")
        .second_key("pair (R², commutator, share)", pairs())
        .note("Lines join means over seeds of trusted fits, dots are trusted fits, small open markers fits that are not trusted.")
        .note("Where nothing is drawn the fit is refused: too few eigenvalues, or too narrow a spectrum.")
        .note("Trusted: R² above 0.8, commutator residual at most 0.1 and below that of unrelated eigenvectors.")
        .row_height(255.0)
        .tiles(3, panels.collect::<Vec<_>>())
}

fn of_task(fits: &Fits, spectra: &[Spectrum]) -> Vec<Panel> {
    let mut panels: Vec<Panel> = (0..PAIRS.len()).map(|k| exponents(fits, k)).collect();
    let r2 = |mine: &[Fit]| mean(mine.iter().map(|fit| fit.r2));
    let commutator = |mine: &[Fit]| mean(mine.iter().map(|fit| fit.commutator));
    let better = |mine: &[Fit]| {
        let compared: Vec<f64> = mine.iter().filter_map(|fit| fit.delta_aic).collect();
        share(&compared, |delta| *delta > 0.0)
    };
    let bound = |label, y| Guide::horizontal(label, y).color("#b00020");
    let trusted = "bound of a trusted fit";
    panels.extend([
        quality(fits, "R² of the fit", r2).guides([bound(trusted, R2)]),
        quality(fits, "commutator residual", commutator).guides([bound(trusted, COMMUTATOR)]),
        quality(fits, "share where a power law beats an exponential", better),
    ]);
    panels.extend(scatter(fits, spectra));
    panels
}

/// What the colours of the quality panels mean.
fn pairs() -> Vec<Series> {
    let samples = (0..).zip(&PAIRS).map(|(k, pair)| {
        Series::new(pair.name, palette::qualitative(k), []).marker(palette::marker(k))
    });
    samples.collect()
}

fn gamma_axis(fits: &Fits) -> Axis {
    Axis::log("weight decay γ").reaching(fits.gammas.iter().copied())
}

/// What a pair's exponents may be: those of Z pairs are bounded, those between H and G are five numbers or negative.
fn marks(pair: &Pair) -> Vec<Guide> {
    let bounds =
        [-1.0, 3.0].map(|p| Guide::horizontal("bounds −1 and 3 of the theory", p).color("#b00020"));
    let allowed = ALLOWED
        .map(|p| Guide::horizontal("1/3, 1/2, 1, 2, 3: positive exponents of the phases", p));
    if pair.is_hg {
        allowed.into_iter().chain([bounds[0].clone()]).collect()
    } else {
        bounds.into()
    }
}

/// The colour of a map among maps 1 to `last`, the readout: the same in every panel.
fn color(layer: u32, last: u32) -> String {
    palette::map(layer.saturating_sub(1) as usize, last as usize)
}

fn marker(layer: u32) -> Marker {
    palette::marker(layer.saturating_sub(1) as usize)
}

fn exponents(fits: &Fits, k: usize) -> Panel {
    let last = fits.maps;
    // All maps, those without a fit too: the legend then has them in order.
    let series = (1..=last).map(|layer| {
        let of_layer = || {
            fits.of(k)
                .iter()
                .copied()
                .filter(move |fit| fit.layer == layer)
        };
        let points = fits.gammas.iter().filter_map(|&gamma| {
            let here: Vec<Fit> = of_layer().filter(|fit| fit.gamma == gamma).collect();
            Some((gamma, trusted_exponent(&here)?))
        });
        let seeds = fits.seeds.iter().map(|&seed| {
            let mine = of_layer().filter(|fit| fit.seed == seed && fit.is_trusted());
            mine.map(|fit| (fit.gamma, fit.exponent)).collect()
        });
        let others = of_layer().filter(|fit| !fit.is_trusted());
        let others = others.map(|fit| (fit.gamma, fit.exponent));
        Series::new(format!("map {layer}"), color(layer, last), points)
            .marker(marker(layer))
            .seeds(seeds)
            .hollow(others)
    });
    let y = Axis::linear("").reaching([-1.2, 3.2]);
    let title = format!("{}: p of {}", fits.task, PAIRS[k].name);
    Panel::new(title, gamma_axis(fits), y)
        .series(series)
        .guides(marks(&PAIRS[k]))
        .dodged()
}

/// A number made of the fits of a pair at each weight decay.
fn quality(fits: &Fits, title: &str, of: impl Fn(&[Fit]) -> Option<f64>) -> Panel {
    let series = (0..PAIRS.len()).map(|k| {
        let points = fits.gammas.iter().filter_map(|&gamma| {
            let here = fits.of(k).iter().copied().filter(|fit| fit.gamma == gamma);
            let here: Vec<Fit> = here.collect();
            Some((gamma, fits.over_seeds(&here, Range::Share, &of)?))
        });
        let points: Vec<(f64, Estimate)> = points.collect();
        Series::new("", palette::qualitative(k), points).marker(palette::marker(k))
    });
    let title = format!("{}: {title}", fits.task);
    Panel::new(title, gamma_axis(fits), Axis::correlation()).series(series)
}

/// The eigenvalues of three pairs, one seed, layers as colours, at the weight decay at which most eigenpairs enter a fit
/// (of equals the largest): at larger ones there may be hardly any left.
fn scatter(fits: &Fits, spectra: &[Spectrum]) -> Vec<Panel> {
    let of_task = || spectra.iter().filter(|pair| pair.task == fits.task);
    let used = |gamma: f64| {
        let here = of_task().filter(|pair| pair.gamma == gamma && pair.used);
        here.count()
    };
    let gammas = of_task().map(|pair| pair.gamma);
    let by_use = |a: &f64, b: &f64| used(*a).cmp(&used(*b)).then(a.total_cmp(b));
    let mut distinct: Vec<f64> = gammas.collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let Some(gamma) = distinct.into_iter().max_by(by_use) else {
        return Vec::new();
    };
    let at_gamma = || of_task().filter(move |pair| pair.gamma == gamma);
    let Some(seed) = at_gamma().map(|pair| pair.seed).min() else {
        return Vec::new();
    };
    let shown: Vec<&Spectrum> = at_gamma().filter(|pair| pair.seed == seed).collect();
    let end = shown.iter().map(|pair| pair.step).max();
    let shown: Vec<&Spectrum> = shown
        .into_iter()
        .filter(|pair| Some(pair.step) == end)
        .collect();
    let pairs = PAIRS
        .iter()
        .filter(|pair| shown.iter().any(|s| pair.is(&s.x, &s.y)));
    let panels = pairs.map(|pair| scatter_panel(pair, &shown, fits, (gamma, seed)));
    panels.take(3).collect()
}

fn scatter_panel(
    pair: &Pair,
    shown: &[&Spectrum],
    fits: &Fits,
    (gamma, seed): (f64, u64),
) -> Panel {
    let last = fits.maps;
    let of_pair = |used: bool, layer: u32| {
        let pairs = shown
            .iter()
            .filter(move |s| pair.is(&s.x, &s.y) && s.used == used && s.layer == layer);
        pairs
            .map(|s| (s.x_value, s.y_value))
            .collect::<Vec<(f64, f64)>>()
    };
    let unused: Vec<(f64, f64)> = (1..=last).flat_map(|layer| of_pair(false, layer)).collect();
    let left_out = Series::scatter("eigenpairs that no fit uses", "#bdbdbd", unused);
    let used = (1..=last).map(|layer| {
        let pairs = of_pair(true, layer);
        Series::scatter(format!("map {layer}"), color(layer, last), pairs).marker(marker(layer))
    });
    // Guides cross where the data are: at the centre of the logarithms.
    let logs = (1..=last).flat_map(|layer| of_pair(true, layer));
    let logs = logs.filter(|(x, y)| *x > 0.0 && *y > 0.0);
    let (x, y): (Vec<f64>, Vec<f64>) = logs.map(|(x, y)| (x.ln(), y.ln())).unzip();
    let centre = mean(x).zip(mean(y)).map(|(x, y)| (x.exp(), y.exp()));
    let guides = centre
        .into_iter()
        .flat_map(|centre| [1.0, 2.0, 3.0].map(|slope| Guide::slope(slope, centre)));
    let (y_name, x_name) = pair.name.split_once(" ∝ ").unwrap_or((pair.name, ""));
    let title = format!(
        "{}: eigenvalue of {y_name}, at γ = {gamma:.1e}, seed {seed}",
        fits.task
    );
    let x_name = format!("eigenvalue of {}", x_name.trim_end_matches("^p"));
    Panel::new(title, Axis::log(x_name), Axis::log(""))
        .series([left_out])
        .series(used)
        .guides(guides)
}

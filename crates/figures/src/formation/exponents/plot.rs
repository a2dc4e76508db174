//! The pictures of pah-exponents and pah-fits: exponents of pairs of matrices, how far each fit is one, and eigenvalues.

use super::claims::{ALLOWED, beating};
use super::fits::{COMMUTATOR, Fit, Fits, Fitted, PAIRS, Pair, R2, trusted_exponent};
use crate::Range;
use crate::chart::{Axis, Chart, Guide, Panel, Series, palette};
use crate::claims::measures::mean;
use crate::table::Spectrum;

/// The pairs of the main picture: those that have power laws in most layers.
const MAIN: [&str; 3] = ["H_b ∝ Z_b^p", "G_a ∝ Z_a^p", "G_b ∝ H_b^p"];

/// Four panels, of the networks with the most outputs: with one output most layers have no exponent.
pub(super) fn main(tasks: &[Fits<'_>], subtitle: String) -> Chart {
    let panels = tasks.last().into_iter().flat_map(|fits| {
        let pairs = fits.pairs.iter();
        let pairs = pairs.filter(|fitted| MAIN.contains(&fitted.pair.name));
        let exponents = pairs.map(|fitted| exponents(fits, fitted));
        exponents.chain([r2(fits)])
    });
    let chart = Chart::new("Exponents between the matrices of a layer", subtitle);
    let chart = explained(chart).row_height(400.0);
    chart.tiles(2, panels.collect())
}

/// Everything else: all pairs of all tasks, the quality of their fits, eigenvalues.
pub(super) fn all(tasks: &[Fits<'_>], spectra: &[Spectrum], subtitle: String) -> Chart {
    let panels = tasks.iter().flat_map(|fits| of_task(fits, spectra));
    let chart = Chart::new("Fits of powers between the matrices of a layer", subtitle);
    let chart = explained(chart).row_height(255.0);
    chart.tiles(3, panels.collect())
}

fn explained(chart: Chart) -> Chart {
    chart
        .key("linear map")
        .second_key("pair of matrices", pairs())
        .note("Lines join means over seeds of good fits, dots are good fits, small open markers the other fits.")
        .note("Where nothing is drawn there is no fit: too few eigenvalues, or too narrow a spectrum.")
        .note("A good fit: R² above 0.8, commutator residual at most 0.1 and below that of unrelated eigenvectors.")
}

fn of_task(fits: &Fits<'_>, spectra: &[Spectrum]) -> Vec<Panel> {
    let exponents = fits.pairs.iter().map(|fitted| exponents(fits, fitted));
    let commutator = |mine: &[Fit]| mean(mine.iter().map(|fit| fit.commutator));
    let beats = "share where a power law beats an exponential";
    let qualities = [
        r2(fits),
        quality(fits, "commutator residual", commutator).guides(bound(COMMUTATOR)),
        quality(fits, beats, beating),
    ];
    let scatters = scatters(fits, spectra);
    exponents.chain(qualities).chain(scatters).collect()
}

fn r2(fits: &Fits<'_>) -> Panel {
    let r2 = |mine: &[Fit]| mean(mine.iter().map(|fit| fit.r2));
    quality(fits, "R² of the fit", r2).guides(bound(R2))
}

fn bound(y: f64) -> [Guide; 1] {
    [Guide::horizontal("bound of a good fit", y).color("#b00020")]
}

/// What the colours of the quality panels mean.
fn pairs() -> Vec<Series> {
    let samples = (0..).zip(&PAIRS).map(|(k, pair)| {
        Series::new(pair.name, palette::qualitative(k), []).marker(palette::marker(k))
    });
    samples.collect()
}

fn gamma_axis(fits: &Fits<'_>) -> Axis {
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

/// A series of maps 1 to the last, those without a fit too: colours are the same in every panel, and the legend has the
/// maps in order.
fn of_maps(fits: &Fits<'_>, mut series: impl FnMut(u32) -> Series) -> Vec<Series> {
    let maps = (0..).zip(1..=fits.maps);
    let series = maps.map(|(k, layer)| Series {
        label: format!("map {layer}"),
        color: palette::map(k, fits.maps as usize),
        marker: Some(palette::marker(k)),
        ..series(layer)
    });
    series.collect()
}

fn exponents(fits: &Fits<'_>, fitted: &Fitted<'_>) -> Panel {
    let series = of_maps(fits, |layer| {
        let of_map = fitted.fits.iter().copied().filter(|fit| fit.layer == layer);
        let (trusted, others): (Vec<Fit>, Vec<Fit>) = of_map.partition(Fit::is_trusted);
        let points = fits.gammas.iter().filter_map(|&gamma| {
            let here = trusted.iter().copied();
            let here: Vec<Fit> = here.filter(|fit| fit.weight_decay == gamma).collect();
            Some((gamma, trusted_exponent(&here)?))
        });
        let place = |fit: &Fit| (fit.weight_decay, fit.exponent);
        let seeds = fits.seeds.iter().map(|&seed| {
            let mine = trusted.iter().filter(|fit| fit.seed == seed);
            mine.map(place).collect()
        });
        Series::new("", "", points)
            .seeds(seeds)
            .hollow(others.iter().map(place))
    });
    let y = Axis::linear("").reaching([-1.2, 3.2]);
    let title = format!("{}: p of {}", fits.base.task(), fitted.pair.name);
    Panel::new(title, gamma_axis(fits), y)
        .series(series)
        .guides(marks(fitted.pair))
        .dodged()
}

/// A number made of the fits of a pair at each weight decay.
fn quality(fits: &Fits<'_>, title: &str, of: impl Fn(&[Fit]) -> Option<f64>) -> Panel {
    let series = (0..).zip(&fits.pairs).map(|(k, fitted)| {
        let points = fits.gammas.iter().filter_map(|&gamma| {
            let here: Vec<Fit> = fitted.at(gamma).collect();
            Some((gamma, fits.over_seeds(&here, Range::Share, &of)?))
        });
        Series::new("", palette::qualitative(k), points).marker(palette::marker(k))
    });
    let title = format!("{}: {title}", fits.base.task());
    Panel::new(title, gamma_axis(fits), Axis::correlation()).series(series)
}

/// The eigenvalues of three pairs, one seed, layers as colours, at the weight decay at which most eigenpairs enter a fit
/// (of equals the largest): at larger ones there may be hardly any left.
fn scatters(fits: &Fits<'_>, spectra: &[Spectrum]) -> Vec<Panel> {
    let mut shown: Vec<&Spectrum> = spectra.iter().collect();
    shown.retain(|pair| pair.task == fits.base.task());
    let used = |gamma: f64| {
        let here = shown.iter().filter(|pair| pair.weight_decay == gamma);
        here.filter(|pair| pair.used).count()
    };
    let gammas = shown.iter().map(|pair| pair.weight_decay);
    let most = gammas.max_by(|a, b| used(*a).cmp(&used(*b)).then(a.total_cmp(b)));
    shown.retain(|pair| Some(pair.weight_decay) == most);
    let seed = shown.iter().map(|pair| pair.seed).min();
    shown.retain(|pair| Some(pair.seed) == seed);
    let end = shown.iter().map(|pair| pair.step).max();
    shown.retain(|pair| Some(pair.step) == end);
    let pairs = PAIRS.iter().filter_map(|pair| {
        let mut shown = shown.clone();
        shown.retain(|s| pair.is(&s.x, &s.y));
        let first = *shown.first()?;
        Some(scatter(fits, pair, first, &shown))
    });
    pairs.take(3).collect()
}

/// The eigenvalues of a pair in one network, of which one is `network`.
fn scatter(fits: &Fits<'_>, pair: &Pair, network: &Spectrum, shown: &[&Spectrum]) -> Panel {
    let points = |keep: &dyn Fn(&Spectrum) -> bool| {
        let kept = shown.iter().filter(|pair| keep(pair));
        let points: Vec<(f64, f64)> = kept.map(|s| (s.x_value, s.y_value)).collect();
        points
    };
    let left_out = points(&|pair| !pair.used);
    let left_out = Series::scatter("eigenpairs that no fit uses", "#bdbdbd", left_out);
    let used = of_maps(fits, |layer| {
        Series::scatter("", "", points(&|pair| pair.used && pair.layer == layer))
    });
    // Guides cross where the data are: at the centre of the logarithms.
    let logs = points(&|pair| pair.used && pair.x_value > 0.0 && pair.y_value > 0.0);
    let (x, y): (Vec<f64>, Vec<f64>) = logs.iter().map(|(x, y)| (x.ln(), y.ln())).unzip();
    let centre = mean(x).zip(mean(y)).map(|(x, y)| (x.exp(), y.exp()));
    let guides = centre.into_iter();
    let guides = guides.flat_map(|centre| [1.0, 2.0, 3.0].map(|slope| Guide::slope(slope, centre)));
    let (y_name, x_name) = pair.name.split_once(" ∝ ").unwrap_or((pair.name, ""));
    let title = format!(
        "{}: eigenvalue of {y_name}, at γ = {:.1e}, seed {}",
        network.task, network.weight_decay, network.seed
    );
    let x_name = format!("eigenvalue of {}", x_name.trim_end_matches("^p"));
    Panel::new(title, Axis::log(x_name), Axis::log(""))
        .series([left_out])
        .series(used)
        .guides(guides)
}

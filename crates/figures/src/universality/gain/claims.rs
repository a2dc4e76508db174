//! The claims of univ-gain.

use super::growth;
use crate::claims::measures::size;
use crate::universality::authors::GROWTH;
use crate::universality::cases::{note_absent, rank_correlation};
use crate::universality::settings::gains;
use crate::universality::two_points::{CONVERGED, Fits, factor};
use crate::{Bound, Claim, Estimate, Range, Tag};

pub(super) fn claims(fits: &Fits<'_>) -> Vec<Claim> {
    [growths(fits), limits(fits)].concat()
}

/// The setting of a gain.
fn name(gain: f64) -> &'static str {
    let setting = gains().into_iter().find(|setting| setting.gain == gain);
    setting.map_or("", |setting| setting.name)
}

fn growths(fits: &Fits<'_>) -> Vec<Claim> {
    let as_measured = GROWTH.map(|(gain, theirs)| {
        let ours = factor(&fits.values(name(gain), growth), theirs);
        let what = format!(" (theirs: {theirs})");
        (name(gain), what, (Some(1.0), ours))
    });
    let unconverged = gains().into_iter().filter_map(|setting| {
        let name = setting.name;
        let (n, of) = (fits.unconverged(name), fits.of(name).len());
        (n > 0).then(|| format!("{name}: {n} of {of} runs did not converge (loss above {CONVERGED}) and enter no claim"))
    });
    let means = super::means(fits, growth);
    let seeds = means.iter().map(|point| point.1.n).min().unwrap_or(0);
    let line: Vec<(f64, f64)> = means.iter().map(|(x, y)| (*x, y.value)).collect();
    let falls = Tag::Found
        .claim(
            "growth-falls",
            "the larger the initial weights, the less representations move apart",
        )
        .by_value(
            "Spearman's rho(gain, geometric mean of final / initial ‖dh‖²)",
            Bound::Below(-0.9),
        )
        .parts([(
            format!("{} gains", line.len()),
            Some(-1.0),
            rank_correlation(&line, seeds),
        )]);
    vec![
        Tag::Measured
            .claim("growth-as-measured", "the squared distance of representations grows by factors of 1290, 114, 2.9, 0.92 and 0.43 at gains 0.9, 1.0, 1.2, 1.3 and 1.4")
            .by_value("factor between our final / initial ‖dh‖² and that of the authors' code at its seed 0; 1 where it lies between our seeds", Bound::AtMost(1.5))
            .of_cases(fits, as_measured)
            .with_notes(unconverged),
        note_absent(falls, &fits.absent(gains())),
    ]
}

fn limits(fits: &Fits<'_>) -> Vec<Claim> {
    let rich = [
        (0.9, Some(0.1058f64 / 0.110_05)),
        (1.0, Some(0.0949 / 0.0986)),
        (1.1, None),
    ]
    .map(|(gain, paper)| {
        let ours = fits.mean(name(gain), Range::Real, |fit| {
            growth(fit)?;
            Some(fit.h_end / fit.a_low? - 1.0)
        });
        let paper = paper.map(|ratio| (ratio - 1.0).abs());
        (name(gain), "", (paper, ours.map(size)))
    });
    let large = [
        (1.3, Some(1.0 / 0.92)),
        (1.4, Some(1.0 / 0.43)),
        (1.6, None),
    ];
    let large = large.map(|(gain, theirs)| (name(gain), theirs));
    let converged =
        |setting: &str| fits.of(setting).is_empty() || !fits.values(setting, growth).is_empty();
    let lazy = large.into_iter().filter(|(setting, _)| converged(setting));
    let lazy = lazy.map(|(setting, theirs)| {
        let log = fits.mean(setting, Range::Real, |fit| growth(fit).map(f64::ln));
        (setting, "", (theirs, log.map(size).map(Estimate::exp)))
    });
    let unconverged = large.into_iter().filter(|(setting, _)| !converged(setting));
    let unconverged = unconverged.map(|(setting, _)| {
        format!("{setting}: no run converged, so that its final distance is unknown")
    });
    let between = [
        (0.9, Some(8.2e-5 / 0.110)),
        (1.0, Some(8.3e-4 / 0.0986)),
        (1.1, None),
        (1.2, Some(0.0459 / 0.112)),
    ]
    .map(|(gain, paper)| {
        let ratio = fits.mean(name(gain), Range::NonNegative, |fit| {
            Some(fit.a_high? / fit.a_low?)
        });
        (name(gain), "", (paper, ratio))
    });
    vec![
        Tag::Found
            .claim("rich-at-small-gain", "at small gain the data set the final distance: it is the rich limit A_low")
            .by_interval("final ‖dh‖² over A_low, distance from 1", Bound::AtMost(0.1))
            .of_cases(fits, rich),
        Tag::Found
            .claim("lazy-at-large-gain", "at large gain the initial weights set the final distance: it is the lazy limit A_high, the initial distance")
            .by_interval("factor between final and initial ‖dh‖², mean over seeds of its logarithm", Bound::AtMost(1.25))
            .of_cases(fits, lazy)
            .note("the bound of 1.25 is ours. While the mean is fitted, representations move together, which the theory leaves out: of a larger initial distance more is lost")
            .with_notes(unconverged),
        Tag::Ours
            .claim("fits-are-rich", "wherever the theory has a fit, the sweep is on the rich side of where the limits cross")
            .by_interval("A_high / A_low", Bound::Below(1.0))
            .of_cases(fits, between)
            .note("so the lazy limit of the closed form is never tested by a fit in this sweep"),
    ]
}

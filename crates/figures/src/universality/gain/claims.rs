//! The claims of univ-gain.

use super::growth;
use crate::claims::measures::size;
use crate::universality::FitRow;
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

/// Final over initial distance at large gain.
const LARGE: [(&str, Option<f64>); 3] = [
    ("gain_1.3", Some(1.0 / 0.92)),
    ("gain_1.4", Some(1.0 / 0.43)),
    ("gain_1.6", None),
];

/// A_high over A_low.
const LIMITS: [(&str, Option<f64>); 4] = [
    ("gain_0.9", Some(8.2e-5 / 0.110)),
    ("default", Some(8.3e-4 / 0.0986)),
    ("gain_1.1", None),
    ("gain_1.2", Some(0.0459 / 0.112)),
];

fn limits(fits: &Fits<'_>) -> Vec<Claim> {
    // Final distance over A_low, distance from 1.
    let small = [
        ("gain_0.9", Some((0.1058f64 / 0.110_05 - 1.0).abs())),
        ("default", Some((0.0949f64 / 0.0986 - 1.0).abs())),
        ("gain_1.1", None),
    ];
    let converged =
        |setting: &str| fits.of(setting).is_empty() || !fits.values(setting, growth).is_empty();
    let (large, unconverged): (Vec<_>, Vec<_>) =
        LARGE.into_iter().partition(|row| converged(row.0));
    let unconverged = unconverged.into_iter().map(|(setting, _)| {
        format!("{setting}: no run converged, so that its final distance is unknown")
    });
    vec![
        Tag::Found
            .claim("rich-at-small-gain", "at small gain the data set the final distance: it is the rich limit A_low")
            .by_interval("final ‖dh‖² over A_low, distance from 1", Bound::AtMost(0.1))
            .beside(fits, small, |setting| {
                let over = |fit: &FitRow| growth(fit).and(Some(fit.h_end / fit.a_low? - 1.0));
                fits.mean(setting, Range::Real, over).map(size)
            }),
        Tag::Found
            .claim("lazy-at-large-gain", "at large gain the initial weights set the final distance: it is the lazy limit A_high, the initial distance")
            .by_interval("factor between final and initial ‖dh‖², mean over seeds of its logarithm", Bound::AtMost(1.25))
            .beside(fits, large, |setting| {
                let log = fits.mean(setting, Range::Real, |fit| growth(fit).map(f64::ln));
                log.map(size).map(Estimate::exp)
            })
            .note("While the mean is fitted, representations move together, which the theory leaves out: of a larger initial distance more is lost")
            .with_notes(unconverged),
        Tag::Ours
            .claim("fits-are-rich", "wherever the theory has a fit, the sweep is on the rich side of where the limits cross")
            .by_interval("A_high / A_low", Bound::Below(1.0))
            .beside(fits, LIMITS, |setting| {
                fits.mean(setting, Range::NonNegative, |fit| Some(fit.a_high? / fit.a_low?))
            })
            .note("so the lazy limit of the closed form is never tested by a fit in this sweep"),
    ]
}

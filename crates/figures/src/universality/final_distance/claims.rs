//! The claims of univ-final-distance.

use super::{exponent, points, power_of};
use crate::claims::measures::{pearson, size};
use crate::universality::FitRow;
use crate::universality::cases::{note_absent, rank_correlation};
use crate::universality::settings::{TwoPoints, find, gains};
use crate::universality::two_points::{CONVERGED, FITTED, Fits, REFUSED};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// Chains of layers whose initial distances are small beside the final ones.
const SMALL_INITIAL: [&str; 8] = [
    "default",
    "shallow",
    "narrow",
    "linear",
    "tanh",
    "relu",
    "gain_0.9",
    "two_layer",
];

const POWER: &str = "power of ‖dy*‖ with which the final ‖dh‖² grows";

pub(super) fn claims(fits: &Fits<'_>) -> Vec<Claim> {
    [closed_form(fits), powers(fits), gains_and_targets(fits)].concat()
}

/// A number made of all pairs of a setting together, with the jackknife's interval: as wide as Student's of its
/// pseudo-values, one a pair left out. No interval where it is not defined without some pair.
pub(in crate::universality) fn pooled(
    runs: &[&FitRow],
    range: Range,
    number: impl Fn(&[&FitRow]) -> Option<f64>,
) -> Option<Estimate> {
    let (value, n) = (number(runs)?, runs.len() as f64);
    let without = |left_out: usize| {
        let mut rest = runs.to_vec();
        rest.remove(left_out);
        Some(n * value - (n - 1.0) * number(&rest)?)
    };
    let pseudo: Option<Vec<f64>> = (0..runs.len()).map(without).collect();
    let spread = pseudo.and_then(|pseudo| Estimate::mean(&pseudo, Range::Real)?.interval());
    let mut estimate = Estimate::without_interval(value, runs.len());
    if let Some((low, high)) = spread {
        let (half, (min, max)) = ((high - low) / 2.0, range.bounds());
        estimate.low = Some((value - half).max(min));
        estimate.high = Some((value + half).min(max));
    }
    Some(estimate)
}

/// The pairs of a setting that came to rest.
pub(in crate::universality) fn at_rest<'a>(fits: &Fits<'a>, setting: &str) -> Vec<&'a FitRow> {
    let runs = fits.of(setting).iter().copied();
    runs.filter(|fit| fit.loss_end <= CONVERGED).collect()
}

/// Root mean square of the logarithms of measured over predicted distances.
pub(in crate::universality) fn off_diagonal(runs: &[&FitRow]) -> Option<f64> {
    let ratios = points(runs).into_iter();
    let logs = ratios.map(|(theory, measured)| (measured / theory).ln());
    let logs: Vec<f64> = logs.filter(|log| log.is_finite()).collect();
    crate::claims::rmse(&logs)
}

fn closed_form(fits: &Fits<'_>) -> Vec<Claim> {
    let r = |runs: &[&FitRow]| {
        let (x, y): (Vec<f64>, Vec<f64>) = points(runs).into_iter().unzip();
        pearson(&x, &y)
    };
    let dropped = fits.settings().into_iter().filter_map(|setting| {
        let (n, of) = (fits.unconverged(setting), fits.of(setting).len());
        (n > 0).then(|| format!("{setting}: {n} of {of} pairs did not converge (loss above {CONVERGED}) and are left out, as the authors do"))
    });
    vec![
        Tag::Found
            .claim("closed-form-correlates", "distances of inputs and targets and the initial distances give the final distance")
            .by_interval("Pearson's r of closed form and measured final ‖dh‖², over pairs", Bound::AtLeast(0.9))
            .of_settings(fits, FITTED, |setting| {
                let ours = pooled(&at_rest(fits, setting), Range::Correlation, r);
                ((setting == "shallow").then_some(0.964), ours)
            })
            .note("that points lie near the diagonal is FOUND; r of shallow is of one run of the authors' code")
            .with_notes(dropped),
        Tag::Found
            .claim("on-the-diagonal", "points lie on the diagonal, nothing being fitted to them")
            .by_interval("factor between measured and closed form, root mean square of logarithms over pairs with different targets", Bound::AtMost(1.25))
            .of_settings(fits, FITTED, |setting| {
                let mut apart = at_rest(fits, setting);
                apart.retain(|fit| fit.dy2 > 0.0);
                (None, pooled(&apart, Range::NonNegative, off_diagonal).map(Estimate::exp))
            })
            .note("intervals, here and below: jackknife over pairs, each a network with a seed of its own"),
    ]
}

/// The power of the distance of targets, with its interval.
fn power(fits: &Fits<'_>, setting: &str) -> Option<Estimate> {
    pooled(&at_rest(fits, setting), Range::Real, exponent)
}

/// 2 l / D with l weight matrices below the layer, of D in total.
fn balanced(setting: &TwoPoints) -> f64 {
    2.0 * f64::from(setting.layer + 1) / f64::from(setting.depth + 1)
}

fn powers(fits: &Fits<'_>) -> Vec<Claim> {
    vec![
        Tag::Derived
            .claim("power-of-depth", "the final distance grows with that power of the distance of targets which a balanced linear network has, and which depends on where the layer is")
            .by_interval(format!("{POWER}, less 2 l/D: size"), Bound::AtMost(0.15))
            .of_settings(fits, SMALL_INITIAL, |setting| {
                let balanced = find(setting).map_or(1.0, balanced);
                let off = power(fits, setting).map(|power| power.less(balanced));
                ((setting == "shallow").then_some(0.03), off.map(size))
            })
            .note("l: weight matrices below the layer, D: all of them. The closed form's rich limit has power 1, which is 2 l/D of a middle layer only: the fitted ratio depends on the scale of the data elsewhere"),
        Tag::Measured
            .claim("shallow-power", "in the shallow network the final distance is not in proportion to the distance of targets: the power is 4/3")
            .by_interval(POWER, Bound::Above(1.15))
            .of_settings(fits, ["shallow"], |setting| (Some(4.0 / 3.0), power(fits, setting))),
    ]
}

fn gains_and_targets(fits: &Fits<'_>) -> Vec<Claim> {
    let powers = gains().into_iter();
    let powers = powers.filter_map(|row| Some((row.gain, exponent(fits.of(row.name))?)));
    let powers: Vec<(f64, f64)> = powers.collect();
    let sweep = Tag::Found
        .claim(
            "targets-matter-less",
            "with larger initial weights the targets matter less and less",
        )
        .by_value(format!("Spearman's rho(gain, {POWER})"), Bound::Below(-0.8))
        .parts([("gain sweep", rank_correlation(&powers, powers.len()))]);
    vec![
        note_absent(sweep, &fits.absent(gains())),
        Tag::Found
            .claim(
                "lazy-at-large-gain",
                "at large gain the initial weights set the distance and the targets hardly matter",
            )
            .by_interval("power of ‖dy*‖ with which final over initial ‖dh‖² grows", Bound::Below(0.5))
            .of_settings(fits, REFUSED, |setting| {
                let power = |runs: &[&FitRow]| power_of(runs, |fit| fit.h_end / fit.h0);
                (Some(0.0), pooled(&at_rest(fits, setting), Range::Real, power))
            })
            .note("0 is the lazy limit; dividing by each network's own initial distance takes out that networks start differently"),
        Tag::Derived
            .claim(
                "lazy-limit",
                "where the theory has no fit its lazy limit holds: the final distance is the initial one",
            )
            .by_interval("factor between final and initial ‖dh‖², root mean square of logarithms over pairs with different targets", Bound::AtMost(1.25))
            .of_settings(fits, REFUSED, |setting| {
                let mut apart = at_rest(fits, setting);
                apart.retain(|fit| fit.dy2 > 0.0 && !fit.fit_ok);
                (None, pooled(&apart, Range::NonNegative, off_diagonal).map(Estimate::exp))
            })
            .note("the bound is that of the diagonal; the theory takes the mean prediction apart, and while networks of large gain fit it, their representations move together"),
    ]
}

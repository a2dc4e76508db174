//! The claims of univ-final-distance.

use super::{exponent, points};
use crate::claims::measures::pearson;
use crate::universality::FitRow;
use crate::universality::settings::{TWO_POINTS, TwoPoints, find};
use crate::universality::two_points::{CONVERGED, Cases, FITTED, Fits, REFUSED};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag, spearman};

pub(super) fn claims(fits: &Fits<'_>) -> Vec<Claim> {
    vec![
        correlated(fits),
        on_the_diagonal(fits),
        exponents(fits),
        shallow_is_not_the_product(fits),
        gain_sweep(fits),
        lazy(fits),
    ]
}

/// A number made of all pairs of a setting together, with the jackknife's interval: as wide as Student's of its
/// pseudo-values, one a pair left out. No interval where it is not defined without some pair.
fn pooled(
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
fn at_rest<'a>(fits: &Fits<'a>, setting: &str) -> Vec<&'a FitRow> {
    let runs = fits.of(setting).iter().copied();
    runs.filter(|fit| fit.loss_end <= CONVERGED).collect()
}

fn correlated(fits: &Fits<'_>) -> Claim {
    let quantity = "Pearson's r of closed form and measured final ‖dh‖², over pairs";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtLeast(0.9)));
    for setting in FITTED {
        let ours = pooled(&at_rest(fits, setting), Range::Correlation, |runs| {
            let (x, y): (Vec<f64>, Vec<f64>) = points(runs).into_iter().unzip();
            pearson(&x, &y)
        });
        let paper = (setting == "shallow").then_some(0.964);
        cases.add(fits, setting, "", paper, ours);
    }
    let statement =
        "distances of inputs and targets and the initial distances give the final distance";
    let claim = cases
        .claim("closed-form-correlates", Tag::Found, statement)
        .note("that points lie near the diagonal is FOUND; the bound is ours; r of shallow is of one run of the authors' code");
    let dropped = fits.settings().into_iter().filter_map(|setting| {
        let runs = fits.of(setting);
        let n = runs.iter().filter(|fit| fit.loss_end > CONVERGED).count();
        (n > 0).then(|| format!("{setting}: {n} of {} pairs did not converge (loss above {CONVERGED}) and are left out, as the authors do", runs.len()))
    });
    dropped.fold(claim, Claim::note)
}

fn on_the_diagonal(fits: &Fits<'_>) -> Claim {
    let quantity = "factor between measured and closed form, root mean square of logarithms over pairs with different targets";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(1.25)));
    for setting in FITTED {
        let mut apart = at_rest(fits, setting);
        apart.retain(|fit| fit.dy2 > 0.0);
        let size = pooled(&apart, Range::NonNegative, |runs| {
            let logs = points(runs)
                .into_iter()
                .map(|(theory, measured)| (measured / theory).ln());
            let logs: Vec<f64> = logs.filter(|log| log.is_finite()).collect();
            crate::claims::rmse(&logs)
        });
        let factor = size.map(Estimate::exp);
        cases.add(fits, setting, "", None, factor);
    }
    let statement = "points lie on the diagonal, nothing being fitted to them";
    cases
        .claim("on-the-diagonal", Tag::Found, statement)
        .note("the bound of 1.25 is ours; intervals, here and below: jackknife over pairs, each a network with a seed of its own")
}

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

/// The power of the distance of targets, with its interval.
fn power(fits: &Fits<'_>, setting: &str) -> Option<Estimate> {
    pooled(&at_rest(fits, setting), Range::Real, exponent)
}

/// How far a number is from another one; its interval holds 0 if the number's holds the other.
fn size(number: Estimate, from: f64) -> Estimate {
    let ends = number
        .interval()
        .map(|(low, high)| [low - from, high - from]);
    let low = ends.map(|[low, high]| {
        if low <= 0.0 && high >= 0.0 {
            0.0
        } else {
            low.abs().min(high.abs())
        }
    });
    Estimate {
        value: (number.value - from).abs(),
        low,
        high: ends.map(|[low, high]| low.abs().max(high.abs())),
        n: number.n,
    }
}

/// 2 l / D with l weight matrices below the layer, of D in total.
fn balanced(setting: &TwoPoints) -> f64 {
    2.0 * f64::from(setting.layer + 1) / f64::from(setting.depth + 1)
}

fn exponents(fits: &Fits<'_>) -> Claim {
    let quantity = "power of ‖dy*‖ with which the final ‖dh‖² grows, less 2 l/D: size";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.15)));
    for setting in SMALL_INITIAL.into_iter().filter_map(find) {
        let ours = power(fits, setting.name).map(|power| size(power, balanced(setting)));
        let paper = (setting.name == "shallow").then_some(0.03);
        cases.add(fits, setting.name, "", paper, ours);
    }
    let statement = "it grows with the power that a balanced linear network has, which depends on where the layer is";
    cases
        .claim("power-of-depth", Tag::Derived, statement)
        .note("l: weight matrices below the layer, D: all of them. The closed form's rich limit has power 1, which is 2 l/D of a middle layer only: the fitted ratio depends on the scale of the data elsewhere")
}

fn shallow_is_not_the_product(fits: &Fits<'_>) -> Claim {
    let quantity = "power of ‖dy*‖ with which the final ‖dh‖² grows";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::Above(1.15)));
    cases.add(fits, "shallow", "", Some(4.0 / 3.0), power(fits, "shallow"));
    let statement = "in the shallow network the law of products fails: the power is 4/3 and not 1";
    cases.claim("shallow-power", Tag::Measured, statement)
}

/// The settings that differ in nothing but their gain.
fn gains() -> impl Iterator<Item = &'static TwoPoints> {
    let mut gains: Vec<&TwoPoints> = TWO_POINTS
        .iter()
        .filter(|setting| setting.name == "default" || setting.name.starts_with("gain_"))
        .collect();
    gains.sort_by(|a, b| a.gain.total_cmp(&b.gain));
    gains.into_iter()
}

fn gain_sweep(fits: &Fits<'_>) -> Claim {
    let quantity = "Spearman's rho(gain, power of ‖dy*‖ with which the final ‖dh‖² grows)";
    let criterion = Criterion::by_value(quantity, Bound::Below(-0.8));
    let powers =
        gains().filter_map(|setting| Some((setting.gain, exponent(fits.of(setting.name))?)));
    let (gain, power): (Vec<f64>, Vec<f64>) = powers.unzip();
    let rho = (gain.len() >= 3).then(|| spearman(&gain, &power)).flatten();
    let ours = rho.map(|rho| Estimate::without_interval(rho, gain.len()));
    let parts = vec![criterion.part("gain sweep", None, ours)];
    let statement = "with larger initial weights the targets matter less and less";
    let absent: Vec<&str> = gains()
        .map(|s| s.name)
        .filter(|name| fits.of(name).is_empty())
        .collect();
    let claim = Claim::new(
        "targets-matter-less",
        Tag::Found,
        statement,
        criterion,
        parts,
    );
    if absent.is_empty() {
        claim
    } else {
        claim.note(format!("not measured in this run: {}", absent.join(", ")))
    }
}

fn lazy(fits: &Fits<'_>) -> Claim {
    let quantity = "power of ‖dy*‖ with which the final ‖dh‖² grows";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::Below(0.5)));
    for setting in REFUSED {
        cases.add(fits, setting, "", Some(0.0), power(fits, setting));
    }
    let statement =
        "at large gain the initial weights set the distance and the targets hardly matter";
    cases
        .claim("lazy-at-large-gain", Tag::Found, statement)
        .note("0 is the lazy limit, 1 the rich one")
}

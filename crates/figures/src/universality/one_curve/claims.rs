//! The claims of univ-universality.

use super::rescaled::{Rescaled, between, rescaled, residual};
use crate::claims::measures::size;
use crate::universality::PairData;
use crate::universality::two_points::{Cases, FITTED, Fits, crossing};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

pub(super) fn claims(data: &PairData) -> Vec<Claim> {
    let (runs, fits) = (&rescaled(data), &Fits::new(&data.tables.fits));
    vec![
        collapse(runs, fits),
        rise_time(runs, fits),
        faster(runs, fits),
        lead(runs, fits),
        theory_has_the_limit(runs, fits),
    ]
}

/// The mean over seeds of a number of each run of a setting.
pub(super) fn mean(
    runs: &[Rescaled<'_>],
    setting: &str,
    range: Range,
    number: impl Fn(&Rescaled<'_>) -> Option<f64>,
) -> Option<Estimate> {
    let of_setting = runs.iter().filter(|run| run.setting == setting);
    let numbers: Vec<f64> = of_setting.filter_map(number).collect();
    Estimate::mean(&numbers, range)
}

fn collapse(runs: &[Rescaled<'_>], fits: &Fits<'_>) -> Claim {
    let quantity = "RMS distance of the rescaled network from the theory's limiting curves, all three scalars, over 12 units of scaled time";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.1)));
    for setting in FITTED {
        let ours = mean(runs, setting, Range::NonNegative, |run| {
            residual(&run.network)
        });
        cases.add(fits, setting, "", None, ours);
    }
    let statement =
        "all architectures collapse onto one curve when rescaled by their two constants";
    cases
        .claim("collapse", Tag::Ours, statement)
        .note("each scalar runs over a range of 1; the bound of 0.1 is ours. The constants were fitted to the same run, so that this tests the shape and not a prediction")
}

/// Scaled time in which y goes from a tenth to nine tenths of its target, in the limit.
const RISE: f64 = 3.688_1;

fn rise_time(runs: &[Rescaled<'_>], fits: &Fits<'_>) -> Claim {
    let quantity = "scaled time in which ‖dy‖² goes from 0.1 to 0.9 of its target over 3.69, its value in the limit: distance from 1";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.25)));
    let rise = |run: &Rescaled<'_>| between(&run.network[1], 0.1, 0.9);
    for setting in FITTED {
        let ours = mean(runs, setting, Range::Real, |run| {
            Some(rise(run)? / RISE - 1.0)
        });
        cases.add(fits, setting, "", None, ours.map(size));
    }
    let epochs: Vec<f64> = FITTED
        .iter()
        .filter_map(|setting| {
            mean(runs, setting, Range::NonNegative, |run| {
                Some(rise(run)? / run.rate)
            })
        })
        .map(|estimate| estimate.value)
        .collect();
    let (least, most) = epochs
        .iter()
        .fold((f64::INFINITY, 0.0f64), |(a, b), &v| (a.min(v), b.max(v)));
    let statement = "the output rises in the same scaled time everywhere";
    let claim = cases.claim("rise-time", Tag::Derived, statement);
    if epochs.is_empty() {
        return claim;
    }
    claim.note(format!(
        "in epochs it takes {least:.0} to {most:.0}: the settings differ by a factor of {:.1}",
        most / least
    ))
}

fn faster(runs: &[Rescaled<'_>], fits: &Fits<'_>) -> Claim {
    let quantity = "time in which ‖dy‖² goes from 0.1 to 0.9 of its target, network over its own fitted theory";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::Below(1.0)));
    for setting in FITTED {
        let ours = mean(runs, setting, Range::NonNegative, |run| {
            Some(between(&run.network[1], 0.1, 0.9)? / between(&run.theory[1], 0.1, 0.9)?)
        });
        cases.add(fits, setting, "", None, ours);
    }
    let statement = "networks rise faster than the theory fitted to them";
    cases
        .claim("faster-than-theory", Tag::Ours, statement)
        .note("a criticism: the constants minimise the squared error of the whole run; where this holds, they have onset and end right at the price of a rise that is too slow")
}

fn lead(runs: &[Rescaled<'_>], fits: &Fits<'_>) -> Claim {
    let quantity = "scaled time from half of ‖dh‖² to half of ‖dy‖², less arsinh 1 = 0.88, its value in the limit: size";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.3)));
    for setting in FITTED {
        let ours = mean(runs, setting, Range::Real, |run| {
            // y is half its target at 0.
            let end = run.network[0].last()?.1;
            Some(-crossing(&run.network[0], 0.5 * end)? - 1f64.asinh())
        });
        cases.add(fits, setting, "", None, ours.map(size));
    }
    let statement = "the representation leads the output by the same scaled time everywhere";
    cases.claim("lead", Tag::Derived, statement).note(
        "the value is that of small initial distances; dropout starts at half its final distance",
    )
}

fn theory_has_the_limit(runs: &[Rescaled<'_>], fits: &Fits<'_>) -> Claim {
    let quantity = "RMS distance of the rescaled fitted theory from its limiting curves";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.1)));
    for setting in FITTED {
        let ours = mean(runs, setting, Range::NonNegative, |run| {
            residual(&run.theory)
        });
        cases.add(fits, setting, "", None, ours);
    }
    let statement = "the fitted theory itself is near its limit of small initial distances";
    cases
        .claim("theory-near-limit", Tag::Ours, statement)
        .note("where it is not, the network cannot be either: its initial distance is not small")
}

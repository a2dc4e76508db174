//! The claims of univ-universality.

use super::rescaled::{Rescaled, Runs};
use crate::claims::Judged;
use crate::claims::measures::size;
use crate::universality::two_points::{FITTED, crossing};
use crate::{Bound, Claim, Range, Tag};

pub(super) fn claims(runs: &Runs<'_>) -> Vec<Claim> {
    vec![
        collapse(runs),
        rise_time(runs),
        faster(runs),
        lead(runs),
        theory_has_the_limit(runs),
    ]
}

/// A claim on a number of every run that is 0 or more.
fn of_runs(runs: &Runs<'_>, claim: Judged, number: fn(&Rescaled<'_>) -> Option<f64>) -> Claim {
    claim.of_settings(&runs.fits, FITTED, |setting| {
        (None, runs.mean(setting, Range::NonNegative, number))
    })
}

/// A claim on the size of a number of every run.
fn of_sizes(runs: &Runs<'_>, claim: Judged, number: fn(&Rescaled<'_>) -> Option<f64>) -> Claim {
    claim.of_settings(&runs.fits, FITTED, |setting| {
        (None, runs.mean(setting, Range::Real, number).map(size))
    })
}

fn collapse(runs: &Runs<'_>) -> Claim {
    let claim = Tag::Ours
        .claim(
            "collapse",
            "all architectures collapse onto one curve when rescaled by their two constants",
        )
        .by_interval(
            "RMS distance of the rescaled network from the theory's limiting curves, all three scalars, over 12 units of scaled time",
            Bound::AtMost(0.1),
        );
    of_runs(runs, claim, |run| run.network.residual())
        .note("each scalar runs over a range of 1; the bound of 0.1 is ours. The constants were fitted to the same run, so that this tests the shape and not a prediction")
}

/// Scaled time in which y goes from a tenth to nine tenths of its target, in the limit.
const RISE: f64 = 3.688_1;

fn rise_time(runs: &Runs<'_>) -> Claim {
    let claim = Tag::Derived
        .claim("rise-time", "the output rises in the same scaled time everywhere")
        .by_interval(
            "scaled time in which ‖dy‖² goes from 0.1 to 0.9 of its target over 3.69, its value in the limit: distance from 1",
            Bound::AtMost(0.25),
        );
    let claim = of_sizes(runs, claim, |run| Some(run.network.rise()? / RISE - 1.0));
    let epochs = FITTED.iter().filter_map(|setting| {
        let rise = |run: &Rescaled<'_>| Some(run.network.rise()? / run.rate);
        Some(runs.mean(setting, Range::NonNegative, rise)?.value)
    });
    let ends = epochs.map(|rise| (rise, rise));
    let ends = ends.reduce(|(a, b), (rise, _)| (a.min(rise), b.max(rise)));
    ends.into_iter().fold(claim, |claim, (least, most)| {
        claim.note(format!(
            "in epochs it takes {least:.0} to {most:.0}: the settings differ by a factor of {:.1}",
            most / least
        ))
    })
}

fn faster(runs: &Runs<'_>) -> Claim {
    let claim = Tag::Ours
        .claim("faster-than-theory", "networks rise faster than the theory fitted to them")
        .by_interval(
            "time in which ‖dy‖² goes from 0.1 to 0.9 of its target, network over its own fitted theory",
            Bound::Below(1.0),
        );
    of_runs(runs, claim, |run| Some(run.network.rise()? / run.theory.rise()?))
        .note("a criticism: the constants minimise the squared error of the whole run; where this holds, they have onset and end right at the price of a rise that is too slow")
}

fn lead(runs: &Runs<'_>) -> Claim {
    let claim = Tag::Derived
        .claim("lead", "the representation leads the output by the same scaled time everywhere")
        .by_interval(
            "scaled time from half of ‖dh‖² to half of ‖dy‖², less arsinh 1 = 0.88, its value in the limit: size",
            Bound::AtMost(0.3),
        );
    of_sizes(runs, claim, |run| {
        // y is half its target at 0.
        let [h, ..] = &run.network.0;
        Some(-crossing(h, 0.5 * h.last()?.1)? - 1f64.asinh())
    })
    .note("the value is that of small initial distances; dropout starts at half its final distance")
}

fn theory_has_the_limit(runs: &Runs<'_>) -> Claim {
    let claim = Tag::Ours
        .claim(
            "theory-near-limit",
            "the fitted theory itself is near its limit of small initial distances",
        )
        .by_interval(
            "RMS distance of the rescaled fitted theory from its limiting curves",
            Bound::AtMost(0.1),
        );
    of_runs(runs, claim, |run| run.theory.residual())
        .note("where it is not, the network cannot be either: its initial distance is not small")
}

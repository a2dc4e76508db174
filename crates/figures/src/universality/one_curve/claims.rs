//! The claims of univ-universality.

use super::rescaled::{Rescaled, Runs};
use crate::claims::Judged;
use crate::claims::measures::size;
use crate::universality::two_points::{FITTED, crossing};
use crate::{Bound, Claim, Estimate, Range, Tag};

impl Judged {
    /// The claim on a number of every run.
    fn of_runs(
        self,
        runs: &Runs<'_>,
        number: impl Fn(&Rescaled<'_>) -> Option<f64>,
        (range, shown): (Range, fn(Estimate) -> Estimate),
    ) -> Claim {
        self.of_settings(&runs.fits, FITTED, |setting| {
            (None, runs.mean(setting, range, &number).map(shown))
        })
    }
}

/// Of numbers that are 0 or more.
const POSITIVE: (Range, fn(Estimate) -> Estimate) = (Range::NonNegative, |mean| mean);
/// Of the sizes of numbers.
const SIZE: (Range, fn(Estimate) -> Estimate) = (Range::Real, size);

/// Scaled time in which y goes from a tenth to nine tenths of its target, in the limit.
const RISE: f64 = 3.688_1;

pub(super) fn claims(runs: &Runs<'_>) -> Vec<Claim> {
    let lead = |run: &Rescaled<'_>| {
        // y is half its target at 0.
        let [h, ..] = &run.network.0;
        Some(-crossing(h, 0.5 * h.last()?.1)? - 1f64.asinh())
    };
    vec![
        Tag::Ours
            .claim("collapse", "all architectures collapse onto one curve when rescaled by their two constants")
            .by_interval("RMS distance of the rescaled network from the theory's limiting curves, all three scalars, over 12 units of scaled time", Bound::AtMost(0.1))
            .of_runs(runs, |run| run.network.residual(), POSITIVE)
            .note("each scalar runs over a range of 1. The constants were fitted to the same run, so that this tests the shape and not a prediction"),
        Tag::Derived
            .claim("rise-time", "the output rises in the same scaled time everywhere")
            .by_interval("scaled time in which ‖dy‖² goes from 0.1 to 0.9 of its target over 3.69, its value in the limit: distance from 1", Bound::AtMost(0.25))
            .of_runs(runs, |run| Some(run.network.rise()? / RISE - 1.0), SIZE)
            .with_notes(rises_in_epochs(runs)),
        Tag::Ours
            .claim("faster-than-theory", "networks rise faster than the theory fitted to them")
            .by_interval("time in which ‖dy‖² goes from 0.1 to 0.9 of its target, network over its own fitted theory", Bound::Below(1.0))
            .of_runs(runs, |run| Some(run.network.rise()? / run.theory.rise()?), POSITIVE)
            .note("a criticism: the constants minimise the squared error of the whole run; where this holds, they have onset and end right at the price of a rise that is too slow"),
        Tag::Derived
            .claim("lead", "the representation leads the output by the same scaled time everywhere")
            .by_interval("scaled time from half of ‖dh‖² to half of ‖dy‖², less arsinh 1 = 0.88, its value in the limit: size", Bound::AtMost(0.3))
            .of_runs(runs, lead, SIZE)
            .note("the value is that of small initial distances; dropout starts at half its final distance"),
        Tag::Ours
            .claim("theory-near-limit", "the fitted theory itself is near its limit of small initial distances")
            .by_interval("RMS distance of the rescaled fitted theory from its limiting curves", Bound::AtMost(0.1))
            .of_runs(runs, |run| run.theory.residual(), POSITIVE)
            .note("where it is not, the network cannot be either: its initial distance is not small"),
    ]
}

/// How far the settings' rises differ in epochs.
fn rises_in_epochs(runs: &Runs<'_>) -> Option<String> {
    let rise = |run: &Rescaled<'_>| Some(run.network.rise()? / run.rate);
    let epochs = FITTED
        .iter()
        .filter_map(|name| runs.mean(name, Range::NonNegative, rise));
    let epochs: Vec<f64> = epochs.map(|rise| rise.value).collect();
    let least = epochs.iter().copied().reduce(f64::min)?;
    let most = epochs.iter().copied().reduce(f64::max)?;
    Some(format!(
        "in epochs it takes {least:.0} to {most:.0}: the settings differ by a factor of {:.1}",
        most / least
    ))
}

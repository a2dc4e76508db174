//! The claims of univ-loss.

use super::plateau;
use crate::claims::measures::size;
use crate::universality::two_points::{FITTED, over_courses};
use crate::universality::{CheckedTables, FitRow, TrajectoryPoint};
use crate::{Bound, Claim, Range, Tag};

const SHARE: &str =
    "share of the time until ‖dy‖² is half its target that the loss is within a tenth of dy²/8";

/// The root mean square error of the theory's loss.
pub(super) fn rms_error(fit: &FitRow) -> Option<f64> {
    Some((fit.loss_sse? / fit.epochs as f64).sqrt())
}

pub(super) fn claims(data: &CheckedTables) -> Vec<Claim> {
    let (fits, points) = (data.fits(), &data.tables.trajectories);
    let off = |course: &[&TrajectoryPoint]| {
        Some(8.0 * plateau::level(course)? / course.first()?.dy2 - 1.0)
    };
    let share = |setting: &str| over_courses(points, setting, Range::Share, plateau::share);
    vec![
        Tag::Found
            .claim("plateau", "the loss has a plateau at dy²/8 = 0.0625, with the mean fitted and the difference not")
            .by_interval("level around which the loss stays longest, over dy²/8, distance from 1", Bound::AtMost(0.15))
            .of_settings(&fits, FITTED, |setting| {
                let off = over_courses(points, setting, Range::Real, off);
                (Some(0.0), off.map(size))
            })
            .note("plateaus lie a little below dy²/8, because the difference shrinks meanwhile"),
        Tag::Found
            .claim("two-stages", "the loss falls in two stages with a plateau between them")
            .by_interval(SHARE, Bound::AtLeast(0.1))
            .of_settings(&fits, FITTED, |setting| (None, share(setting))),
        Tag::Found
            .claim("theory-fits-loss", "with one more constant, the rate of the mean, the theory gives the loss")
            .by_interval("RMS error of the theory's loss over dy²/8", Bound::AtMost(0.2))
            .of_settings(&fits, FITTED, |setting| {
                let paper = (setting == "default").then(|| (0.0143f64 / 6000.0).sqrt() / 0.0625);
                let ours = |fit: &FitRow| Some(rms_error(fit)? / (fit.dy2 / 8.0));
                (paper, fits.mean(setting, Range::NonNegative, ours))
            })
            .note("the error of the default network is that of the authors' notebook"),
        Tag::Measured
            .claim("adam-no-plateau", "Adam separates the points before it has fitted the mean: its loss has no such plateau")
            .by_interval(SHARE, Bound::AtMost(0.05))
            .of_settings(&fits, ["adam"], |setting| (Some(0.0), share(setting)))
            .note("the theory's loss, with the mean fitted first, does not describe Adam; the authors' repository has a line of settings for it and no code"),
    ]
}

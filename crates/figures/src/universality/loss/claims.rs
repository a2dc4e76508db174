//! The claims of univ-loss.

use super::plateau;
use crate::claims::measures::size;
use crate::universality::two_points::{FITTED, Fits, over_courses};
use crate::universality::{FitRow, TrajectoryPoint};
use crate::{Bound, Claim, Range, Tag};

pub(super) fn claims(fits: &Fits<'_>, points: &[TrajectoryPoint]) -> Vec<Claim> {
    vec![
        level(fits, points),
        two_stages(fits, points),
        theory_fits(fits),
        adam(fits, points),
    ]
}

fn level(fits: &Fits<'_>, points: &[TrajectoryPoint]) -> Claim {
    let off = |course: &[&TrajectoryPoint]| {
        Some(8.0 * plateau::level(course)? / course.first()?.dy2 - 1.0)
    };
    Tag::Found
        .claim("plateau", "the loss rests at dy²/8: 0.0625, with the mean fitted and the difference not")
        .by_interval("level at which the loss rests longest over dy²/8, distance from 1", Bound::AtMost(0.15))
        .of_settings(fits, FITTED, |setting| {
            let off = over_courses(points, setting, Range::Real, off);
            (Some(0.0), off.map(size))
        })
        .note("the bound of 0.15 is ours; the rest lies below dy²/8, because the difference shrinks while the loss rests")
}

const SHARE: &str =
    "share of the time until ‖dy‖² is half its target that the loss is within a tenth of dy²/8";

fn two_stages(fits: &Fits<'_>, points: &[TrajectoryPoint]) -> Claim {
    Tag::Found
        .claim(
            "two-stages",
            "the loss falls in two stages with a rest between them",
        )
        .by_interval(SHARE, Bound::AtLeast(0.1))
        .of_settings(fits, FITTED, |setting| {
            (
                None,
                over_courses(points, setting, Range::Share, plateau::share),
            )
        })
        .note("the bound of 0.1 is ours")
}

/// The root mean square error of the theory's loss.
pub(super) fn rms_error(fit: &FitRow) -> Option<f64> {
    Some((fit.loss_sse? / fit.epochs as f64).sqrt())
}

fn theory_fits(fits: &Fits<'_>) -> Claim {
    Tag::Found
        .claim("theory-fits-loss", "one more constant, the rate of the mean, gives the loss")
        .by_interval("RMS error of the theory's loss over dy²/8", Bound::AtMost(0.2))
        .of_settings(fits, FITTED, |setting| {
            let paper = (setting == "default").then(|| (0.0143f64 / 6000.0).sqrt() / 0.0625);
            let ours = |fit: &FitRow| Some(rms_error(fit)? / (fit.dy2 / 8.0));
            (paper, fits.mean(setting, Range::NonNegative, ours))
        })
        .note("the bound of 0.2 is ours; the error of the default network is that of the authors' notebook")
}

fn adam(fits: &Fits<'_>, points: &[TrajectoryPoint]) -> Claim {
    Tag::Measured
        .claim(
            "adam-no-plateau",
            "Adam separates the points while the mean is still unfitted: its loss has no such rest",
        )
        .by_interval(SHARE, Bound::AtMost(0.05))
        .of_settings(fits, ["adam"], |setting| {
            (Some(0.0), over_courses(points, setting, Range::Share, plateau::share))
        })
        .note("the theory's loss, mean first, does not describe Adam; its setting has no code in the authors' repository")
}

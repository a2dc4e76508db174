//! The claims of univ-loss.

use super::plateau;
use crate::claims::measures::size;
use crate::universality::PairData;
use crate::universality::two_points::{Cases, FITTED, Fits, over_courses};
use crate::{Bound, Claim, Criterion, Range, Tag};

pub(super) fn claims(data: &PairData) -> Vec<Claim> {
    let fits = &Fits::new(&data.tables.fits);
    vec![
        level(data, fits),
        two_stages(data, fits),
        theory_fits(fits),
        adam(data, fits),
    ]
}

fn level(data: &PairData, fits: &Fits<'_>) -> Claim {
    let quantity = "level at which the loss rests longest over dy²/8, distance from 1";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.15)));
    for setting in FITTED {
        let ours = over_courses(&data.tables.moments, setting, Range::Real, |course| {
            Some(8.0 * plateau::level(course)? / course.first()?.dy2 - 1.0)
        });
        cases.add(fits, setting, "", Some(0.0), ours.map(size));
    }
    let statement = "the loss rests at dy²/8: 0.0625, with the mean fitted and the difference not";
    cases
        .claim("plateau", Tag::Found, statement)
        .note("the bound of 0.15 is ours; the rest lies below dy²/8, because the difference shrinks while the loss rests")
}

fn two_stages(data: &PairData, fits: &Fits<'_>) -> Claim {
    let quantity =
        "share of the time until ‖dy‖² is half its target that the loss is within a tenth of dy²/8";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtLeast(0.1)));
    for setting in FITTED {
        let ours = over_courses(&data.tables.moments, setting, Range::Share, plateau::share);
        cases.add(fits, setting, "", None, ours);
    }
    let statement = "the loss falls in two stages with a rest between them";
    cases
        .claim("two-stages", Tag::Found, statement)
        .note("the bound of 0.1 is ours")
}

fn theory_fits(fits: &Fits<'_>) -> Claim {
    let quantity = "RMS error of the theory's loss over dy²/8";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.2)));
    for setting in FITTED {
        let ours = fits.mean(setting, Range::NonNegative, |fit| {
            Some((fit.loss_sse? / fit.epochs as f64).sqrt() / (fit.dy2 / 8.0))
        });
        let paper = (setting == "default").then(|| (0.0143f64 / 6000.0).sqrt() / 0.0625);
        cases.add(fits, setting, "", paper, ours);
    }
    let statement = "one more constant, the rate of the mean, gives the loss";
    cases
        .claim("theory-fits-loss", Tag::Found, statement)
        .note("the bound of 0.2 is ours; the error of the default network is that of the authors' notebook")
}

fn adam(data: &PairData, fits: &Fits<'_>) -> Claim {
    let quantity =
        "share of the time until ‖dy‖² is half its target that the loss is within a tenth of dy²/8";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.05)));
    let ours = over_courses(&data.tables.moments, "adam", Range::Share, plateau::share);
    cases.add(fits, "adam", "", Some(0.0), ours);
    let statement =
        "Adam separates the points while the mean is still unfitted: its loss has no such rest";
    cases
        .claim("adam-no-plateau", Tag::Measured, statement)
        .note("the theory's loss, mean first, does not describe Adam; its setting has no code in the authors' repository")
}

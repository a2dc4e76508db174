//! The claims of univ-alternative.

use super::{DYNAMICS, ratios};
use crate::universality::FitRow;
use crate::universality::authors::{ALTERED, Search};
use crate::universality::two_points::factor;
use crate::{Bound, Claim, Estimate, Tag};

const QUANTITY: &str = "squared error of the fit over that of the original dynamics, same seed";

/// What the constants nearly make up for.
const ABSORBED: &str = "representation_doubled";

/// A case of a claim: the alteration in words, the authors' number, ours.
type Case = (&'static str, Option<f64>, Option<Estimate>);

pub(super) fn claims(fits: &[FitRow]) -> Vec<Claim> {
    let over = |ratios: &[f64], theirs: f64| {
        let over: Vec<f64> = ratios.iter().map(|ratio| ratio / theirs).collect();
        Estimate::geometric(&over)
    };
    vec![
        Tag::Inferred
            .claim("altered-fit-worse", "every altered dynamics fits worse than the original")
            .by_interval(QUANTITY, Bound::Above(1.0))
            .parts(cases(fits, |_| true))
            .note("the paper's text is not known: that this is the point of its panels is INFERRED"),
        Tag::Measured
            .claim("three-clearly-worse", "three of the four alterations fit more than twice as badly")
            .by_interval(QUANTITY, Bound::Above(2.0))
            .parts(cases(fits, |name| name != ABSORBED)),
        Tag::Measured
            .claim("doubled-h-absorbed", "doubling h′ is nearly absorbed by the two constants: the fit does not reject it strongly")
            .by_interval(QUANTITY, Bound::Below(2.0))
            .parts(cases(fits, |name| name == ABSORBED))
            .note("h′ enters every equation through eta_h alone but for one term: half the rate undoes most of the doubling"),
        Tag::Measured
            .claim("altered-as-measured", "where the authors' code finds the best constants, our errors are its errors")
            .by_value("factor between our ratio of errors and that of the authors' code at its seed 0; 1 where it lies between our seeds", Bound::AtMost(2.0))
            .parts(searched(fits, Search::Finished, factor)),
        Tag::Measured
            .claim("below-their-bounds", "where the authors' search for constants may have stopped early, our errors are no larger")
            .by_interval("our ratio of errors over the authors' code's", Bound::AtMost(1.25))
            .parts(searched(fits, Search::Stopped, over))
            .note("their errors are upper bounds here, from a coarse grid of guesses. Far below 1, the alteration fits better than they found"),
    ]
}

/// The ratios of these alterations, beside the authors'.
fn cases(fits: &[FitRow], which: fn(&str) -> bool) -> impl Iterator<Item = Case> {
    let altered = DYNAMICS.into_iter().skip(1);
    let which = altered.filter(move |(name, _)| which(name));
    which.map(|(name, words)| {
        let theirs = ALTERED.iter().find(|row| row.0 == name);
        let ours = Estimate::geometric(&ratios(fits, name));
        (words, theirs.map(|row| row.1), ours)
    })
}

/// Our ratios compared with the authors', of the alterations for which their search got so far.
fn searched(
    fits: &[FitRow],
    search: Search,
    compared: impl Fn(&[f64], f64) -> Option<Estimate>,
) -> impl Iterator<Item = Case> {
    let rows = ALTERED.into_iter().filter(move |row| row.2 == search);
    rows.filter_map(move |(name, theirs, _)| {
        let (_, words) = DYNAMICS.into_iter().find(|row| row.0 == name)?;
        Some((words, Some(1.0), compared(&ratios(fits, name), theirs)))
    })
}

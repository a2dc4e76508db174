//! The claims of univ-alternative.

use super::{DYNAMICS, ratios};
use crate::universality::FitRow;
use crate::universality::authors::{ALTERED, Search};
use crate::universality::two_points::factor;
use crate::{Bound, Claim, Criterion, Estimate, Tag};

pub(super) fn claims(fits: &[FitRow]) -> Vec<Claim> {
    vec![
        worse(fits),
        clearly_worse(fits),
        absorbed(fits),
        as_measured(fits),
        below_their_bounds(fits),
    ]
}

const QUANTITY: &str = "squared error of the fit over that of the original dynamics, same seed";

fn theirs(dynamics: &str) -> Option<f64> {
    ALTERED
        .iter()
        .find(|row| row.0 == dynamics)
        .map(|row| row.1)
}

/// The alterations, all or without the one that the constants make up for.
fn altered() -> impl Iterator<Item = (&'static str, &'static str)> {
    DYNAMICS.into_iter().skip(1)
}

fn claim_of(
    id: &'static str,
    tag: Tag,
    statement: &str,
    criterion: Criterion,
    fits: &[FitRow],
    which: impl Iterator<Item = (&'static str, &'static str)>,
) -> Claim {
    let parts = which.map(|(name, words)| {
        criterion.part(
            words,
            theirs(name),
            Estimate::geometric(&ratios(fits, name)),
        )
    });
    let parts = parts.collect();
    Claim::new(id, tag, statement, criterion, parts)
}

fn worse(fits: &[FitRow]) -> Claim {
    let criterion = Criterion::by_interval(QUANTITY, Bound::Above(1.0));
    let statement = "every altered dynamics fits worse than the original";
    claim_of(
        "altered-fit-worse",
        Tag::Inferred,
        statement,
        criterion,
        fits,
        altered(),
    )
    .note("the paper's text is not known: that the point of its panels is this is INFERRED")
}

fn clearly_worse(fits: &[FitRow]) -> Claim {
    let criterion = Criterion::by_interval(QUANTITY, Bound::Above(2.0));
    let which = altered().filter(|(name, _)| *name != "representation_doubled");
    let statement = "three of the four alterations fit more than twice as badly";
    claim_of(
        "three-clearly-worse",
        Tag::Measured,
        statement,
        criterion,
        fits,
        which,
    )
}

fn absorbed(fits: &[FitRow]) -> Claim {
    let criterion = Criterion::by_interval(QUANTITY, Bound::Below(2.0));
    let which = altered().filter(|(name, _)| *name == "representation_doubled");
    let statement =
        "doubling h′ is nearly absorbed by the two constants: the fit does not reject it strongly";
    claim_of("doubled-h-absorbed", Tag::Measured, statement, criterion, fits, which)
        .note("h′ enters every equation through eta_h alone but for one term: half the rate undoes most of the doubling")
}

fn as_measured(fits: &[FitRow]) -> Claim {
    let quantity = "factor between our ratio of errors and that of the authors' code at its seed 0; 1 where it lies between our seeds";
    let criterion = Criterion::by_value(quantity, Bound::AtMost(2.0));
    let parts = known(Search::Finished).map(|(name, words, theirs)| {
        criterion.part(words, Some(1.0), factor(&ratios(fits, name), theirs))
    });
    let parts = parts.collect();
    let statement = "where the authors' code finds the best constants, the errors are its errors";
    Claim::new(
        "altered-as-measured",
        Tag::Measured,
        statement,
        criterion,
        parts,
    )
}

fn below_their_bounds(fits: &[FitRow]) -> Claim {
    let quantity = "our ratio of errors over the authors' code's";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(1.25));
    let parts = known(Search::Stopped).map(|(name, words, theirs)| {
        let over: Vec<f64> = ratios(fits, name)
            .iter()
            .map(|ratio| ratio / theirs)
            .collect();
        criterion.part(words, Some(1.0), Estimate::geometric(&over))
    });
    let parts = parts.collect();
    let statement = "where its search may have stopped early, ours is no worse";
    Claim::new("below-their-bounds", Tag::Measured, statement, criterion, parts)
        .note("their errors are upper bounds here: from a coarse grid of guesses. Far below 1, the alteration is rejected less than they make it seem")
}

/// Name, words and ratio of the authors' code.
fn known(search: Search) -> impl Iterator<Item = (&'static str, &'static str, f64)> {
    let rows = ALTERED.into_iter().filter(move |row| row.2 == search);
    rows.filter_map(|(name, theirs, _)| {
        let (_, words) = DYNAMICS.into_iter().find(|row| row.0 == name)?;
        Some((name, words, theirs))
    })
}

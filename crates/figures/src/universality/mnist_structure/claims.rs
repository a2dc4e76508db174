//! The claims of univ-mnist-structure. The paper shows colours; no number of it is known.

use super::items::Items;
use super::{BALANCED, BETWEEN};
use crate::text::decimals;
use crate::universality::CheckedTables;
use crate::universality::curves::short;
use crate::universality::distance_matrices::{Pairs, quotient};
use crate::universality::values::Values;
use crate::{Bound, Claim, Estimate, Range, Tag};

const NOT_STORED: &str = "the paper's number was not stored";

pub(super) fn claims(items: &Items<'_>, data: &CheckedTables) -> Vec<Claim> {
    let each = |range, number: &dyn Fn(&Pairs) -> Option<f64>| {
        let numbers: Vec<f64> = items.networks.iter().filter_map(number).collect();
        [("each network", Estimate::mean(&numbers, range))]
    };
    let average = |r: Option<f64>| {
        let r = r.map_or("none".to_owned(), decimals(3));
        format!("of the average over networks, which the paper draws: {r}")
    };
    let mean = items.mean();
    let balanced = Values::of(data).metric(BALANCED).at_end();
    let with_counts = Values::of(data).metric(BETWEEN).at_end();
    let with_counts = with_counts.estimate(Range::Correlation);
    let with_counts = with_counts.map_or("not measured".to_owned(), |r| decimals(3)(r.value));
    vec![
        Tag::Found
            .claim("within-collapse", "distances within a digit collapse")
            .by_interval("mean squared distance of two images of one digit over that of different digits", Bound::Below(0.5))
            .parts(each(Range::NonNegative, &|pairs| items.within_over_between(pairs))),
        Tag::Found
            .claim("blocks", "the theory predicts the blocks of digits")
            .by_interval("Pearson's r of the network's and the theory's matrix, all pairs", Bound::Above(0.5))
            .parts(each(Range::Correlation, &|pairs| items.pearson(pairs)))
            .note(average(items.pearson(&mean)))
            .note(NOT_STORED),
        Tag::Found
            .claim("between-order", "the theory predicts which digits lie far apart")
            .by_interval("Pearson's r of the two matrices, pairs of different digits only", Bound::Above(0.0))
            .parts(each(Range::Correlation, &|pairs| items.pearson_between(pairs)))
            .note(average(items.pearson_between(&mean)))
            .note(NOT_STORED),
        Tag::Ours
            .claim("without-class-counts", "the theory predicts which digits lie far apart because of the distances of pixels, not because some digits have more images")
            .by_interval("Pearson's r, pairs of different digits only, class counts taken out", Bound::Above(0.0))
            .parts([("each network", balanced.estimate(Range::Correlation))])
            .note(format!("with class counts, as the authors have it: {with_counts}"))
            .note("the authors' prediction grows with the number of images of both digits (DERIVED)")
            .with_notes(constant(items)),
    ]
}

/// By how much the theory varies within the pairs of two digits: nothing but rounding, by its definition.
fn constant(items: &Items<'_>) -> Option<String> {
    let spread = |distances: Vec<f64>| {
        let low = distances.iter().copied().reduce(f64::min)?;
        let high = distances.into_iter().reduce(f64::max)?;
        quotient(high - low, high)
    };
    let spreads = items.by_digits(&items.theory).into_values();
    let largest = spreads.filter_map(spread).reduce(f64::max)?;
    Some(format!(
        "a criticism: the theory as drawn gives one number for each pair of digits, which varies by {} of it at most, and says nothing of single images, because on pixels from 0 to 255 the exponential of minus a distance underflows (DERIVED)",
        short(largest)
    ))
}

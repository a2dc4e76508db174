//! The claims of univ-mnist-structure. The paper shows colours; no number of it is known.

use super::items::Items;
use super::{BETWEEN, WITHIN};
use crate::claims::Judged;
use crate::universality::CheckedTables;
use crate::universality::distance_matrices::{Pairs, quotient};
use crate::universality::values::Values;
use crate::{Bound, Claim, Estimate, Range, Tag};

/// Correlations of each network with the theory where the number of images of each digit is taken out.
const BALANCED: &str = "pearson_between_balanced";

pub(super) fn claims(items: &Items<'_>, data: &CheckedTables) -> Vec<Claim> {
    let mut claims = of_each_network(items, data);
    claims.push(balanced(data).with_notes(constant(items)));
    claims
}

/// A number of each network as it was measured.
fn measured(data: &CheckedTables, metric: &str, range: Range) -> Option<Estimate> {
    Values::of(data).metric(metric).at_end().estimate(range)
}

/// Numbers of each network: as they were measured, or else as they follow from the distances.
fn of_each_network(items: &Items<'_>, data: &CheckedTables) -> Vec<Claim> {
    let each = |claim: Judged, metric, range, number: &dyn Fn(&Pairs) -> Option<f64>| {
        let numbers: Vec<f64> = items.networks.iter().filter_map(number).collect();
        let ours = measured(data, metric, range).or_else(|| Estimate::mean(&numbers, range));
        claim.parts([("each network", ours)])
    };
    // Of each network, and of their average as in the paper.
    let correlation = |claim: Judged, metric, r: &dyn Fn(&Pairs) -> Option<f64>| {
        let average = r(&items.mean()).map_or("none".to_owned(), |r| format!("{r:.3}"));
        each(claim, metric, Range::Correlation, r)
            .note(format!(
                "of the average over networks, which the paper draws: {average}"
            ))
            .note("the paper's number was not stored; the bound is ours")
    };
    let collapse = Tag::Found
        .claim("within-collapse", "distances within a digit collapse")
        .by_interval(
            "mean squared distance of two images of one digit over that of different digits",
            Bound::Below(0.5),
        );
    let blocks = Tag::Found
        .claim("blocks", "the theory predicts the blocks of digits")
        .by_interval(
            "Pearson's r of the network's and the theory's matrix, all pairs",
            Bound::Above(0.5),
        );
    let order = Tag::Found
        .claim(
            "between-order",
            "the theory predicts which digits lie far apart",
        )
        .by_interval(
            "Pearson's r of the two matrices, pairs of different digits only",
            Bound::Above(0.0),
        );
    let ratio = |pairs: &Pairs| items.within_over_between(pairs);
    vec![
        each(collapse, WITHIN, Range::NonNegative, &ratio).note("the bound is ours"),
        correlation(blocks, "pearson_all", &|pairs| items.pearson(pairs)),
        correlation(order, BETWEEN, &|pairs| items.pearson_between(pairs)),
    ]
}

fn balanced(data: &CheckedTables) -> Claim {
    let with = measured(data, BETWEEN, Range::Correlation);
    let with = with.map_or("not measured".to_owned(), |r| format!("{:.3}", r.value));
    Tag::Ours
        .claim("without-class-counts", "the theory predicts which digits lie far apart because of the distances of pixels, not because some digits have more images")
        .by_interval("Pearson's r, pairs of different digits only, class counts taken out", Bound::Above(0.0))
        .parts([("each network", measured(data, BALANCED, Range::Correlation))])
        .note(format!("with class counts, as the authors have it: {with}"))
        .note("the authors' prediction grows with the number of images of both digits (DERIVED)")
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
        "a criticism: the theory as drawn gives one number for each pair of digits, to {largest:.1e} of it, and says nothing of single images, because on pixels from 0 to 255 the exponential of minus a distance underflows (DERIVED)"
    ))
}

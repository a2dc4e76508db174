//! The claims of crh-raw: which conclusions survive another way of forming the moments.

use super::{ALPHA, difference};
use crate::claims::measures::{first_below_lowest, mean, trend};
use crate::formation::CLOCK;
use crate::table::{Table, above_null};
use crate::{Bound, Claim, Range, Tag};

/// The variants that are not the paper's.
const OTHERS: [&str; 2] = ["centered", "raw"];

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    vec![
        rises_in_each(table),
        first_layer_lowest_in_each(table),
        same_order(table),
        small_difference(table),
        above_null(&ALPHA.named(table)),
    ]
}

fn rises_in_each(table: &Table<'_>) -> Claim {
    let rho = |variant| {
        let alpha = ALPHA.variant(variant);
        alpha.mean_of_lines(table, Range::Correlation, trend)
    };
    let statement = "alpha rises with weight decay whichever way the moments are formed";
    let quantity = "Spearman's rho(gamma, alpha), mean over layers";
    Tag::Ours
        .claim("rises-in-each", statement)
        .by_interval(quantity, Bound::Above(0.5))
        .parts(OTHERS.map(|variant| (variant, rho(variant))))
        .note("the bound of 0.5 is ours, that of crh-gamma, whose claim is that of normalized moments")
        .note(CLOCK)
}

fn first_layer_lowest_in_each(table: &Table<'_>) -> Claim {
    let gap = |variant| {
        let alpha = ALPHA.variant(variant);
        alpha.across_lines(table, |select| select, first_below_lowest)
    };
    Tag::Ours
        .claim("first-layer-lowest-in-each", "the first layer is the least aligned whichever way the moments are formed")
        .by_interval("lowest alpha of the later layers minus alpha of layer 1, each layer's mean over gammas", Bound::Above(0.0))
        .parts(OTHERS.map(|variant| (variant, gap(variant))))
}

fn same_order(table: &Table<'_>) -> Claim {
    let rho = |variant| ALPHA.rank_correlation(ALPHA.variant(variant), table);
    let statement = "the variants order layers and weight decays alike";
    let quantity =
        "Spearman's rho(normalized alpha, alpha of the variant), layers and gammas pooled";
    Tag::Ours
        .claim("same-order", statement)
        .by_interval(quantity, Bound::Above(0.8))
        .parts(OTHERS.map(|variant| (variant, rho(variant))))
        .note("the bound of 0.8 is ours")
}

fn small_difference(table: &Table<'_>) -> Claim {
    let size = |variant| {
        table.over_seeds(Range::NonNegative, |seed| {
            let pairs = ALPHA.pairs(ALPHA.variant(variant), table, seed).into_iter();
            mean(pairs.map(|(normalized, other)| (other - normalized).abs()))
        })
    };
    let claim = Tag::Ours
        .claim("small-difference", "normalising changes alpha by little")
        .by_interval(
            "mean size of the difference from the normalized alpha, layers and gammas pooled",
            Bound::AtMost(0.1),
        )
        .parts(OTHERS.map(|variant| (variant, size(variant))));
    let notes = OTHERS.map(|variant| {
        let by_layer = difference(variant).named(table).into_iter();
        let by_layer = by_layer.map(|(layer, signed)| {
            let signed = signed.estimate();
            let signed = signed.map_or("none".to_owned(), |signed| format!("{:+.3}", signed.value));
            format!("{layer} {signed}")
        });
        let by_layer = by_layer.collect::<Vec<_>>().join(", ");
        format!("{variant} minus normalized, mean over gammas and seeds: {by_layer}")
    });
    let claim = notes.into_iter().fold(claim, Claim::note);
    claim.note("the bound of 0.1 is ours")
}

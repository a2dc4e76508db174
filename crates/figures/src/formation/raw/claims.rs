//! The claims of crh-raw: which conclusions survive another way of forming the moments.

use super::{ALPHA, VARIANTS, difference};
use crate::claims::measures::{mean, trend};
use crate::table::{Table, above_null};
use crate::{Bound, Claim, Range, Tag, spearman};

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
        ALPHA
            .variant(variant)
            .mean_of_lines(table, Range::Correlation, trend)
    };
    Tag::Ours
        .claim(
            "rises-in-each",
            "alpha rises with weight decay whichever way the moments are formed",
        )
        .by_interval(
            "Spearman's rho(gamma, alpha), mean over layers",
            Bound::Above(0.5),
        )
        .parts(VARIANTS.map(|variant| (variant, rho(variant))))
        .note("the bound of 0.5 is ours, that of crh-gamma")
}

fn first_layer_lowest_in_each(table: &Table<'_>) -> Claim {
    let gap = |variant| {
        let layers = ALPHA.variant(variant).each(table);
        let means: Vec<_> = layers.map(|layer| layer.1.per_seed()).collect();
        table.over_seeds(Range::Real, |seed| {
            let alphas = means.iter().map(|of| of.get(&seed).copied());
            let alphas = alphas.collect::<Option<Vec<f64>>>()?;
            let (first, later) = alphas.split_first()?;
            Some(later.iter().copied().reduce(f64::min)? - first)
        })
    };
    Tag::Ours
        .claim(
            "first-layer-lowest-in-each",
            "the first layer is the least aligned whichever way the moments are formed",
        )
        .by_interval(
            "lowest alpha of the later layers minus alpha of layer 1, each layer's mean over gammas",
            Bound::Above(0.0),
        )
        .parts(VARIANTS.map(|variant| (variant, gap(variant))))
}

/// Normalized and another variant's alpha of every layer and weight decay of one seed.
fn pairs(table: &Table<'_>, variant: &'static str, seed: u64) -> Vec<(f64, f64)> {
    let pairs = ALPHA.each(table).flat_map(|(layer, normalized)| {
        let other = ALPHA.variant(variant).line(table, layer);
        normalized.seed(seed).beside(&other)
    });
    pairs
        .map(|(_, normalized, other)| (normalized, other))
        .collect()
}

fn same_order(table: &Table<'_>) -> Claim {
    let rho = |variant| {
        table.over_seeds(Range::Correlation, |seed| {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs(table, variant, seed).into_iter().unzip();
            spearman(&x, &y)
        })
    };
    Tag::Ours
        .claim(
            "same-order",
            "the variants order layers and weight decays alike",
        )
        .by_interval(
            "Spearman's rho(normalized alpha, alpha of the variant), layers and gammas pooled",
            Bound::Above(0.8),
        )
        .parts(OTHERS.map(|variant| (variant, rho(variant))))
        .note("the bound of 0.8 is ours")
}

fn small_difference(table: &Table<'_>) -> Claim {
    let size = |variant| {
        table.over_seeds(Range::NonNegative, |seed| {
            let pairs = pairs(table, variant, seed).into_iter();
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
    let claim = OTHERS.into_iter().fold(claim, |claim, variant| {
        let by_layer = difference(variant).named(table).into_iter();
        let by_layer = by_layer.map(|(layer, signed)| {
            let signed = signed.estimate();
            let signed = signed.map_or("none".to_owned(), |signed| format!("{:+.3}", signed.value));
            format!("{layer} {signed}")
        });
        claim.note(format!(
            "{variant} minus normalized, mean over gammas and seeds: {}",
            by_layer.collect::<Vec<_>>().join(", ")
        ))
    });
    claim.note("the bound of 0.1 is ours")
}

//! The claims of crh-raw: which conclusions survive another way of forming the moments.

use super::{VARIANTS, alpha, difference, gamma, layers};
use crate::measures::{mean, trend};
use crate::sweep::{Select, Table, above_null};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag, spearman};

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let normalized =
        layers(table).map(|layer| (format!("layer {layer}"), alpha(table, layer, "normalized")));
    let normalized: Vec<(String, Select<'_>)> = normalized.collect();
    vec![
        rises_in_each(table),
        first_layer_lowest_in_each(table),
        same_order(table),
        small_difference(table),
        above_null(&normalized),
    ]
}

fn over_seeds(
    table: &Table<'_>,
    range: Range,
    value: impl Fn(u64) -> Option<f64>,
) -> Option<Estimate> {
    let values: Vec<f64> = table.seeds().into_iter().filter_map(value).collect();
    Estimate::mean(&values, range)
}

fn rises_in_each(table: &Table<'_>) -> Claim {
    let quantity = "Spearman's rho(gamma, alpha), mean over layers";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let parts = VARIANTS.map(|variant| {
        let lines: Vec<_> = layers(table)
            .map(|layer| alpha(table, layer, variant).seed_lines(gamma))
            .collect();
        let ours = over_seeds(table, Range::Correlation, |seed| {
            mean(lines.iter().filter_map(|lines| trend(lines.get(&seed)?)))
        });
        criterion.part(variant, None, ours)
    });
    let statement = "alpha rises with weight decay whichever way the moments are formed";
    Claim::new(
        "rises-in-each",
        Tag::Ours,
        statement,
        criterion,
        parts.into(),
    )
    .note("the bound of 0.5 is ours, that of crh-gamma")
}

fn first_layer_lowest_in_each(table: &Table<'_>) -> Claim {
    let quantity =
        "lowest alpha of the later layers minus alpha of layer 1, each layer's mean over gammas";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = VARIANTS.map(|variant| {
        let means: Vec<_> = layers(table)
            .map(|layer| alpha(table, layer, variant).per_seed())
            .collect();
        let ours = over_seeds(table, Range::Real, |seed| {
            let alphas: Option<Vec<f64>> = means.iter().map(|of| of.get(&seed).copied()).collect();
            let alphas = alphas?;
            let (first, later) = alphas.split_first()?;
            Some(later.iter().copied().reduce(f64::min)? - first)
        });
        criterion.part(variant, None, ours)
    });
    let statement = "the first layer is the least aligned whichever way the moments are formed";
    Claim::new(
        "first-layer-lowest-in-each",
        Tag::Ours,
        statement,
        criterion,
        parts.into(),
    )
}

/// Normalized and another variant's alpha of every layer and weight decay of one seed.
fn pairs(table: &Table<'_>, variant: &str, seed: u64) -> Vec<(f64, f64)> {
    let pairs = layers(table).flat_map(|layer| {
        let normalized = alpha(table, layer, "normalized").seed(seed);
        let pairs = normalized.beside(&alpha(table, layer, variant));
        pairs
            .into_iter()
            .map(|(_, normalized, other)| (normalized, other))
    });
    pairs.collect()
}

fn same_order(table: &Table<'_>) -> Claim {
    let quantity =
        "Spearman's rho(normalized alpha, alpha of the variant), layers and gammas pooled";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.8));
    let parts = ["centered", "raw"].map(|variant| {
        let ours = over_seeds(table, Range::Correlation, |seed| {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs(table, variant, seed).into_iter().unzip();
            spearman(&x, &y)
        });
        criterion.part(variant, None, ours)
    });
    let statement = "the variants order layers and weight decays alike";
    Claim::new("same-order", Tag::Ours, statement, criterion, parts.into())
        .note("the bound of 0.8 is ours")
}

fn small_difference(table: &Table<'_>) -> Claim {
    let quantity =
        "mean size of the difference from the normalized alpha, layers and gammas pooled";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(0.1));
    let parts = ["centered", "raw"].map(|variant| {
        let ours = over_seeds(table, Range::NonNegative, |seed| {
            let pairs = pairs(table, variant, seed).into_iter();
            mean(pairs.map(|(normalized, other)| (other - normalized).abs()))
        });
        criterion.part(variant, None, ours)
    });
    let statement = "normalising changes alpha by little";
    let claim = Claim::new(
        "small-difference",
        Tag::Ours,
        statement,
        criterion,
        parts.into(),
    );
    ["centered", "raw"]
        .into_iter()
        .fold(claim, |claim, variant| {
            let by_layer = layers(table).map(|layer| {
                let signed = difference(table, layer, variant).estimate();
                let signed =
                    signed.map_or("none".to_owned(), |signed| format!("{:+.3}", signed.value));
                format!("layer {layer} {signed}")
            });
            let by_layer: Vec<String> = by_layer.collect();
            claim.note(format!(
                "{variant} minus normalized, mean over gammas and seeds: {}",
                by_layer.join(", ")
            ))
        })
        .note("the bound of 0.1 is ours")
}

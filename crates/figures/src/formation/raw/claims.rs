//! The claims of crh-raw: which conclusions survive another way of forming the moments.

use super::{ALPHA, difference};
use crate::claims::measures::{first_below_lowest, mean, trend};
use crate::formation::CLOCK;
use crate::table::{Table, above_null};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// The variants that are not the paper's.
const OTHERS: [&str; 2] = ["centered", "raw"];

/// The networks of each activation.
type Tables<'t> = [(&'t str, Table<'t>)];

pub(super) fn claims(tables: &Tables<'_>) -> Vec<Claim> {
    let lines = tables.iter().flat_map(|(name, table)| {
        let lines = ALPHA.named(table).into_iter();
        lines.map(move |(line, alpha)| (format!("{name}, {line}"), alpha))
    });
    vec![
        rises_in_each(tables),
        first_layer_lowest_in_each(tables),
        same_order(tables),
        small_difference(tables),
        above_null(&lines.collect::<Vec<_>>()),
    ]
}

/// A case for each activation and variant that is not the paper's.
fn cases(
    tables: &Tables<'_>,
    ours: impl Fn(&Table<'_>, &'static str) -> Option<Estimate>,
) -> Vec<(String, Option<Estimate>)> {
    let cases = tables.iter().flat_map(|(name, table)| {
        OTHERS.map(|variant| (format!("{name}, {variant}"), ours(table, variant)))
    });
    cases.collect()
}

fn rises_in_each(tables: &Tables<'_>) -> Claim {
    let statement = "alpha rises with weight decay whichever way the moments are formed";
    let quantity = "Spearman's rho(gamma, alpha), mean over layers";
    Tag::Ours
        .claim("rises-in-each", statement)
        .by_interval(quantity, Bound::Above(0.5))
        .parts(cases(tables, |table, variant| {
            let alpha = ALPHA.variant(variant);
            alpha.mean_of_lines(table, Range::Correlation, trend)
        }))
        .note("the bound of 0.5 is ours, that of crh-gamma, whose claim is that of normalized moments")
        .note(CLOCK)
}

fn first_layer_lowest_in_each(tables: &Tables<'_>) -> Claim {
    Tag::Ours
        .claim("first-layer-lowest-in-each", "the first layer is the least aligned whichever way the moments are formed")
        .by_interval("lowest alpha of the later layers minus alpha of layer 1, each layer's mean over gammas", Bound::Above(0.0))
        .parts(cases(tables, |table, variant| {
            let alpha = ALPHA.variant(variant);
            alpha.across_lines(table, |select| select, first_below_lowest)
        }))
}

fn same_order(tables: &Tables<'_>) -> Claim {
    let statement = "the variants order layers and weight decays alike";
    let quantity =
        "Spearman's rho(normalized alpha, alpha of the variant), layers and gammas pooled";
    Tag::Ours
        .claim("same-order", statement)
        .by_interval(quantity, Bound::Above(0.8))
        .parts(cases(tables, |table, variant| {
            ALPHA.rank_correlation(ALPHA.variant(variant), table)
        }))
        .note("the bound of 0.8 is ours")
}

fn small_difference(tables: &Tables<'_>) -> Claim {
    let size = |table: &Table<'_>, variant| {
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
        .parts(cases(tables, size));
    let notes = tables.iter().flat_map(|(name, table)| {
        OTHERS.map(|variant| {
            format!(
                "{name}, {variant} minus normalized, mean over gammas and seeds: {}",
                by_layer(table, variant)
            )
        })
    });
    notes
        .fold(claim, Claim::note)
        .note("the bound of 0.1 is ours")
}

/// The mean difference of each layer: `layer 1 -0.012, …`.
fn by_layer(table: &Table<'_>, variant: &'static str) -> String {
    let layers = difference(variant).named(table).into_iter();
    let layers = layers.map(|(layer, signed)| {
        let signed = signed.estimate();
        let signed = signed.map_or("none".to_owned(), |signed| format!("{:+.3}", signed.value));
        format!("{layer} {signed}")
    });
    layers.collect::<Vec<_>>().join(", ")
}

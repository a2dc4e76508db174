//! The claims of crh-cross.

use super::{cross, step, wide};
use crate::measures::trend;
use crate::sweep::{Table, above_null};
use crate::{Bound, Claim, Criterion, Range, Tag};

/// The first map that counts as a later one.
const LATER: u32 = 3;

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let mut claims = vec![
        high_at_end(table),
        grows(table),
        rises(table),
        aligned_with_all(table),
    ];
    let end = cross(table, "b", "normalized").at_last_step();
    // Nulls of cross terms are not part of every measurement.
    if end.rows().iter().any(|row| row.null_q95.is_some()) {
        claims.push(above_null(&[("all maps".to_owned(), end)]));
    }
    claims
}

fn later(table: &Table<'_>) -> impl Iterator<Item = u32> {
    wide(table).filter(|map| *map >= LATER)
}

fn high_at_end(table: &Table<'_>) -> Claim {
    let criterion = Criterion::by_interval("alpha at the last measurement", Bound::Above(0.7));
    let end = |map| {
        cross(table, "b", "normalized")
            .layer(map)
            .at_last_step()
            .estimate()
    };
    let parts = later(table).map(|map| criterion.part(format!("map {map}"), None, end(map)));
    let parts = parts.collect();
    let statement =
        "in the later layers cov(g, h) is well aligned with the weights at the end of training";
    let first = (1..LATER).map(|map| {
        let alpha = end(map).map_or("no value".to_owned(), crate::claims::estimate);
        format!("map {map} {alpha}")
    });
    let first: Vec<String> = first.collect();
    Claim::new("cross-term-high", Tag::Found, statement, criterion, parts)
        .note("the paper's text calls the curve high and gives no number; the bound of 0.7 is ours, from its six relations")
        .note(format!("earlier maps: {}", first.join(", ")))
}

fn grows(table: &Table<'_>) -> Claim {
    let quantity = "alpha at the last measurement minus alpha at the first";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = wide(table).map(|map| {
        let alpha = cross(table, "b", "normalized").layer(map);
        let growth = alpha.over_seeds(step, Range::Real, |line| match line {
            [first, .., last] => Some(last.1 - first.1),
            _ => None,
        });
        criterion.part(format!("map {map}"), None, growth)
    });
    let parts = parts.collect();
    let statement = "the cross term is better aligned at the end of training than at its beginning";
    Claim::new("cross-term-grows", Tag::Found, statement, criterion, parts)
}

fn rises(table: &Table<'_>) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(step, alpha)";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = wide(table).map(|map| {
        let alpha = cross(table, "b", "normalized").layer(map);
        criterion.part(
            format!("map {map}"),
            None,
            alpha.over_seeds(step, Range::Correlation, trend),
        )
    });
    let parts = parts.collect();
    let statement = "the alignment of the cross term rises in the course of training";
    Claim::new("cross-term-rises", Tag::Found, statement, criterion, parts)
}

fn aligned_with_all(table: &Table<'_>) -> Claim {
    let quantity =
        format!("alpha at the last measurement, mean over maps {LATER} and later, side b");
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let parts = [
        ("WWᵀ", "alpha_cross"),
        ("cov(h, h)", "alpha_cross_h"),
        ("cov(g, g)", "alpha_cross_g"),
    ]
    .map(|(name, statistic)| {
        let alpha = cross(table, "b", "normalized").statistic(statistic);
        let alpha = alpha.filter(|row| row.layer >= LATER).at_last_step();
        criterion.part(name, None, alpha.estimate())
    });
    let statement = "the cross term aligns with the weights, and with cov(h, h) and cov(g, g)";
    Claim::new(
        "cross-term-with-all",
        Tag::Found,
        statement,
        criterion,
        parts.into(),
    )
    .note("the bound is ours")
}

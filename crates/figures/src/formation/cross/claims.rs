//! The claims of crh-cross.

use super::{CROSS, wide};
use crate::claims::measures::{growth, trend};
use crate::figure::Along;
use crate::table::{Table, above_null};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// The first map that counts as a later one.
const LATER: u32 = 3;

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let mut claims = vec![
        high_at_end(table),
        grows(table),
        rises(table),
        aligned_with_all(table),
    ];
    let end = CROSS.all(table).at_last_step();
    // Nulls of cross terms are not part of every measurement.
    if end.rows().iter().any(|row| row.null_q95.is_some()) {
        claims.push(above_null(&[("all maps".to_owned(), end)]));
    }
    claims
}

/// A case for each of these maps.
fn parts(
    maps: impl Iterator<Item = u32>,
    ours: impl Fn(u32) -> Option<Estimate>,
) -> impl Iterator<Item = (String, Option<Estimate>)> {
    maps.map(move |map| (format!("map {map}"), ours(map)))
}

fn high_at_end(table: &Table<'_>) -> Claim {
    let end = |map| CROSS.line(table, map).at_last_step().estimate();
    let later = wide(table).filter(|map| *map >= LATER);
    let first = (1..LATER).map(|map| {
        let alpha = end(map).map_or("no value".to_owned(), crate::claims::estimate);
        format!("map {map} {alpha}")
    });
    let first: Vec<String> = first.collect();
    Tag::Found
        .claim("cross-term-high", "in the later layers cov(g, h) is well aligned with the weights at the end of training")
        .by_interval("alpha at the last measurement", Bound::Above(0.7))
        .parts(parts(later, end))
        .note("the paper's text calls the curve high and gives no number; the bound of 0.7 is ours, from its six relations")
        .note(format!("earlier maps: {}", first.join(", ")))
}

/// For each seed a number that is made of one map's line over training.
fn course(
    table: &Table<'_>,
    map: u32,
    range: Range,
    of_line: fn(&[(f64, f64)]) -> Option<f64>,
) -> Option<Estimate> {
    CROSS
        .line(table, map)
        .over_seeds(Along::STEP.of, range, of_line)
}

fn grows(table: &Table<'_>) -> Claim {
    Tag::Found
        .claim(
            "cross-term-grows",
            "the cross term is better aligned at the end of training than at its beginning",
        )
        .by_interval(
            "alpha at the last measurement minus alpha at the first",
            Bound::Above(0.0),
        )
        .parts(parts(wide(table), |map| {
            course(table, map, Range::Real, growth)
        }))
}

fn rises(table: &Table<'_>) -> Claim {
    Tag::Found
        .claim(
            "cross-term-rises",
            "the alignment of the cross term rises in the course of training",
        )
        .by_interval(
            "mean over seeds of Spearman's rho(step, alpha)",
            Bound::Above(0.0),
        )
        .parts(parts(wide(table), |map| {
            course(table, map, Range::Correlation, trend)
        }))
}

fn aligned_with_all(table: &Table<'_>) -> Claim {
    let with = |(name, statistic)| {
        let alpha = CROSS.statistic(statistic).all(table);
        let alpha = alpha.filter(|row| row.layer >= LATER).at_last_step();
        (name, alpha.estimate())
    };
    let others = [
        ("WWᵀ", "alpha_cross"),
        ("cov(h, h)", "alpha_cross_h"),
        ("cov(g, g)", "alpha_cross_g"),
    ];
    Tag::Found
        .claim(
            "cross-term-with-all",
            "the cross term aligns with the weights, and with cov(h, h) and cov(g, g)",
        )
        .by_interval(
            format!("alpha at the last measurement, mean over maps {LATER} and later, side b"),
            Bound::Above(0.5),
        )
        .parts(others.map(with))
        .note("the bound is ours")
}

//! The claims of crh-cross.

use super::{CROSS, MATRICES, compared};
use crate::claims::estimate;
use crate::claims::measures::{growth, trend};
use crate::figure::Along;
use crate::table::{Table, above_null};
use crate::{Bound, Claim, Range, Tag};

/// The first map that counts as a later one.
const LATER: u32 = 3;

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let mut claims = vec![high_at_end(table)];
    claims.extend(over_training(table));
    claims.push(aligned_with_all(table));
    let end = CROSS.all(table).at_last_step();
    // Nulls of cross terms are not part of every measurement.
    if end.rows().iter().any(|row| row.null_q95.is_some()) {
        claims.push(above_null(&[("all maps".to_owned(), end)]));
    }
    claims
}

fn high_at_end(table: &Table<'_>) -> Claim {
    let end = |map| CROSS.line(table, map).at_last_step().estimate();
    let later = compared(table).filter(|(map, _)| *map >= LATER);
    let later = later.map(|(map, _)| (format!("map {map}"), end(map)));
    let first = (1..LATER).map(|map| {
        let alpha = end(map).map_or("no value".to_owned(), estimate);
        format!("map {map} {alpha}")
    });
    let first: Vec<String> = first.collect();
    Tag::Found
        .claim("cross-term-high", "in the later layers cov(g, h) is well aligned with the weights at the end of training")
        .by_interval("alpha at the last measurement", Bound::Above(0.7))
        .parts(later)
        .note("the paper's text calls the curve high and gives no number; the bound of 0.7 is ours, from its six relations")
        .note(format!("earlier maps: {}", first.join(", ")))
}

/// What is said of the course of every map.
fn over_training(table: &Table<'_>) -> [Claim; 2] {
    let course = |range, of_line: fn(&[(f64, f64)]) -> Option<f64>| {
        compared(table).map(move |(map, alpha)| {
            let ours = alpha.over_seeds(Along::STEP.of, range, of_line);
            (format!("map {map}"), ours)
        })
    };
    let grows = "the cross term is better aligned at the end of training than at its beginning";
    let rises = "the alignment of the cross term rises in the course of training";
    let gain = "alpha at the last measurement minus alpha at the first";
    let rho = "mean over seeds of Spearman's rho(step, alpha)";
    [
        Tag::Found
            .claim("cross-term-grows", grows)
            .by_interval(gain, Bound::Above(0.0))
            .parts(course(Range::Real, growth)),
        Tag::Found
            .claim("cross-term-rises", rises)
            .by_interval(rho, Bound::Above(0.0))
            .parts(course(Range::Correlation, trend)),
    ]
}

fn aligned_with_all(table: &Table<'_>) -> Claim {
    let of_outputs = MATRICES.into_iter().filter(|matrix| matrix.side == "b");
    let parts = of_outputs.map(|matrix| {
        let alpha = matrix.view().all(table).at_last_step();
        let later = alpha.filter(|row| row.layer >= LATER);
        (matrix.name, later.estimate())
    });
    let statement = "the cross term aligns with the weights, and with cov(h, h) and cov(g, g)";
    let quantity =
        format!("alpha at the last measurement, mean over maps {LATER} and later, side b");
    Tag::Found
        .claim("cross-term-with-all", statement)
        .by_interval(quantity, Bound::Above(0.5))
        .parts(parts)
        .note("the bound is ours")
}

//! The claims of crh-cross.

use super::{MATRICES, compared};
use crate::claims::measures::{growth, trend};
use crate::claims::or_none;
use crate::figure::Along;
use crate::table::{Select, Table, above_null};
use crate::{Bound, Claim, Range, Tag};

/// The first map that counts as a later one.
const LATER: u32 = 3;

/// The size that a relation must have; the paper gives no number.
const HIGH: f64 = 0.7;

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let mut claims = vec![high_at_end(table), better_than_one(table)];
    claims.extend(over_training(table));
    claims.push(aligned_with_all(table));
    let end = MATRICES[0].mean(table);
    // Nulls of cross terms are not part of every measurement.
    if end.rows().iter().any(|row| row.null_q95.is_some()) {
        claims.push(above_null(&[("all maps".to_owned(), end)]));
    }
    claims
}

fn high_at_end(table: &Table<'_>) -> Claim {
    let mean = |map| MATRICES[0].mean(table).layer(map).estimate();
    let later = compared(table).filter(|(map, _)| *map >= LATER);
    let later = later.map(|(map, _)| (format!("map {map}"), mean(map)));
    let each = compared(table).map(|(map, _)| {
        let of = |select: Select<'_>| or_none(select.layer(map).estimate());
        let (single, error) = (MATRICES[0].single(table), MATRICES[0].error(table));
        format!(
            "map {map} {} (mean error from blocks {})",
            of(single),
            of(error)
        )
    });
    let each: Vec<String> = each.collect();
    let first = (1..LATER).map(|map| format!("map {map} {}", or_none(mean(map))));
    let first: Vec<String> = first.collect();
    Tag::Found
        .claim("cross-term-high", "in the later layers the expectation of cov(g, h) is well aligned with the weights at the end of training")
        .by_interval("alpha of the mean over late iterates", Bound::Above(HIGH))
        .parts(later)
        .note(format!("the paper's text calls the curve high and gives no number; the bound of {HIGH} is ours, from its six relations"))
        .note(format!("earlier maps: {}", first.join(", ")))
        .note(format!("of the last iterate alone: {}", each.join(", ")))
}

/// What averaging changes.
fn better_than_one(table: &Table<'_>) -> Claim {
    let (mean, single) = (MATRICES[0].mean(table), MATRICES[0].single(table));
    let parts = compared(table).map(|(map, _)| {
        let [mean, single] = [&mean, &single].map(|select| select.clone().layer(map));
        (format!("map {map}"), mean.difference(&single))
    });
    Tag::Measured
        .claim(
            "mean-aligns-better",
            "the mean over late iterates is aligned better than a single iterate",
        )
        .by_interval(
            "alpha of the mean over late iterates minus alpha of the last one",
            Bound::Above(0.0),
        )
        .parts(parts)
}

/// What is said of the course of every map, in single iterates.
fn over_training(table: &Table<'_>) -> [Claim; 2] {
    let course = |range, of_line: fn(&[(f64, f64)]) -> Option<f64>| {
        compared(table).map(move |(map, alpha)| {
            let ours = alpha.over_seeds(Along::STEP.of, range, of_line);
            (format!("map {map}"), ours)
        })
    };
    let grows = "the cross term is better aligned at the end of training than at its beginning";
    let rises = "the alignment of the cross term rises in the course of training";
    let gain = "alpha at the last measurement minus alpha at the first, of single iterates";
    let rho = "mean over seeds of Spearman's rho(step, alpha), of single iterates";
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
        let later = matrix.mean(table).filter(|row| row.layer >= LATER);
        (matrix.name, later.estimate())
    });
    let statement = "the cross term aligns with the weights, and with cov(h, h) and cov(g, g)";
    let quantity =
        format!("alpha of the mean over late iterates, mean over maps {LATER} and later, side b");
    Tag::Found
        .claim("cross-term-with-all", statement)
        .by_interval(quantity, Bound::Above(0.5))
        .parts(parts)
        .note("the bound is ours")
}

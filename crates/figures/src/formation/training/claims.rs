//! The claims of crh-training. Each is made of every one of the six relations.

use super::views;
use crate::claims::measures::{growth, trend};
use crate::figure::{Along, View};
use crate::formation::relations::{JUDGED, RELATIONS};
use crate::table::{Select, Table, above_null};
use crate::{Bound, Claim, Estimate, Range, Tag};

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let ends = views().map(|(name, view)| (name, view.all(table).at_last_step()));
    let mut claims = vec![grows(table)];
    claims.extend(courses(table));
    claims.push(above_null(&ends));
    claims
}

/// A case for each relation, of what is judged of it.
fn parts(ours: impl Fn(View) -> Option<Estimate>) -> [(String, Option<Estimate>); 6] {
    RELATIONS.map(|relation| (relation.short(), ours(relation.judged(Along::STEP))))
}

fn grows(table: &Table<'_>) -> Claim {
    let first = table.select().distinct(Along::STEP.of).first().copied();
    Tag::Found
        .claim(
            "alignment-grows",
            "all six alignments are better at the end of training than at its beginning",
        )
        .by_interval(
            "alpha at the last measurement minus alpha at the first, mean over linear maps",
            Bound::Above(0.0),
        )
        .parts(parts(|view| view.mean_of_lines(table, Range::Real, growth)))
        .note(format!(
            "the first measurement is at step {}",
            first.unwrap_or(0.0)
        ))
        .note(JUDGED)
}

fn courses(table: &Table<'_>) -> [Claim; 3] {
    let over_steps = |view: View| view.mean_of_lines(table, Range::Correlation, trend);
    let at_end = |view: View| view.all(table).at_last_step();
    let over_maps = |view| at_end(view).over_seeds(Along::MAP.of, Range::Correlation, trend);
    let lowest = views().map(|(name, view)| {
        let lowest = view.lowest(table, Select::at_last_step);
        format!("{name} {lowest}")
    });
    [
        Tag::Found
            .claim("alignment-rises", "alignment rises in the course of training")
            .by_interval("Spearman's rho(step, alpha), mean over linear maps", Bound::Above(0.0))
            .parts(parts(over_steps)),
        Tag::Found
            .claim("all-six-positive", "at the end all six relations are clearly positive")
            .by_interval("alpha at the last measurement, mean over linear maps", Bound::Above(0.2))
            .parts(parts(|view| at_end(view).estimate()))
            .note(JUDGED)
            .note("the paper's text speaks of a ResNet, where all six end above 0.7; the bound for fully connected networks is ours")
            .note(format!("alpha of the lowest map of each: {}", lowest.join(", "))),
        Tag::Found
            .claim("later-layers-better", "later layers are aligned better than earlier ones")
            .by_interval("mean over seeds of Spearman's rho(linear map, alpha at the last measurement)", Bound::Above(0.0))
            .parts(parts(over_maps)),
    ]
}

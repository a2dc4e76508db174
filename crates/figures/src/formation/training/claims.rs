//! The claims of crh-training. Each is made of every one of the six relations.

use super::VIEWS;
use crate::claims::measures::{growth, trend};
use crate::figure::{Along, View};
use crate::formation::relations::RELATIONS;
use crate::table::{Select, Table, above_null};
use crate::{Bound, Claim, Estimate, Range, Tag};

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let ends = RELATIONS.into_iter().zip(VIEWS);
    let ends: Vec<_> = ends
        .map(|(relation, view)| (relation.short(), view.all(table).at_last_step()))
        .collect();
    vec![
        grows(table),
        rises(table),
        clearly_positive(table),
        later_maps_better(table),
        above_null(&ends),
    ]
}

/// A case for each relation.
fn parts(
    ours: impl Fn(View) -> Option<Estimate>,
) -> impl Iterator<Item = (String, Option<Estimate>)> {
    let relations = RELATIONS.into_iter().zip(VIEWS);
    relations.map(move |(relation, view)| (relation.short(), ours(view)))
}

fn grows(table: &Table<'_>) -> Claim {
    let first = table.select().distinct(Along::STEP.of).first().copied();
    Tag::Found
        .claim("alignment-grows", "all six alignments are better at the end of training than at its beginning")
        .by_interval("alpha at the last measurement minus alpha at the first, mean over linear maps", Bound::Above(0.0))
        .parts(parts(|view| view.mean_of_lines(table, Range::Real, growth)))
        .note(format!("the first measurement is at step {}", first.unwrap_or(0.0)))
        .note("RWA on side b can be high from the start: where the inputs are white, WWᵀ is their covariance after the map")
}

fn rises(table: &Table<'_>) -> Claim {
    Tag::Found
        .claim(
            "alignment-rises",
            "alignment rises in the course of training",
        )
        .by_interval(
            "Spearman's rho(step, alpha), mean over linear maps",
            Bound::Above(0.0),
        )
        .parts(parts(|view| {
            view.mean_of_lines(table, Range::Correlation, trend)
        }))
}

fn clearly_positive(table: &Table<'_>) -> Claim {
    let lowest = RELATIONS.into_iter().zip(VIEWS);
    let lowest = lowest.map(|(relation, view)| {
        let lowest = view.lowest(table, Select::at_last_step);
        format!("{} {lowest}", relation.short())
    });
    Tag::Found
        .claim("all-six-positive", "at the end all six relations are clearly positive")
        .by_interval("alpha at the last measurement, mean over linear maps", Bound::Above(0.2))
        .parts(parts(|view| view.all(table).at_last_step().estimate()))
        .note("the paper's text speaks of a ResNet, where all six end above 0.7; the bound for fully connected networks is ours")
        .note(format!("lowest map of each: {}", lowest.collect::<Vec<_>>().join(", ")))
}

fn later_maps_better(table: &Table<'_>) -> Claim {
    let rho = |view: View| {
        let end = view.all(table).at_last_step();
        end.over_seeds(Along::MAP.of, Range::Correlation, trend)
    };
    Tag::Found
        .claim(
            "later-layers-better",
            "later layers are aligned better than earlier ones",
        )
        .by_interval(
            "mean over seeds of Spearman's rho(linear map, alpha at the last measurement)",
            Bound::Above(0.0),
        )
        .parts(parts(rho))
}

//! The claims of crh-training. Each is made of every one of the six relations.

use super::{RELATIONS, Relation, map, maps, step};
use crate::measures::{mean, trend};
use crate::sweep::{Select, Table, above_null};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let ends = RELATIONS.map(|relation| (relation.short(), at_end(table, relation)));
    vec![
        grows(table),
        rises(table),
        clearly_positive(table),
        later_maps_better(table),
        above_null(&ends),
    ]
}

fn at_end<'t>(table: &'t Table<'t>, relation: Relation) -> Select<'t> {
    relation.alpha(table, "normalized").at_last_step()
}

/// For each seed the mean over maps of a number that is made of one map's line over training.
fn over_maps(
    table: &Table<'_>,
    relation: Relation,
    range: Range,
    of_line: impl Fn(&[(f64, f64)]) -> Option<f64>,
) -> Option<Estimate> {
    let lines: Vec<_> = maps(table)
        .map(|map| {
            relation
                .alpha(table, "normalized")
                .layer(map)
                .seed_lines(step)
        })
        .collect();
    let seeds = table.seeds().into_iter().filter_map(|seed| {
        let numbers = lines.iter().filter_map(|lines| of_line(lines.get(&seed)?));
        mean(numbers)
    });
    Estimate::mean(&seeds.collect::<Vec<_>>(), range)
}

/// Last less first; `None` of a single measurement.
fn growth(line: &[(f64, f64)]) -> Option<f64> {
    let [first, .., last] = line else { return None };
    Some(last.1 - first.1)
}

fn grows(table: &Table<'_>) -> Claim {
    let quantity = "alpha at the last measurement minus alpha at the first, mean over linear maps";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = RELATIONS.map(|relation| {
        let ours = over_maps(table, relation, Range::Real, growth);
        criterion.part(relation.short(), None, ours)
    });
    let statement = "all six alignments are better at the end of training than at its beginning";
    let first = table
        .select()
        .distinct(step)
        .first()
        .copied()
        .unwrap_or(0.0);
    Claim::new("alignment-grows", Tag::Found, statement, criterion, parts.into())
        .note(format!("the first measurement is at step {first}"))
        .note("RWA on side b can be high from the start: where the inputs are white, WWᵀ is their covariance after the map")
}

fn rises(table: &Table<'_>) -> Claim {
    let quantity = "Spearman's rho(step, alpha), mean over linear maps";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = RELATIONS.map(|relation| {
        let ours = over_maps(table, relation, Range::Correlation, trend);
        criterion.part(relation.short(), None, ours)
    });
    let statement = "alignment rises in the course of training";
    Claim::new(
        "alignment-rises",
        Tag::Found,
        statement,
        criterion,
        parts.into(),
    )
}

fn clearly_positive(table: &Table<'_>) -> Claim {
    let criterion = Criterion::by_interval(
        "alpha at the last measurement, mean over linear maps",
        Bound::Above(0.2),
    );
    let parts = RELATIONS
        .map(|relation| criterion.part(relation.short(), None, at_end(table, relation).estimate()));
    let lowest = RELATIONS.map(|relation| {
        let maps = maps(table).filter_map(|map| {
            let alpha = at_end(table, relation).layer(map).estimate()?;
            Some((map, alpha.value))
        });
        let lowest = maps.min_by(|a, b| a.1.total_cmp(&b.1));
        let text = lowest.map_or("none".to_owned(), |(map, alpha)| {
            format!("{alpha:.2} in map {map}")
        });
        format!("{} {text}", relation.short())
    });
    let statement = "at the end all six relations are clearly positive";
    Claim::new("all-six-positive", Tag::Found, statement, criterion, parts.into())
        .note("the paper's text speaks of a ResNet, where all six end above 0.7; the bound for fully connected networks is ours")
        .note(format!("lowest map of each: {}", lowest.join(", ")))
}

fn later_maps_better(table: &Table<'_>) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(linear map, alpha at the last measurement)";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = RELATIONS.map(|relation| {
        let ours = at_end(table, relation).over_seeds(map, Range::Correlation, trend);
        criterion.part(relation.short(), None, ours)
    });
    let statement = "later layers are aligned better than earlier ones";
    Claim::new(
        "later-layers-better",
        Tag::Found,
        statement,
        criterion,
        parts.into(),
    )
}

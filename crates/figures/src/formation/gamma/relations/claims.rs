//! The claims on the six relations. That of the headline, RGA on side a, has claims of its own.

use super::{Relations, gamma};
use crate::claims::measures::{mean, trend};
use crate::figure::{SweepFigure, measured};
use crate::formation::exponents::Exponents;
use crate::formation::gamma::Task;
use crate::formation::phases::Phases;
use crate::formation::relations::{RELATIONS, Relation};
use crate::table::{Select, exceeds_null};
use crate::{Bound, Claim, Criterion, Estimate, Preset, Range, Tag, spearman};

/// What the paper's ResNet exceeds in all six relations (FOUND).
const HIGH: f64 = 0.7;

pub(super) fn claims(relations: &Relations<'_>, task: Task) -> Vec<Claim> {
    let mut claims = vec![defined(relations)];
    if relations.data.preset == Preset::Smoke {
        return claims;
    }
    let normalized = others().map(|relation| {
        let alpha = relations.alpha(relation, "normalized");
        (relation.short(), alpha)
    });
    let normalized: Vec<(String, Select<'_>)> = normalized.collect();
    claims.extend([
        rise(relations),
        high(relations),
        exceeds_null(
            "relations-above-null",
            "the other relations too are more than the two spectra alone would give",
            &normalized,
        ),
        raw_agrees(relations),
    ]);
    if task != Task::Teacher {
        // Those of the teacher task are in pah-exponents and pah-phases.
        claims.extend(Exponents.claims(&relations.data));
        claims.extend(Phases.claims(&relations.data));
    }
    claims
}

/// All but the relation that other claims of the figure judge.
fn others() -> impl Iterator<Item = Relation> {
    let is_headline = |relation: &Relation| (relation.side, relation.name()) == ("a", "rga");
    RELATIONS
        .into_iter()
        .filter(move |relation| !is_headline(relation))
}

fn defined(relations: &Relations<'_>) -> Claim {
    let six = RELATIONS.map(|relation| {
        let alpha = relations.alpha(relation, "normalized");
        (relation.short(), alpha)
    });
    let mut headline: Vec<(String, Select<'_>)> = six.into();
    headline.extend(Exponents.headline(&relations.data));
    headline.extend(Phases.headline(&relations.data));
    let statement = "the six relations are defined, exponents and phases defined or refused, wherever they were measured";
    measured("relations-measured", statement, headline, relations.table())
}

/// Mean and interval over seeds of a number of one relation, itself a mean over linear maps.
fn over_maps(
    relations: &Relations<'_>,
    relation: Relation,
    range: Range,
    of_line: impl Fn(&[(f64, f64)]) -> Option<f64>,
) -> Option<Estimate> {
    let alpha = relations.alpha(relation, "normalized");
    let lines: Vec<_> = relations
        .maps()
        .map(|map| alpha.clone().layer(map).seed_lines(gamma))
        .collect();
    let seeds = relations.table().seeds().into_iter().filter_map(|seed| {
        let numbers = lines.iter().filter_map(|lines| of_line(lines.get(&seed)?));
        mean(numbers)
    });
    Estimate::mean(&seeds.collect::<Vec<f64>>(), range)
}

fn rise(relations: &Relations<'_>) -> Claim {
    let quantity = "Spearman's rho(gamma, alpha), mean over linear maps";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let parts = others().map(|relation| {
        let ours = over_maps(relations, relation, Range::Correlation, trend);
        criterion.part(relation.short(), None, ours)
    });
    let parts = parts.collect();
    let statement = "the other relations too are better aligned at larger gamma";
    Claim::new("relations-rise", Tag::Found, statement, criterion, parts)
        .note("that larger gamma aligns better is FOUND; the paper's picture shows RGA alone, the bound is ours")
}

fn high(relations: &Relations<'_>) -> Claim {
    let quantity = "alpha at the largest gamma, mean over linear maps";
    let criterion = Criterion::by_interval(quantity, Bound::Above(HIGH));
    let gammas = relations.table().select().distinct(gamma);
    let largest = gammas.last().copied().unwrap_or(f64::NAN);
    let at_largest = |relation| relations.alpha(relation, "normalized").gamma(largest);
    let parts = RELATIONS
        .map(|relation| criterion.part(relation.short(), None, at_largest(relation).estimate()));
    let lowest = RELATIONS.map(|relation| {
        let maps = relations.maps().filter_map(|map| {
            let alpha = at_largest(relation).layer(map).estimate()?;
            Some((map, alpha.value))
        });
        let lowest = maps.min_by(|a, b| a.1.total_cmp(&b.1));
        let text = lowest.map_or("none".to_owned(), |(map, alpha)| {
            format!("{alpha:.2} in map {map}")
        });
        format!("{} {text}", relation.short())
    });
    let statement = "at the largest gamma all six relations are high";
    Claim::new(
        "relations-high",
        Tag::Found,
        statement,
        criterion,
        parts.into(),
    )
    .note("the paper's text says so of the last layers of a ResNet")
    .note(format!("lowest map of each: {}", lowest.join(", ")))
}

fn raw_agrees(relations: &Relations<'_>) -> Claim {
    let quantity = "Spearman's rho(normalized alpha, raw alpha), linear maps and gammas pooled";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.8));
    let parts = others().map(|relation| {
        let raw = relations.alpha(relation, "raw");
        let normalized = relations.alpha(relation, "normalized");
        let rhos = relations.table().seeds().into_iter().filter_map(|seed| {
            let pairs = relations.maps().flat_map(|map| {
                let here = normalized.clone().layer(map).seed(seed);
                here.beside(&raw.clone().layer(map))
            });
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.map(|(_, x, y)| (x, y)).unzip();
            spearman(&x, &y)
        });
        let ours = Estimate::mean(&rhos.collect::<Vec<f64>>(), Range::Correlation);
        criterion.part(relation.short(), None, ours)
    });
    let parts = parts.collect();
    let statement = "raw second moments order maps and weight decays as normalized ones do";
    Claim::new("relations-raw", Tag::Ours, statement, criterion, parts)
}

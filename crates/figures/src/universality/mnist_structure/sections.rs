//! What only the report of univ-mnist-structure has: the measured numbers, and the matrices by digits.

use std::collections::BTreeSet;

use super::matrix::{Items, Pairs, Which};
use crate::claims::shown;
use crate::text::{decimals, markdown_table};
use crate::universality::PairData;
use crate::universality::picked::Picked;
use crate::{Range, Section};

pub(super) fn sections(items: &Items<'_>, data: &PairData) -> Vec<Section> {
    let mean = items.mean();
    vec![
        Section::new("Networks and theory", numbers(items, data)),
        Section::new("Network, by digits", by_digits(items, &mean)),
        Section::new("Theory, by digits", by_digits(items, &items.theory)),
    ]
}

fn numbers(items: &Items<'_>, data: &PairData) -> String {
    let metrics: BTreeSet<&str> = data
        .tables
        .values
        .iter()
        .map(|row| row.metric.as_str())
        .collect();
    let n = items.each().count();
    let mut rows: Vec<Vec<String>> = metrics
        .into_iter()
        .map(|metric| {
            let picked = Picked::of(data).metric(metric).at_end();
            let estimate = picked.estimate(Range::Real);
            vec![metric.to_owned(), shown(n, estimate, decimals(3))]
        })
        .collect();
    let mean = items.mean();
    let own = [
        (
            "average over networks: r, all pairs",
            items.pearson(&mean, Which::All),
        ),
        (
            "average over networks: r, different digits",
            items.pearson(&mean, Which::Different),
        ),
        (
            "average over networks: within over between",
            items.within_over_between(&mean),
        ),
    ];
    let own = own.map(|(name, value)| {
        let value = value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        vec![name.to_owned(), value]
    });
    rows.extend(own);
    let table = markdown_table(
        &["number", "mean [95 % interval]"].map(str::to_owned),
        &rows,
    );
    format!(
        "`pearson_…`: correlations of a network's squared distances with a version of the theory.\n\n{table}"
    )
}

fn by_digits(items: &Items<'_>, pairs: &Pairs) -> String {
    let cells = items.by_digits(&items.normalized(pairs));
    let names = items.distinct();
    let mut header = vec!["digit".to_owned()];
    header.extend(names.iter().map(|&name| name.to_owned()));
    let rows: Vec<Vec<String>> = names
        .iter()
        .map(|&a| {
            let mut row = vec![a.to_owned()];
            row.extend(names.iter().map(|&b| {
                let cell = cells.get(&(a.min(b), a.max(b)));
                cell.map_or("-".to_owned(), |value| format!("{value:.2}"))
            }));
            row
        })
        .collect();
    let table = markdown_table(&header, &rows);
    format!(
        "Mean squared distance over pairs of images, in units of the mean over pairs of different digits.\n\n{table}"
    )
}

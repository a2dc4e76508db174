//! What only the report of univ-xor has: every distance with its interval, and what the matrices have in common.

use super::matrices::{
    Distances, INPUTS, KINDS, Matrices, PAIRS, apart, relative_error, spread, within_over_between,
};
use crate::claims::number;
use crate::claims::shown;
use crate::text::{decimals, markdown_table};
use crate::{Range, Section};

pub(super) fn sections(matrices: &Matrices) -> Vec<Section> {
    vec![
        Section::new("Numbers made of the matrices", summary(matrices)),
        Section::new("Every distance", distances(matrices)),
    ]
}

fn summary(matrices: &Matrices) -> String {
    let header = [
        "setting",
        "r(network, theory)",
        "r(network, initial)",
        "theory's relative error",
        "within / between",
        "spread between",
        "(0,0) apart",
    ];
    let rows: Vec<Vec<String>> = matrices
        .settings
        .iter()
        .map(|setting| {
            let n = matrices.seed_count(setting);
            let of = |number: fn(&Distances) -> Option<f64>| {
                matrices.number(setting, "final", Range::NonNegative, number)
            };
            let error = matrices.compared(
                setting,
                ["final", "theory"],
                Range::NonNegative,
                relative_error,
            );
            vec![
                setting.clone(),
                shown(n, matrices.pearson(setting, "theory"), decimals(4)),
                shown(n, matrices.pearson(setting, "initial"), decimals(4)),
                shown(n, error, decimals(3)),
                shown(n, of(within_over_between), decimals(3)),
                shown(n, of(spread), decimals(4)),
                shown(n, of(apart), decimals(2)),
            ]
        })
        .collect();
    let table = markdown_table(&header.map(str::to_owned), &rows);
    format!(
        "Mean over seeds [its 95 % interval]. Spread: largest less smallest of the four distances between classes, over \
         their mean. Apart: mean distance of (0,0) to the others over the mean of the other three. A setting with a slash \
         is the same with another activation.\n\n{table}"
    )
}

fn distances(matrices: &Matrices) -> String {
    let tables = matrices.settings.iter().map(|setting| {
        let n = matrices.seed_count(setting);
        let rows: Vec<Vec<String>> = PAIRS
            .iter()
            .enumerate()
            .map(|(k, &(i, j))| {
                let mut row = vec![format!("{} and {}", INPUTS[i], INPUTS[j])];
                let kinds = KINDS.map(|kind| shown(n, matrices.distance(setting, kind, k), number));
                row.extend(kinds);
                row
            })
            .collect();
        let header = ["pair", "initial", "trained", "theory"].map(str::to_owned);
        format!("{setting}:\n\n{}", markdown_table(&header, &rows))
    });
    tables.collect::<Vec<_>>().join("\n")
}

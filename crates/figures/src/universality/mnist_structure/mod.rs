//! Squared distances of a hundred images of MNIST in a trained network, beside the theory's (F8).
//!
//! The theory's panel, as the authors make it (FOUND): with \\(A\\) the elementwise product of the distances of pixels and of
//! one-hot labels of many images and \\(S = e^{-A}\\), the prediction is \\((S A S)^2\\). On pixels from 0 to 255 every entry
//! of \\(S\\) between different digits underflows, so that the prediction is the sum of \\(A\\) over all pairs of two digits:
//! one number for each pair of digits, in proportion to how many images of them there are (DERIVED).

mod claims;
mod items;
mod plot;
mod synthetic;

use std::collections::BTreeSet;

use crate::claims::shown;
use crate::text::{crossed, decimals};
use crate::universality::distance_matrices::Pairs;
use crate::universality::values::Values;
use crate::universality::{CheckedTables, Coverage, TableKind, Tables, TablesFigure, only};
use crate::{Range, Section};
use items::Items;

/// It uses distances, **squared**, of items sorted by digit (kind `final` of networks, kind `theory`), with digits as labels,
/// and values of networks: `pearson_…` and `within_over_between`.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-mnist-structure",
    main_table: TableKind::Distances,
    select,
    coverage,
    claims: |data| claims::claims(&Items::new(data), data),
    chart: |data| plot::chart(&Items::new(data), data),
    sections,
    made_up: synthetic::tables,
};

/// Correlation with the theory over pairs of different digits.
const BETWEEN: &str = "pearson_between";
/// The same where the number of images of each digit is taken out.
const BALANCED: &str = "pearson_between_balanced";

/// Numbers of each network, and what they are.
const METRICS: [(&str, &str); 4] = [
    ("within_over_between", "within over between"),
    ("pearson_all", "r, all pairs"),
    (BETWEEN, "r, different digits"),
    (BALANCED, "r, different digits, class counts taken out"),
];

fn select(tables: &Tables) -> Tables {
    let digit = |label: &str| label.len() == 1 && label.bytes().all(|b| b.is_ascii_digit());
    let distances = only(&tables.distances, |row| {
        let kind = ["final", "theory"].contains(&row.kind.as_str());
        kind && digit(&row.label_i) && digit(&row.label_j)
    });
    let settings: BTreeSet<&str> = distances.iter().map(|row| row.setting.as_str()).collect();
    let values = only(&tables.values, |row| {
        let known = METRICS.iter().any(|(metric, _)| row.metric == *metric);
        known && settings.contains(row.setting.as_str())
    });
    Tables {
        values,
        distances,
        ..Tables::default()
    }
}

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let items = Items::new(data);
    let whole = |kind: &str, pairs: &Pairs| Coverage {
        of: items.len() * items.len().saturating_sub(1) / 2,
        ..data.coverage(format!("pairs of the {kind} matrix"), pairs.len())
    };
    vec![
        whole("final", &items.mean()),
        whole("theory", &items.theory),
    ]
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let items = Items::new(data);
    vec![
        numbers(&items, data),
        Section::new("Network, by digits", by_digits(&items, &items.mean())),
        Section::new("Theory, by digits", by_digits(&items, &items.theory)),
    ]
}

fn numbers(items: &Items<'_>, data: &CheckedTables) -> Section {
    let of_networks = METRICS.map(|(metric, words)| {
        let values = Values::of(data).metric(metric).at_end();
        let estimate = values.estimate(Range::Real);
        let text = shown(items.networks.len(), estimate, decimals(3));
        vec![format!("each network: {words}"), text]
    });
    let mean = items.mean();
    let of_average = [
        ("r, all pairs", items.pearson(&mean)),
        ("r, different digits", items.pearson_between(&mean)),
        ("within over between", items.within_over_between(&mean)),
    ];
    let of_average = of_average.map(|(name, value)| {
        let value = value.map_or("-".to_owned(), decimals(3));
        vec![format!("average over networks: {name}"), value]
    });
    Section::table(
        "Networks and theory",
        "Within over between: mean squared distance of images of one digit over that of different digits. r: Pearson's \
         correlation of squared distances in the network and in the theory.",
        ["number", "mean [95 % interval]"],
        of_networks.into_iter().chain(of_average),
    )
}

fn by_digits(items: &Items<'_>, pairs: &Pairs) -> String {
    let means = items.means(pairs);
    let digits = items.distinct().into_iter();
    let digits: Vec<_> = digits.map(|digit| (digit.to_owned(), digit)).collect();
    let table = crossed("digit", digits.clone(), &digits, |&a, &b| {
        let mean = means.get(&(a.min(b), a.max(b)));
        mean.map_or("-".to_owned(), |mean| format!("{mean:.2}"))
    });
    format!(
        "Mean squared distance over pairs of images, in units of the mean over pairs of different digits.\n\n{table}"
    )
}

#[cfg(test)]
mod tests;

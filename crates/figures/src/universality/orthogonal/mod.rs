//! The context task: which of two positions a network keeps in each context, from large to small initial weights (F9).
//!
//! An input shows a bump on a grid and says which of its two positions is the target. The paper's panels are embeddings of a
//! hidden layer in three dimensions, coloured by context and by both positions. What they show is measured here by the axes
//! of each context: how much of the variance lies between contexts, and how much longer the axis of the relevant position is
//! than that of the other. The authors' file says tanh, their notebook trains leaky ReLU (FOUND); both are shown, claims are
//! about the notebook's. "Orthogonal" is the task: the two relevant axes end up parallel (MEASURED).

mod claims;
mod plot;
mod synthetic;

use std::collections::BTreeSet;

use crate::claims::shown;
use crate::text::crossed;
use crate::universality::curves::short;
use crate::universality::values::Values;
use crate::universality::{CheckedTables, TableKind, Tables, TablesFigure, Value, only};
use crate::{Range, Section};

/// It uses embedded items and values of the settings `high_init`, `low_init` and `vlow_init`.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-orthogonal",
    main_table: TableKind::Values,
    select,
    coverage: |data| {
        let metrics = [CONTEXT, RELEVANT[0], RELEVANT[1], COSINE];
        let coverage = |metric| Values::of(data).metric(metric).coverage(metric, data);
        metrics.map(coverage).into()
    },
    claims: claims::claims,
    chart: plot::chart,
    sections,
    made_up: synthetic::tables,
};

/// The settings, from large to small initial weights.
const SETTINGS: [&str; 3] = ["high_init", "low_init", "vlow_init"];

/// The gains of their initial weights.
const GAINS: [f64; 3] = [2.0, 0.5, 0.275];

/// The activations: the notebook's, and that of the authors' file.
const ACTIVATIONS: [&str; 2] = ["leaky_relu", "tanh"];

/// Share of the variance that lies between contexts.
const CONTEXT: &str = "frac_context";
/// Length of the relevant axis over that of the other, in each context.
const RELEVANT: [&str; 2] = ["rel_over_irr_A", "rel_over_irr_B"];
/// Cosine of the two relevant axes.
const COSINE: &str = "cos_relevantA_relevantB";

/// Metrics of trained networks.
fn trained<'t>(
    data: &'t CheckedTables,
    setting: &str,
    activation: &str,
    metrics: &[&str],
) -> Values<'t> {
    let values = Values::of(data).setting(setting).activation(activation);
    values.metrics(metrics).at_end()
}

/// The activations that were measured.
fn activations(data: &CheckedTables) -> Vec<&'static str> {
    let values = data.tables.values.iter().map(|row| &row.activation);
    let embedded = data.tables.embedded.iter().map(|row| &row.activation);
    let found: BTreeSet<&String> = values.chain(embedded).collect();
    let measured = |name: &&str| found.iter().any(|other| other == name);
    ACTIVATIONS.into_iter().filter(measured).collect()
}

fn select(tables: &Tables) -> Tables {
    let ours = |setting: &str| SETTINGS.contains(&setting);
    Tables {
        embedded: only(&tables.embedded, |row| ours(&row.setting)),
        values: only(&tables.values, |row| ours(&row.setting)),
        ..Tables::default()
    }
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let sections = activations(data).into_iter().map(|activation| {
        let title = format!("Axis metrics, {}", activation.replace('_', " "));
        Section::new(title, metrics(data, activation))
    });
    sections.collect()
}

/// Every metric before and after training.
fn metrics(data: &CheckedTables, activation: &str) -> String {
    let all = Values::of(data).activation(activation);
    let metrics = all.each_metric();
    let metrics = metrics.map(|metric| (format!("`{metric}`"), metric));
    type Holds = fn(&Value) -> bool;
    let stages: [(&str, Holds); 2] = [
        ("initial", |row| row.epoch == 0),
        ("trained", |row| row.epoch > 0),
    ];
    let columns = SETTINGS
        .map(|setting| stages.map(|(stage, of)| (format!("{setting}, {stage}"), (setting, of))));
    let table = crossed(
        "metric",
        metrics,
        columns.as_flattened(),
        |metric, column| {
            let values = all.clone().setting(column.0).metric(metric);
            let values = values.filter(column.1).at_end();
            shown(data.seeds().len(), values.estimate(Range::Real), short)
        },
    );
    format!(
        "Mean over seeds [its 95 % interval]. A, B: the contexts that ask for x and for y. `rel_over_irr`: length of the axis \
         of the relevant position over that of the other. `frac_context`: share of the variance between contexts. `pca`: \
         shares of principal components. `cos_…`: cosines of axes.\n\n{table}"
    )
}

#[cfg(test)]
mod tests;

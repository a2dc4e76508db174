//! The context task: which of two positions a network keeps in each context, from large to small initial weights (F9).
//!
//! An input shows a bump on a grid and says which of its two positions is the target. The paper's panels are embeddings of a
//! hidden layer in three dimensions, coloured by context and by both positions. What they show is measured here by the axes
//! of each context: how much of the variance lies between contexts, and how much longer the axis of the relevant position is
//! than that of the other. The authors' file says tanh, their notebook trains leaky ReLU (FOUND); both are shown, claims are
//! about the notebook's. "Orthogonal" is the task: the two relevant axes end up parallel (MEASURED).

mod claims;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use std::collections::BTreeSet;

use crate::chart::Chart;
use crate::universality::picked::Picked;
use crate::universality::{Coverage, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};

/// The figure `univ-orthogonal`. It uses embedded items and values of the settings `high_init`, `low_init` and `vlow_init`.
#[derive(Debug, Clone, Copy)]
pub struct Orthogonal;

/// The settings, from large to small initial weights.
const SETTINGS: [&str; 3] = ["high_init", "low_init", "vlow_init"];

/// The activations: the notebook's, and that of the authors' file.
const ACTIVATIONS: [&str; 2] = ["leaky_relu", "tanh"];

/// Share of the variance that lies between contexts.
const CONTEXT: &str = "frac_context";
/// Length of the relevant axis over that of the other, in each context.
const RELEVANT: [&str; 2] = ["rel_over_irr_A", "rel_over_irr_B"];
/// Cosine of the two relevant axes.
const COSINE: &str = "cos_relevantA_relevantB";

/// A metric of trained networks.
fn trained<'t>(data: &'t PairData, setting: &str, activation: &str, metric: &str) -> Picked<'t> {
    let picked = Picked::of(data).setting(setting).activation(activation);
    picked.metric(metric).at_end()
}

/// The activations that were measured.
fn activations(data: &PairData) -> Vec<&'static str> {
    let values = data.tables.values.iter().map(|row| &row.activation);
    let embedded = data.tables.embedded.iter().map(|row| &row.activation);
    let found: BTreeSet<&String> = values.chain(embedded).collect();
    let measured = |name: &&str| found.iter().any(|other| other == name);
    ACTIVATIONS.into_iter().filter(measured).collect()
}

impl PairFigure for Orthogonal {
    fn id(&self) -> &'static str {
        "univ-orthogonal"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Values
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let ours = |setting: &str| SETTINGS.contains(&setting);
        let embedded = tables.embedded.iter().filter(|row| ours(&row.setting));
        let values = tables.values.iter().filter(|row| ours(&row.setting));
        PairTables {
            embedded: embedded.cloned().collect(),
            values: values.cloned().collect(),
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let metrics = [CONTEXT, RELEVANT[0], RELEVANT[1], COSINE];
        metrics
            .map(|metric| {
                let rows = Picked::of(data).metric(metric);
                let runs = rows.rows().iter().filter(|row| row.value.is_some());
                let runs: BTreeSet<_> = runs.map(|row| (&row.setting, row.seed)).collect();
                Coverage {
                    name: metric.to_owned(),
                    measured: runs.len(),
                    of: data.runs.len(),
                }
            })
            .into()
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(data)
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        sections::sections(data)
    }
}

#[cfg(test)]
mod tests;

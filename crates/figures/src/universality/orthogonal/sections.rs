//! What only the report of univ-orthogonal has: every axis metric before and after training.

use std::collections::BTreeSet;

use super::{SETTINGS, activations};
use crate::Range;
use crate::Section;
use crate::claims::shown;
use crate::text::markdown_table;
use crate::universality::PairData;
use crate::universality::drawn::short;
use crate::universality::picked::Picked;

pub(super) fn sections(data: &PairData) -> Vec<Section> {
    let sections = activations(data).into_iter().map(|activation| {
        let title = format!("Axis metrics, {}", activation.replace('_', " "));
        Section::new(title, table(data, activation))
    });
    sections.collect()
}

fn table(data: &PairData, activation: &str) -> String {
    let of_activation = Picked::of(data).activation(activation);
    let metrics: BTreeSet<&str> = of_activation
        .rows()
        .iter()
        .map(|row| row.metric.as_str())
        .collect();
    let mut header = vec!["metric".to_owned()];
    for setting in SETTINGS {
        header.extend([format!("{setting}, initial"), format!("{setting}, trained")]);
    }
    let n = data.seeds().len();
    let rows: Vec<Vec<String>> = metrics
        .into_iter()
        .map(|metric| {
            let mut row = vec![format!("`{metric}`")];
            for setting in SETTINGS {
                let picked = of_activation.clone().setting(setting).metric(metric);
                let initial = picked.clone().filter(|row| row.epoch == 0);
                let ends = [initial, picked.at_end().filter(|row| row.epoch > 0)];
                row.extend(ends.map(|end| shown(n, end.estimate(Range::Real), short)));
            }
            row
        })
        .collect();
    format!(
        "Mean over seeds [its 95 % interval]. A, B: the contexts that ask for x and for y. `rel_over_irr`: length of the axis \
         of the relevant position over that of the other. `frac_context`: share of the variance between contexts. `pca`: \
         shares of principal components. `cos_…`: cosines of axes.\n\n{}",
        markdown_table(&header, &rows)
    )
}

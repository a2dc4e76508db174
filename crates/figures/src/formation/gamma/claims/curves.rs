//! The claim that our curves are near the paper's.

use super::paper_alpha;
use crate::claims::{inside_intervals, rmse};
use crate::formation::gamma::table::LAYERS;
use crate::formation::gamma::{PAPER_GAMMAS, PRECISION, Table, paper_row};
use crate::{Bound, Claim, Criterion, Estimate, Tag};

pub(super) fn digitised_values(table: &Table) -> Claim {
    let quantity = "RMSE of the mean over seeds against the 25 digitised values";
    let criterion = Criterion::by_value(quantity, Bound::AtMost(0.12));
    // One error a (layer, gamma) of ours that the paper has too; `alpha` says whose mean it is.
    let errors = |layers: &[u32], alpha: &dyn Fn(u32, f64) -> Option<f64>| -> Vec<f64> {
        let grid = table
            .gammas()
            .iter()
            .filter_map(|&gamma| Some((gamma, paper_row(gamma)?)));
        grid.flat_map(|(gamma, k)| layers.iter().map(move |&layer| (gamma, k, layer)))
            .filter_map(|(gamma, k, layer)| Some(alpha(layer, gamma)? - paper_alpha(k, layer)))
            .collect()
    };
    let mean = |layer, gamma| Some(table.alpha_estimate(layer, gamma)?.value);
    let all = errors(&LAYERS, &mean);
    let complete = all.len() == PAPER_GAMMAS.len() * LAYERS.len();
    let ours = rmse(&all).filter(|_| complete);
    let ours = ours.map(|value| Estimate::without_interval(value, table.seeds().len()));
    let show = |value: Option<f64>| value.map_or("none".to_owned(), |v| format!("{v:.3}"));
    let by_layer =
        LAYERS.map(|layer| format!("layer {layer} {}", show(rmse(&errors(&[layer], &mean)))));
    let by_seed = table.seeds().iter().map(|&seed| {
        let alpha = |layer, gamma| table.alpha(layer, gamma, seed);
        format!("seed {seed} {}", show(rmse(&errors(&LAYERS, &alpha))))
    });
    let by_seed: Vec<String> = by_seed.collect();
    let part = criterion.part("all layers", None, ours);
    let statement = "the curves come near the paper's";
    let claim = Claim::new(
        "digitised-values",
        Tag::Digitised,
        statement,
        criterion,
        vec![part],
    )
    .note(format!("RMSE by layer: {}", by_layer.join(", ")))
    .note(format!("RMSE by seed: {}", by_seed.join(", ")))
    .note(inside_our_intervals(table));
    if complete {
        claim
    } else {
        claim.note(format!(
            "only {} of the 25 values can be compared",
            all.len()
        ))
    }
}

/// A mean of many runs can come near in RMSE and still exclude the paper's single run point by point.
fn inside_our_intervals(table: &Table) -> String {
    let grid = table
        .gammas()
        .iter()
        .filter_map(|&gamma| Some((gamma, paper_row(gamma)?)))
        .flat_map(|cell| LAYERS.map(|layer| (cell, layer)));
    let pairs = grid.filter_map(|((gamma, k), layer)| {
        Some((paper_alpha(k, layer), table.alpha_estimate(layer, gamma)?))
    });
    inside_intervals(pairs, PRECISION)
}

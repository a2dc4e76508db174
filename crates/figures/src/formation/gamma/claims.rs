//! The claims of F-gamma.
//!
//! Every number here is a mean over seeds of a statistic that is computed seed by seed, with its interval, unless its
//! claim says otherwise. The paper's own values pass through the same functions, as if they were one seed.

mod curves;
mod soundness;

use super::table::LAYERS;
use super::{HEADLINE, paper_row};
use super::{LayerRow, PAPER_ALPHA, PAPER_GAMMAS, PAPER_RANK_CORRELATION, PRECISION, Table, Task};
use crate::claims::{Estimate, Range, spearman};
use crate::claims::{identities_hold, runs_finished};
use crate::{Bound, Claim, Claims, Criterion, Identity, Part, Preset, Tag};
use curves::digitised_values;
use soundness::measured_everywhere;

/// Alpha at which a layer counts as aligned.
const ALIGNED: f64 = 0.9;

/// Judges the claims that `preset` makes of `table`; those on the six relations are apart.
///
/// `smoke` claims what a short run can show: that it ran, and that what it measured is sound. The others add the paper's
/// statements, and the teacher task the digitised values.
pub fn claims(table: &Table, task: Task, preset: Preset, identities: &[Identity]) -> Claims {
    let runs = table.gammas().len() * table.seeds().len();
    let diverged: Vec<String> = table
        .diverged()
        .iter()
        .map(|(gamma, seed)| format!("gamma {gamma:.3e}, seed {seed}"))
        .collect();
    let mut claims = vec![
        runs_finished(runs, table.seeds().len(), &diverged),
        measured_everywhere(table),
    ];
    claims.extend(identities_hold(identities, table.seeds().len()));
    if preset != Preset::Smoke {
        claims.extend([
            alpha_rises(table),
            first_layer_lowest(table),
            first_layer_last(table),
            deep_layers_at_smallest(table),
            deep_layers_at_largest(table),
            rank_falls(table),
            above_null(table),
        ]);
        if task == Task::Teacher {
            claims.extend([deep_layers_at_third(table), digitised_values(table)]);
        }
    }
    Claims::new(task.id(), preset, claims)
}

fn layer_name(layer: u32) -> String {
    format!("layer {layer}")
}

fn paper_alpha(k: usize, layer: u32) -> f64 {
    PAPER_ALPHA[k][layer as usize - 1]
}

/// The paper's alphas of one layer over its weight decays.
fn paper_layer(layer: u32) -> Vec<f64> {
    (0..PAPER_GAMMAS.len())
        .map(|k| paper_alpha(k, layer))
        .collect()
}

/// Our alphas of one layer and seed, with the weight decays at which there are any.
fn our_layer(table: &Table, layer: u32, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let value = |&gamma: &f64| Some((gamma, table.alpha(layer, gamma, seed)?));
    table.gammas().iter().filter_map(value).unzip()
}

/// Spearman's rho between gamma and alpha. Alphas that the digitisation could not tell apart tie, so that noise at the
/// ceiling is no order; an alpha that does not change at all does not rise.
fn rise(gammas: &[f64], alphas: &[f64]) -> Option<f64> {
    let rounded: Vec<f64> = alphas.iter().map(|a| (a / PRECISION).round()).collect();
    (gammas.len() >= 3).then(|| spearman(gammas, &rounded).unwrap_or(0.0))
}

fn alpha_rises(table: &Table) -> Claim {
    let criterion = Criterion::by_interval(
        "mean over seeds of Spearman's rho(gamma, alpha)",
        Bound::Above(0.5),
    );
    let parts = LAYERS.map(|layer| {
        let rhos = table.over_seeds(|seed| {
            let (gammas, alphas) = our_layer(table, layer, seed);
            rise(&gammas, &alphas)
        });
        let paper = rise(&PAPER_GAMMAS, &paper_layer(layer));
        criterion.part(
            layer_name(layer),
            paper,
            Estimate::mean(&rhos, Range::Correlation),
        )
    });
    let statement =
        "larger weight decay gives better alignment: alpha rises with gamma in every layer";
    Claim::new(
        "alpha-rises",
        Tag::Digitised,
        statement,
        criterion,
        parts.into(),
    )
    .note(format!(
        "alphas are compared to {PRECISION}, the precision of the digitisation: closer ones tie"
    ))
}

/// How far layer 1 lies below the lowest other layer; negative where it does not.
fn gap(alphas: &[f64; 5]) -> f64 {
    alphas[1..].iter().fold(f64::INFINITY, |a, &b| a.min(b)) - alphas[0]
}

fn first_layer_lowest(table: &Table) -> Claim {
    let criterion = Criterion::by_interval(
        "lowest alpha of layers 2-5 minus alpha of layer 1",
        Bound::Above(0.0),
    );
    let all_but_largest = table
        .gammas()
        .split_last()
        .map_or(&[][..], |(_, rest)| rest);
    let parts = all_but_largest.iter().map(|&gamma| {
        let gaps = table.over_seeds(|seed| {
            let mut alphas = [0.0; 5];
            for (alpha, layer) in alphas.iter_mut().zip(LAYERS) {
                *alpha = table.alpha(layer, gamma, seed)?;
            }
            Some(gap(&alphas))
        });
        let paper = paper_row(gamma).map(|k| gap(&PAPER_ALPHA[k]));
        criterion.part(
            format!("gamma {gamma:.1e}"),
            paper,
            Estimate::mean(&gaps, Range::Real),
        )
    });
    let parts = parts.collect();
    let statement = "the first layer is the least aligned at every gamma but the largest";
    Claim::new(
        "first-layer-lowest",
        Tag::Digitised,
        statement,
        criterion,
        parts,
    )
}

/// Where a layer becomes aligned, as log10 of gamma.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Crossing {
    /// Here, or before where this is the smallest gamma of the grid.
    At(f64),
    /// Not up to here, the largest gamma of the grid.
    Beyond(f64),
}

/// The smallest gamma at which alpha reaches [`ALIGNED`], interpolated in log gamma; `None` without any alpha.
fn crossing(gammas: &[f64], alphas: &[f64]) -> Option<Crossing> {
    let log: Vec<f64> = gammas.iter().map(|gamma| gamma.log10()).collect();
    let Some(first) = alphas.iter().position(|&alpha| alpha >= ALIGNED) else {
        return log.last().copied().map(Crossing::Beyond);
    };
    if first == 0 {
        return Some(Crossing::At(log[0]));
    }
    let (below, above) = (alphas[first - 1], alphas[first]);
    let t = (ALIGNED - below) / (above - below);
    let at = log[first - 1] + t * (log[first] - log[first - 1]);
    Some(Crossing::At(at))
}

/// Decades of gamma by which layer 1 crosses later than the last other layer. Where layer 1 never crosses the largest gamma
/// stands in, so that the true delay is longer; where another layer never does there is no delay to speak of.
fn delay(crossings: &[Crossing]) -> Option<f64> {
    let (Crossing::At(own) | Crossing::Beyond(own)) = *crossings.first()?;
    let others = crossings[1..].iter().map(|other| match other {
        Crossing::At(other) => own - other,
        Crossing::Beyond(_) => 0.0,
    });
    others.reduce(f64::min)
}

fn first_layer_last(table: &Table) -> Claim {
    let quantity = format!(
        "decades of gamma between layer 1 reaching alpha {ALIGNED} and the last other layer"
    );
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let delays = table.over_seeds(|seed| {
        let crossings: Option<Vec<Crossing>> = LAYERS
            .iter()
            .map(|&layer| {
                let (gammas, alphas) = our_layer(table, layer, seed);
                crossing(&gammas, &alphas)
            })
            .collect();
        delay(&crossings?)
    });
    let paper: Option<Vec<Crossing>> = LAYERS
        .iter()
        .map(|&layer| crossing(&PAPER_GAMMAS, &paper_layer(layer)))
        .collect();
    let ours = Estimate::mean(&delays, Range::Real);
    let parts = vec![criterion.part("all layers", paper.and_then(|paper| delay(&paper)), ours)];
    let statement = "the first layer is the last to align";
    Claim::new("first-layer-last", Tag::Digitised, statement, criterion, parts)
        .note("a layer that never gets there counts as if it did at the largest gamma: for layer 1 the delay is then a lower bound, for another layer it is 0")
}

/// Layers 3 to 5 at one weight decay of ours, held against the paper's row `k`.
fn deep_layers(table: &Table, gamma: Option<&f64>, k: usize, criterion: &Criterion) -> Vec<Part> {
    let part = |layer| {
        let ours = gamma.and_then(|&gamma| table.alpha_estimate(layer, gamma));
        criterion.part(layer_name(layer), Some(paper_alpha(k, layer)), ours)
    };
    (3..=5).map(part).collect()
}

fn deep_layers_at_smallest(table: &Table) -> Claim {
    let criterion = Criterion::by_interval("alpha at the smallest gamma", Bound::Above(0.5));
    let parts = deep_layers(table, table.gammas().first(), 0, &criterion);
    let statement = "layers 3 to 5 are aligned from the smallest gamma";
    Claim::new(
        "deep-layers-at-smallest",
        Tag::Digitised,
        statement,
        criterion,
        parts,
    )
}

fn deep_layers_at_largest(table: &Table) -> Claim {
    let criterion = Criterion::by_interval("alpha at the largest gamma", Bound::Above(0.95));
    let parts = deep_layers(table, table.gammas().last(), 4, &criterion);
    let statement = "layers 3 to 5 are fully aligned at the largest gamma";
    Claim::new(
        "deep-layers-at-largest",
        Tag::Digitised,
        statement,
        criterion,
        parts,
    )
}

/// The paper's third weight decay, 1.3e-4: where its layers 3 to 5 are all but aligned.
fn deep_layers_at_third(table: &Table) -> Claim {
    let criterion = Criterion::by_interval("alpha at gamma = 1.3e-4", Bound::Above(0.97));
    let third = table.gammas().iter().find(|&&g| paper_row(g) == Some(2));
    let parts = deep_layers(table, third, 2, &criterion);
    let statement = "layers 3 to 5 rise above 0.97 at gamma = 1.3e-4";
    Claim::new(
        "deep-layers-at-third",
        Tag::Digitised,
        statement,
        criterion,
        parts,
    )
}

/// The headline rows of one seed, layers and weight decays pooled, that have an alpha.
fn pooled(table: &Table, seed: u64) -> Vec<(f64, &LayerRow)> {
    let cells = table
        .gammas()
        .iter()
        .flat_map(|&gamma| LAYERS.map(|layer| (layer, gamma)));
    cells
        .filter_map(|(layer, gamma)| {
            let row = table.row(HEADLINE, layer, gamma, seed)?;
            Some((row.alpha?, row))
        })
        .collect()
}

fn rank_falls(table: &Table) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(alpha, rank of W), layers and gammas pooled";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.0));
    let rhos = table.over_seeds(|seed| {
        let (alphas, ranks): (Vec<f64>, Vec<f64>) = pooled(table, seed)
            .into_iter()
            .map(|(alpha, row)| (alpha, f64::from(row.rank_w)))
            .unzip();
        spearman(&alphas, &ranks)
    });
    let ours = Estimate::mean(&rhos, Range::Correlation);
    let parts = vec![criterion.part("pooled", Some(PAPER_RANK_CORRELATION), ours)];
    let statement = "better alignment goes with lower rank";
    Claim::new("rank-falls", Tag::Digitised, statement, criterion, parts)
        .note("the paper's value is that of its figure F-rank, on another grid of weight decays and with a rank whose definition is not known")
}

/// A cell whose null was not measured counts as one that does not exceed it.
fn above_null(table: &Table) -> Claim {
    let quantity =
        "share of (layer, gamma) whose alpha exceeds the 95 % quantile of random rotations";
    let criterion = Criterion::by_interval(quantity, Bound::AtLeast(0.9));
    let shares = table.over_seeds(|seed| {
        let cells = pooled(table, seed);
        let measured = cells.iter().any(|(_, row)| row.null_q95.is_some());
        let above = cells
            .iter()
            .filter(|(alpha, row)| row.null_q95.is_some_and(|q95| *alpha > q95))
            .count();
        measured.then(|| above as f64 / cells.len() as f64)
    });
    let ours = Estimate::mean(&shares, Range::Share);
    let parts = vec![criterion.part("all cells", None, ours)];
    let statement = "alpha is more than the two spectra alone would give";
    Claim::new("above-null", Tag::Ours, statement, criterion, parts)
}

#[cfg(test)]
mod tests;

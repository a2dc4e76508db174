//! The claims of pah-phases. The paper labels no layer, so that all criteria are ours.

use super::labels::{CRH, Label, Labels};
use crate::measures::{mean, trend};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

pub(super) fn claims(labels: &Labels<'_>) -> Vec<Claim> {
    vec![
        layers_have_a_row(labels),
        distance_falls(labels),
        crh_rows(labels),
        consistent(labels),
    ]
}

fn largest(labels: &Labels<'_>) -> f64 {
    labels.gammas.last().copied().unwrap_or(f64::NAN)
}

fn layers_have_a_row(labels: &Labels<'_>) -> Claim {
    let criterion = Criterion::by_interval(
        "share of layers with a row at the largest gamma",
        Bound::Above(0.5),
    );
    let ours = labels.share(largest(labels), |row| row.is_some());
    let parts = vec![criterion.part("all layers", None, ours)];
    let statement = "at the largest gamma most layers are in a phase of the table";
    Claim::new("layers-have-a-row", Tag::Found, statement, criterion, parts)
        .note("that the phases describe trained layers is FOUND, the bound is ours")
}

fn distance_falls(labels: &Labels<'_>) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(gamma, distance to the nearest row)";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.0));
    let parts = labels.layers.iter().map(|&layer| {
        let distances = labels.select("phase_distance").layer(layer);
        let ours = distances.over_seeds(|row| row.gamma, Range::Correlation, trend);
        criterion.part(format!("map {layer}"), None, ours)
    });
    let parts = parts.collect();
    let statement = "layers come nearer to a phase as gamma grows";
    Claim::new("distance-falls", Tag::Found, statement, criterion, parts)
        .note("that larger gamma aligns better is FOUND; that the distance shows it is ours")
}

fn crh_rows(labels: &Labels<'_>) -> Claim {
    let quantity = "share of layers in row 10, 11 or 12 at the largest gamma";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let is_crh = |row: Option<u32>| row.is_some_and(|row| CRH.contains(&row));
    let ours = labels.share(largest(labels), is_crh);
    let parts = vec![criterion.part("all layers", None, ours)];
    let statement = "at the largest gamma most layers have all three relations of a side";
    let claim = Claim::new("crh-rows", Tag::Inferred, statement, criterion, parts);
    let shares = labels.gammas.iter().filter_map(|&gamma| {
        let share = labels.share(gamma, is_crh)?;
        Some(format!("gamma {gamma:.1e} {:.2}", share.value))
    });
    claim.note(format!(
        "over gamma: {}",
        shares.collect::<Vec<_>>().join(", ")
    ))
}

fn consistent(labels: &Labels<'_>) -> Claim {
    let quantity = "share of seeds that have the most frequent row of their layer and gamma, mean over those where a seed has any";
    let criterion = Criterion::by_value(quantity, Bound::AtLeast(0.8));
    let cells = labels.layers.iter().flat_map(|&layer| {
        let gammas = labels.gammas.iter();
        gammas.filter_map(move |&gamma| labels.label("phase_row", layer, gamma))
    });
    // Seeds that agree that nothing fits say nothing about phases.
    let labelled: Vec<Label> = cells.filter(|label| label.labelled > 0).collect();
    let count = labelled.len();
    let shares = labelled
        .iter()
        .map(|label| label.agree as f64 / label.seeds as f64);
    let seeds = labels.table.seeds().len();
    // One seed agrees with itself.
    let agreement = mean(shares).filter(|_| seeds > 1);
    let ours = agreement.map(|share| Estimate::without_interval(share, seeds));
    let parts = vec![criterion.part("all layers and gammas", None, ours)];
    let statement = "the phase of a layer does not depend on the seed";
    Claim::new("consistent", Tag::Ours, statement, criterion, parts).note(format!(
        "{count} of {} cells of layer and gamma have a row in any seed; with {seeds} seeds the smallest possible share is {:.2}",
        labels.layers.len() * labels.gammas.len(),
        1.0 / seeds.max(1) as f64
    ))
}

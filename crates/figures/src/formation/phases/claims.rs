//! The claims of pah-phases. The paper labels no layer, so that all criteria are ours.

use super::labels::{CRH, Label, Labels};
use crate::claims::measures::{mean, trend};
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag};

pub(super) fn claims(tasks: &[Labels<'_>]) -> Vec<Claim> {
    vec![
        layers_have_a_row(tasks),
        distance_falls(tasks),
        crh_rows(tasks),
        consistent(tasks),
    ]
}

/// Parts of all tasks: for each those that `of` names.
fn parts(
    tasks: &[Labels<'_>],
    criterion: &Criterion,
    of: impl Fn(&Labels<'_>) -> Vec<(String, Option<Estimate>)>,
) -> Vec<Part> {
    let parts = tasks.iter();
    parts
        .flat_map(|labels| criterion.parts_of_task(labels.task, of(labels)))
        .collect()
}

fn largest(labels: &Labels<'_>) -> f64 {
    labels.gammas.last().copied().unwrap_or(f64::NAN)
}

fn layers_have_a_row(tasks: &[Labels<'_>]) -> Claim {
    let criterion = Criterion::by_interval(
        "share of layers with a row at the largest gamma",
        Bound::Above(0.5),
    );
    let parts = parts(tasks, &criterion, |labels| {
        let ours = labels.share(largest(labels), |row| row.is_some());
        vec![("all layers".to_owned(), ours)]
    });
    let statement = "at the largest gamma most layers are in a phase of the table";
    Claim::new("layers-have-a-row", Tag::Found, statement, criterion, parts)
        .note("that the phases describe trained layers is FOUND, the bound is ours")
}

fn distance_falls(tasks: &[Labels<'_>]) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(gamma, distance to the nearest row)";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.0));
    let parts = parts(tasks, &criterion, |labels| {
        let layers = labels.layers.iter().map(|&layer| {
            let distances = labels.select("phase_distance").layer(layer);
            let ours = distances.over_seeds(|row| row.gamma, Range::Correlation, trend);
            (format!("map {layer}"), ours)
        });
        layers.collect()
    });
    let statement = "layers come nearer to a phase as gamma grows";
    Claim::new("distance-falls", Tag::Found, statement, criterion, parts)
        .note("that larger gamma aligns better is FOUND; that the distance shows it is ours")
}

fn crh_rows(tasks: &[Labels<'_>]) -> Claim {
    let quantity = "share of layers in row 10, 11 or 12 at the largest gamma";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let is_crh = |row: Option<u32>| row.is_some_and(|row| CRH.contains(&row));
    let parts = parts(tasks, &criterion, |labels| {
        let ours = labels.share(largest(labels), is_crh);
        vec![("all layers".to_owned(), ours)]
    });
    let statement = "at the largest gamma most layers have all three relations of a side";
    let claim = Claim::new("crh-rows", Tag::Inferred, statement, criterion, parts);
    tasks.iter().fold(claim, |claim, labels| {
        let shares = labels.gammas.iter().filter_map(|&gamma| {
            let share = labels.share(gamma, is_crh)?;
            Some(format!("gamma {gamma:.1e} {:.2}", share.value))
        });
        let shares = shares.collect::<Vec<_>>().join(", ");
        claim.note(format!("{}, over gamma: {shares}", labels.task))
    })
}

/// The labels of all layers and weight decays of a task at which a seed has any: seeds that agree that nothing fits say
/// nothing about phases.
fn labelled(labels: &Labels<'_>) -> Vec<Label> {
    let cells = labels.layers.iter().flat_map(|&layer| {
        let gammas = labels.gammas.iter();
        gammas.filter_map(move |&gamma| labels.label("phase_row", layer, gamma))
    });
    cells.filter(|label| label.labelled > 0).collect()
}

fn consistent(tasks: &[Labels<'_>]) -> Claim {
    let quantity = "share of seeds that have the most frequent row of their layer and gamma, mean over those where a seed has any";
    let criterion = Criterion::by_value(quantity, Bound::AtLeast(0.8));
    let parts = parts(tasks, &criterion, |labels| {
        let labelled = labelled(labels).into_iter();
        let shares = labelled.map(|label| label.agree as f64 / label.seeds as f64);
        let seeds = labels.seeds();
        // One seed agrees with itself.
        let agreement = mean(shares).filter(|_| seeds > 1);
        let ours = agreement.map(|share| Estimate::without_interval(share, seeds));
        vec![("all layers and gammas".to_owned(), ours)]
    });
    let statement = "the phase of a layer does not depend on the seed";
    let claim = Claim::new("consistent", Tag::Ours, statement, criterion, parts);
    tasks.iter().fold(claim, |claim, labels| {
        let seeds = labels.seeds();
        claim.note(format!(
            "{}: {} of {} cells of layer and gamma have a row in any seed; with {seeds} seeds the smallest possible share is {:.2}",
            labels.task,
            labelled(labels).len(),
            labels.layers.len() * labels.gammas.len(),
            1.0 / seeds.max(1) as f64
        ))
    })
}

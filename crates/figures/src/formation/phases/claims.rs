//! The claims of pah-phases. The paper labels no layer, so that all criteria are ours.

use super::labels::{Labels, is_crh};
use crate::claims::measures::{mean, trend};
use crate::figure::Along;
use crate::formation::CLOCK;
use crate::{Bound, Claim, Estimate, Range, Tag};

/// What a claim says of layers that are left out of it.
const COLLAPSED: &str = "of layers whose W has an effective rank above 3: with W of rank one, two of the six relations hold by algebra and no phase can be told from another; where weight decay leaves every W few directions, as with one output, none is left";

pub(super) fn claims(tasks: &[Labels<'_>]) -> Vec<Claim> {
    let distances = tasks.iter().flat_map(|labels| {
        labels.distances().map(|(layer, distance)| {
            let rho = distance.over_seeds(Along::WEIGHT_DECAY.of, Range::Correlation, trend);
            labels.base.case(format!("map {layer}"), rho)
        })
    });
    let in_a_phase = "at the largest gamma most layers are in a phase of the table";
    let share = "share of layers with a phase at the largest gamma";
    let nearer = "layers come nearer to a phase as gamma grows";
    let rho = "mean over seeds of Spearman's rho(gamma, distance to the nearest phase)";
    vec![
        Tag::Found
            .claim("layers-have-a-phase", in_a_phase)
            .by_interval(share, Bound::Above(0.5))
            .parts(at_largest(tasks, |row| row.is_some()))
            .note("that the phases describe trained layers is FOUND, the bound is ours")
            .note(COLLAPSED),
        Tag::Found
            .claim("distance-falls", nearer)
            .by_interval(rho, Bound::Below(0.0))
            .parts(distances)
            .note("that larger gamma aligns better is FOUND; that the distance shows it is ours")
            .note(CLOCK)
            .note(COLLAPSED),
        crh_rows(tasks),
        consistent(tasks),
    ]
}

/// For each task the share of layers whose row at the largest weight decay is `wanted`.
fn at_largest(
    tasks: &[Labels<'_>],
    wanted: fn(Option<u32>) -> bool,
) -> impl Iterator<Item = (String, Option<Estimate>)> {
    tasks.iter().map(move |labels| {
        let largest = labels.gammas.last();
        let share = largest.and_then(|&gamma| labels.share(gamma, wanted));
        labels.base.case("all layers", share)
    })
}

fn crh_rows(tasks: &[Labels<'_>]) -> Claim {
    let statement = "at the largest gamma most layers have all three relations of a side";
    let quantity = "share of layers in phase 10, 11 or 12 (all three relations of a side, or all six) at the largest gamma";
    let claim = Tag::Inferred
        .claim("crh-rows", statement)
        .by_interval(quantity, Bound::Above(0.5))
        .parts(at_largest(tasks, is_crh));
    let notes = tasks.iter().map(|labels| {
        let shares = labels.shares(is_crh).into_iter();
        let shares = shares.map(|(gamma, share)| format!("gamma {gamma:.1e} {:.2}", share.value));
        let shares = shares.collect::<Vec<_>>().join(", ");
        format!("{}, over gamma: {shares}", labels.base.task())
    });
    notes.fold(claim, Claim::note).note(COLLAPSED)
}

fn consistent(tasks: &[Labels<'_>]) -> Claim {
    let claim = |parts| {
        Tag::Ours
            .claim("consistent", "the phase of a layer does not depend on the seed")
            .by_value(
                "share of seeds in the most frequent phase of their layer and gamma, mean over those where a seed is in any",
                Bound::AtLeast(0.8),
            )
            .parts::<(String, Option<Estimate>)>(parts)
    };
    let judged = tasks.iter().map(|labels| {
        let seeds = labels.seeds;
        // Seeds that agree that nothing fits say nothing about phases.
        let labelled = labels.cells().filter(|label| label.labelled > 0);
        let shares = labelled.map(|label| label.agree as f64 / label.seeds as f64);
        let shares: Vec<f64> = shares.collect();
        // One seed agrees with itself.
        let agreement = mean(shares.iter().copied()).filter(|_| seeds > 1);
        let agreement = agreement.map(|share| Estimate::without_interval(share, seeds));
        let (task, all) = (labels.base.task(), labels.layers.len() * labels.gammas.len());
        let least = 1.0 / seeds.max(1) as f64;
        let note = format!(
            "{task}: at {} of {all} pairs of layer and gamma any seed is in a phase; with {seeds} seeds the smallest possible share is {least:.2}",
            shares.len()
        );
        (labels.base.case("all layers and gammas", agreement), note)
    });
    let (parts, notes): (Vec<_>, Vec<_>) = judged.unzip();
    notes.into_iter().fold(claim(parts), Claim::note)
}

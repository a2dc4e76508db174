//! Claims that any preset can make: the runs finished and what was measured is sound.

use super::{layer_name, our_layer};
use crate::gamma::table::LAYERS;
use crate::gamma::{Identity, Table};
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag};

pub(super) fn runs_finished(table: &Table) -> Claim {
    let diverged = table.diverged();
    let runs = table.gammas().len() * table.seeds().len();
    let quantity = format!("share of the {runs} runs that finished");
    let criterion = Criterion::by_value(quantity, Bound::AtLeast(1.0));
    let share = (runs - diverged.len()) as f64 / runs as f64;
    let ours = Estimate::without_interval(share, table.seeds().len());
    let part = criterion.part("runs", None, Some(ours));
    let statement = "every training run finishes";
    let claim = Claim::new("runs-finished", Tag::Ours, statement, criterion, vec![part]);
    diverged.iter().fold(claim, |claim, (gamma, seed)| {
        claim.note(format!("diverged: gamma {gamma:.3e}, seed {seed}"))
    })
}

pub(super) fn measured_everywhere(table: &Table) -> Claim {
    let criterion =
        Criterion::by_value("share of (gamma, seed) with an alpha", Bound::AtLeast(1.0));
    let parts = LAYERS.map(|layer| {
        let share = |seed| {
            let (gammas, _) = our_layer(table, layer, seed);
            Some(gammas.len() as f64 / table.gammas().len() as f64)
        };
        let ours = Estimate::mean(&table.over_seeds(share), Range::Share);
        criterion.part(layer_name(layer), None, ours)
    });
    let statement = "alpha is defined in every layer at every gamma";
    Claim::new(
        "measured-everywhere",
        Tag::Ours,
        statement,
        criterion,
        parts.into(),
    )
}

/// Each identity has its own tolerance, so errors are compared in units of it.
pub(super) fn identities_hold(identities: &[Identity], seeds: usize) -> Option<Claim> {
    let criterion =
        Criterion::by_value("largest relative error, in tolerances", Bound::AtMost(1.0));
    let part = |identity: &Identity| {
        let error = identity.relative_error / identity.tolerance;
        let ours = Estimate::without_interval(error, seeds);
        criterion.part(&identity.name, None, Some(ours))
    };
    let parts: Vec<Part> = identities.iter().map(part).collect();
    let notes = identities.iter().map(|identity| {
        let Identity {
            name,
            relative_error,
            tolerance,
            runs,
        } = identity;
        format!("{name}: largest relative error {relative_error:.1e} in {runs} runs, tolerance {tolerance:.0e}")
    });
    let statement = "the measured moments satisfy the exact identities";
    let claim = Claim::new("identities", Tag::Derived, statement, criterion, parts);
    (!identities.is_empty()).then(|| notes.fold(claim, Claim::note))
}

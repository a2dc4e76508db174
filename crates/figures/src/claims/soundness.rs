//! Claims that any preset of any figure can make: the runs finished and what was measured is sound.

use crate::{Bound, Claim, Criterion, Estimate, Part, Tag};

/// An identity that the measured moments must satisfy, such as H_b = W H_a Wᵀ, and how well they do.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The identity, written out.
    pub name: String,
    /// The largest relative error found.
    pub relative_error: f64,
    /// The largest relative error that rounding explains.
    pub tolerance: f64,
    /// In how many runs it was checked.
    pub runs: usize,
}

/// `diverged` names the runs, out of `runs`, that did not finish.
pub(crate) fn runs_finished(runs: usize, seeds: usize, diverged: &[String]) -> Claim {
    let quantity = format!("share of the {runs} runs that finished");
    let criterion = Criterion::by_value(quantity, Bound::AtLeast(1.0));
    let share = (runs - diverged.len()) as f64 / runs as f64;
    let ours = Estimate::without_interval(share, seeds);
    let part = criterion.part("runs", None, Some(ours));
    let statement = "every training run finishes";
    let claim = Claim::new("runs-finished", Tag::Ours, statement, criterion, vec![part]);
    diverged
        .iter()
        .fold(claim, |claim, run| claim.note(format!("diverged: {run}")))
}

/// Each identity has its own tolerance, so errors are compared in units of it.
pub(crate) fn identities_hold(identities: &[Identity], seeds: usize) -> Option<Claim> {
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

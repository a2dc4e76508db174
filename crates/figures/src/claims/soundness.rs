//! Claims that any preset of any figure can make: the runs finished and what was measured is sound.

use crate::{Bound, Claim, Estimate, Tag};

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
    let share = (runs - diverged.len()) as f64 / runs as f64;
    let quantity = format!("share of the {runs} runs that finished");
    Tag::Ours
        .claim("runs-finished", "every training run finishes")
        .by_value(quantity, Bound::AtLeast(1.0))
        .parts([("runs", Some(Estimate::without_interval(share, seeds)))])
        .with_notes(diverged.iter().map(|run| format!("diverged: {run}")))
        .soundness()
}

/// Each identity has its own tolerance, so errors are compared in units of it.
pub(crate) fn identities_hold(identities: &[Identity], seeds: usize) -> Option<Claim> {
    let parts = identities.iter().map(|identity| {
        let error = identity.relative_error / identity.tolerance;
        let ours = Estimate::without_interval(error, seeds);
        (&identity.name, Some(ours))
    });
    let notes = identities.iter().map(|identity| {
        let Identity {
            name,
            relative_error,
            tolerance,
            runs,
        } = identity;
        format!("{name}: largest relative error {relative_error:.1e} in {runs} runs, tolerance {tolerance:.0e}")
    });
    let claim = Tag::Derived
        .claim(
            "identities",
            "the measured moments satisfy the exact identities",
        )
        .by_value("largest relative error, in tolerances", Bound::AtMost(1.0))
        .parts(parts);
    (!identities.is_empty()).then(|| claim.with_notes(notes).soundness())
}

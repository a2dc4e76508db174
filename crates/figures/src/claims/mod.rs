//! Machine-checked claims: what the paper says, what we find, and a verdict that code computes.

mod criterion;
mod curves;
mod draft;
mod estimate;
pub(crate) mod measures;
mod soundness;
mod table;

pub use criterion::{Bound, Criterion, JudgedBy, Part, Standing};
pub(crate) use curves::{inside_intervals, rmse};
pub(crate) use draft::{Draft, Judged};
pub use estimate::{Centre, Estimate, Range, spearman};
pub use soundness::Identity;
pub(crate) use soundness::{identities_hold, runs_finished};
pub(crate) use table::{estimate, number, or_none, shown};

use std::fmt;

use serde::Serialize;

use crate::Preset;

/// The version of `claims.json`.
pub const CLAIMS_SCHEMA_VERSION: u32 = 1;

/// Where a statement, a value or a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Tag {
    /// Stated by a source that had the paper.
    Found,
    /// Measured by image analysis from a figure of the paper.
    Digitised,
    /// Algebra.
    Derived,
    /// A reasoned guess.
    Inferred,
    /// Found by an experiment, the paper's traces being silent: a scan of ours, or a run of the authors' code.
    Measured,
    /// Our own choice or addition; the paper says nothing of it.
    Ours,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}").to_uppercase())
    }
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every part meets the criterion, its interval included.
    Reproduced,
    /// More than half of the parts meet the criterion, or all do but an interval crosses it.
    Partly,
    /// Anything else, missing data included.
    Not,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}").to_lowercase())
    }
}

/// A statement with its criterion, its numbers and the verdict that follows from them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    id: &'static str,
    statement: String,
    tag: Tag,
    /// The paper's value for the worst part, where known.
    paper_value: Option<f64>,
    /// Our estimate for the worst part.
    ours: Option<Estimate>,
    /// Which part is the worst, unless all are alike.
    worst: Option<String>,
    criterion: Criterion,
    verdict: Verdict,
    parts: Vec<Part>,
    notes: Vec<String>,
}

impl Claim {
    /// Judges `parts`, which `criterion` made. The worst of them (a missing one, or else the one least inside the bound)
    /// stands for the claim where there is room for one number only. A claim without parts is not reproduced.
    fn new(draft: Draft, criterion: Criterion, parts: Vec<Part>) -> Self {
        let depth = |part: &Part| match part.ours {
            Some(estimate) if !estimate.value.is_nan() => criterion.bound.margin(estimate.value),
            _ => f64::NEG_INFINITY,
        };
        let by_depth = |a: &&Part, b: &&Part| depth(a).total_cmp(&depth(b));
        let worst = parts.iter().min_by(by_depth).cloned();
        let alike = worst.as_ref().map(depth) == parts.iter().max_by(by_depth).map(depth);
        Self {
            id: draft.id,
            statement: draft.statement,
            tag: draft.tag,
            paper_value: worst.as_ref().and_then(|part| part.paper_value),
            ours: worst.as_ref().and_then(|part| part.ours),
            worst: worst.filter(|_| !alike).map(|part| part.name),
            criterion,
            verdict: verdict(&parts),
            parts,
            notes: Vec::new(),
        }
    }

    /// Adds a remark: what was left out, what a reader should know of the numbers.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds remarks.
    #[must_use]
    pub(crate) fn with_notes<N: Into<String>>(self, notes: impl IntoIterator<Item = N>) -> Self {
        notes.into_iter().fold(self, Self::note)
    }

    /// The name of the claim, unique within its figure.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What is claimed.
    pub fn statement(&self) -> &str {
        &self.statement
    }

    /// Our estimate for the worst part.
    pub fn ours(&self) -> Option<Estimate> {
        self.ours
    }

    /// The cases.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Remarks.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The verdict, computed from the parts and nothing else.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
}

fn verdict(parts: &[Part]) -> Verdict {
    let count = |wanted: &[Standing]| {
        let held = parts.iter().filter(|part| wanted.contains(&part.standing));
        held.count()
    };
    let inside = count(&[Standing::Met, Standing::Unsure]);
    if parts.is_empty() || 2 * inside <= parts.len() {
        Verdict::Not
    } else if count(&[Standing::Met]) == parts.len() {
        Verdict::Reproduced
    } else {
        Verdict::Partly
    }
}

/// All claims of one figure at one preset: what `claims.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claims {
    schema_version: u32,
    figure: String,
    preset: Preset,
    claims: Vec<Claim>,
}

impl Claims {
    /// The claims of `figure` (an id of the registry) at `preset`.
    pub fn new(figure: impl Into<String>, preset: Preset, claims: Vec<Claim>) -> Self {
        Self {
            schema_version: CLAIMS_SCHEMA_VERSION,
            figure: figure.into(),
            preset,
            claims,
        }
    }

    /// The claims, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Claim> {
        self.claims.iter()
    }

    /// How many claims got each verdict: `9 reproduced, 2 partly, 0 not`.
    pub fn summary(&self) -> String {
        let count = |verdict| {
            let claims = self.claims.iter();
            let n = claims.filter(|claim| claim.verdict == verdict).count();
            format!("{n} {verdict}")
        };
        [Verdict::Reproduced, Verdict::Partly, Verdict::Not]
            .map(count)
            .join(", ")
    }

    /// The claim with this id.
    pub fn get(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }

    /// Whether every claim is [`Verdict::Reproduced`]; *partly* is not enough. No claims are never met.
    pub fn all_met(&self) -> bool {
        let met = |claim: &Claim| claim.verdict == Verdict::Reproduced;
        !self.claims.is_empty() && self.claims.iter().all(met)
    }
}

impl<'a> IntoIterator for &'a Claims {
    type Item = &'a Claim;
    type IntoIter = std::slice::Iter<'a, Claim>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests;

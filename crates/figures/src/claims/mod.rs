//! Machine-checked claims: what the paper says, what we find, and a verdict that code computes.

mod criterion;
mod curves;
mod draft;
mod estimate;
pub(crate) mod measures;
mod soundness;
mod table;
mod verdict;

pub use criterion::{Bound, Criterion, JudgedBy, Part};
pub(crate) use curves::{are_inside, inside_intervals, rmse};
pub(crate) use draft::{Case, Draft, Judged};
pub use estimate::{Centre, Estimate, Range, spearman};
pub use soundness::Identity;
pub(crate) use soundness::{identities_hold, runs_finished};
pub(crate) use table::{estimate, number, or_none, shown};
pub use verdict::{Kind, Tally, Verdict};

use std::fmt;

use serde::Serialize;

use crate::Preset;

/// The version of `claims.json`.
pub const CLAIMS_SCHEMA_VERSION: u32 = 2;

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

/// A statement with its criterion, its numbers and the verdict that follows from them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    id: &'static str,
    statement: String,
    tag: Tag,
    kind: Kind,
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
    /// Judges `parts`, which `criterion` made. The worst of those that were tested (by its verdict, then by how far it is
    /// inside the bound) stands for the claim where there is room for one number only.
    fn new(draft: Draft, criterion: Criterion, parts: Vec<Part>) -> Self {
        let depth = |part: &Part| match part.ours {
            Some(estimate) if !estimate.value.is_nan() => criterion.bound.margin(estimate.value),
            _ => f64::NEG_INFINITY,
        };
        let order = |a: &&Part, b: &&Part| {
            let by_verdict = a.verdict.severity().cmp(&b.verdict.severity());
            by_verdict.then(depth(a).total_cmp(&depth(b)))
        };
        let tested = || parts.iter().filter(|part| part.ours.is_some());
        let worst = tested().min_by(order).cloned();
        let alike = worst.as_ref().map(depth) == tested().max_by(order).map(depth);
        Self {
            id: draft.id,
            statement: draft.statement,
            tag: draft.tag,
            kind: Kind::Ordinary,
            paper_value: worst.as_ref().and_then(|part| part.paper_value),
            ours: worst.as_ref().and_then(|part| part.ours),
            worst: worst.filter(|_| !alike).map(|part| part.name),
            verdict: Verdict::of(&parts, &criterion),
            criterion,
            parts,
            notes: Vec::new(),
        }
    }

    /// The same as a check of our own runs ([`Kind::Soundness`]).
    #[must_use]
    pub fn soundness(self) -> Self {
        Self {
            kind: Kind::Soundness,
            ..self
        }
    }

    /// The same held against values by which settings were chosen ([`Kind::Fitted`]).
    #[must_use]
    pub fn fitted(self) -> Self {
        Self {
            kind: Kind::Fitted,
            ..self
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

    /// What it is evidence of.
    pub fn kind(&self) -> Kind {
        self.kind
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

/// All claims of one figure at one preset: what `claims.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claims {
    schema_version: u32,
    figure: String,
    preset: Preset,
    tally: Tally,
    claims: Vec<Claim>,
}

impl Claims {
    /// The claims of `figure` (an id of the registry) at `preset`.
    pub fn new(figure: impl Into<String>, preset: Preset, claims: Vec<Claim>) -> Self {
        let mut tally = Tally::default();
        for claim in &claims {
            tally.add(claim.kind, claim.verdict);
        }
        Self {
            schema_version: CLAIMS_SCHEMA_VERSION,
            figure: figure.into(),
            preset,
            tally,
            claims,
        }
    }

    /// The claims, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Claim> {
        self.claims.iter()
    }

    /// The claims of one kind, in order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Claim> {
        self.iter().filter(move |claim| claim.kind == kind)
    }

    /// How many claims got each verdict; soundness and what was fitted are counted apart.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The claim with this id.
    pub fn get(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }

    /// Whether every claim that counts is [`Verdict::Reproduced`], checks of soundness included. No claims are never met.
    pub fn all_met(&self) -> bool {
        let mut counted = self.iter().filter(|claim| claim.kind != Kind::Fitted);
        !self.claims.is_empty() && counted.all(|claim| claim.verdict == Verdict::Reproduced)
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

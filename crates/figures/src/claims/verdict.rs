//! What becomes of a claim, and how that follows from its parts.

use std::fmt;

use serde::Serialize;

use super::{Criterion, Part};

/// What became of a claim, or of one of its parts.
///
/// A claim says that **every** part lies inside the bound, so it is
///
/// - *reproduced* if every part is. Each part's own 95 % interval has to lie inside: an intersection–union test, whose error
///   is at most that of one part, so that no correction for the number of parts is due;
/// - *contradicted* if some part is so beyond chance. One part outside refutes it, but of m parts that lie at the bound
///   chance puts one outside m times as often as it does a single one. The interval that has to lie outside is therefore
///   wider: it holds for all tested parts together ([`Estimate::widened`](crate::Estimate::widened), Bonferroni). Parts keep their
///   verdicts of one comparison;
/// - *not tested* if no part is tested;
/// - *undecided* otherwise. Parts that hold beside some that are not tested are evidence for less than the claim.
///
/// So a claim about parts without any effect is undecided in 19 of 20 cases, however many parts it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Value and whole interval lie inside the bound.
    Reproduced,
    /// Value and whole interval lie outside.
    Contradicted,
    /// The interval holds both sides of the bound, or there is none where the criterion requires one.
    Undecided,
    /// No value, or none that says anything: data are missing, a premise is not met, training is too short.
    NotTested,
}

impl Verdict {
    /// The verdict of a claim.
    pub(super) fn of(parts: &[Part], criterion: &Criterion) -> Self {
        let all = |wanted| parts.iter().all(|part| part.verdict == wanted);
        let tested = parts.iter().filter_map(|part| part.ours);
        let comparisons = tested.clone().count();
        let outside = |ours| criterion.judge(ours, comparisons) == Self::Contradicted;
        if all(Self::NotTested) {
            Self::NotTested
        } else if all(Self::Reproduced) {
            Self::Reproduced
        } else if tested.into_iter().any(outside) {
            Self::Contradicted
        } else {
            Self::Undecided
        }
    }

    /// From the one that decides a claim first.
    pub(super) fn severity(self) -> u8 {
        match self {
            Self::Contradicted => 0,
            Self::Undecided => 1,
            Self::Reproduced => 2,
            Self::NotTested => 3,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reproduced => "reproduced",
            Self::Contradicted => "contradicted",
            Self::Undecided => "undecided",
            Self::NotTested => "not tested",
        })
    }
}

/// What a claim is evidence of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Of the paper, or of what we add to it.
    Ordinary,
    /// Of our own runs: that they finished, that identities hold, that everything is defined. Counted apart.
    Soundness,
    /// Of nothing: settings were chosen by the values that it is held against. Counts for nothing.
    Fitted,
}

/// How many claims got each verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Ordinary claims by verdict.
    pub reproduced: usize,
    /// See [`Verdict::Contradicted`].
    pub contradicted: usize,
    /// See [`Verdict::Undecided`].
    pub undecided: usize,
    /// See [`Verdict::NotTested`].
    pub not_tested: usize,
    /// Checks of soundness that hold.
    pub sound: usize,
    /// All checks of soundness.
    pub soundness: usize,
    /// Claims held against values that were fitted.
    pub fitted: usize,
}

impl Tally {
    pub(super) fn add(&mut self, kind: Kind, verdict: Verdict) {
        let counter = match (kind, verdict) {
            (Kind::Fitted, _) => &mut self.fitted,
            (Kind::Soundness, _) => {
                self.sound += usize::from(verdict == Verdict::Reproduced);
                &mut self.soundness
            }
            (Kind::Ordinary, Verdict::Reproduced) => &mut self.reproduced,
            (Kind::Ordinary, Verdict::Contradicted) => &mut self.contradicted,
            (Kind::Ordinary, Verdict::Undecided) => &mut self.undecided,
            (Kind::Ordinary, Verdict::NotTested) => &mut self.not_tested,
        };
        *counter += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} reproduced, {} contradicted, {} undecided, {} not tested; soundness {} of {}",
            self.reproduced,
            self.contradicted,
            self.undecided,
            self.not_tested,
            self.sound,
            self.soundness
        )?;
        match self.fitted {
            0 => Ok(()),
            n => write!(f, "; {n} fitted, not counted"),
        }
    }
}

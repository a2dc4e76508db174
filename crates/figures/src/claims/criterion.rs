//! When a claim holds: a bound, and where each part of the claim lies.

use std::fmt;

use serde::Serialize;

use super::Verdict;
use crate::Estimate;

/// The number that a claim is held against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Strictly above.
    Above(f64),
    /// Strictly below.
    Below(f64),
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Bound {
    pub(super) fn holds(self, value: f64) -> bool {
        match self {
            Self::Above(bound) => value > bound,
            Self::Below(bound) => value < bound,
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    /// How far inside the bound: the smallest margin is the worst part.
    pub(super) fn margin(self, value: f64) -> f64 {
        match self {
            Self::Above(bound) | Self::AtLeast(bound) => value - bound,
            Self::Below(bound) | Self::AtMost(bound) => bound - value,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Above(bound) => write!(f, "above {bound}"),
            Self::Below(bound) => write!(f, "below {bound}"),
            Self::AtLeast(bound) => write!(f, "at least {bound}"),
            Self::AtMost(bound) => write!(f, "at most {bound}"),
        }
    }
}

/// What of an estimate is held against the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JudgedBy {
    /// The value alone: counts, and numbers made of all seeds together.
    Value,
    /// The value and both ends of its interval over seeds.
    Interval,
}

/// When a claim holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Criterion {
    /// What the number is, in words.
    pub quantity: String,
    /// The number it is held against.
    pub bound: Bound,
    /// What of the estimate must lie inside the bound.
    pub judged_by: JudgedBy,
}

impl Criterion {
    /// One case of a claim. `why`: the reason why it is not tested.
    pub(super) fn part(
        &self,
        name: String,
        paper_value: Option<f64>,
        ours: Option<Estimate>,
        why: Option<String>,
    ) -> Part {
        let ours = ours.filter(|_| why.is_none());
        Part {
            name,
            paper_value,
            ours,
            verdict: ours.map_or(Verdict::NotTested, |ours| self.judge(ours, 1)),
            not_tested_because: why,
        }
    }

    /// Where an estimate lies, if its interval is to hold together with those of other comparisons.
    pub(super) fn judge(&self, ours: Estimate, comparisons: usize) -> Verdict {
        let ends = match self.judged_by {
            JudgedBy::Value => Some((ours.value, ours.value)),
            JudgedBy::Interval => ours.widened(comparisons),
        };
        let Some((low, high)) = ends else {
            return Verdict::Undecided;
        };
        match [ours.value, low, high].map(|value| self.bound.holds(value)) {
            [true, true, true] => Verdict::Reproduced,
            [false, false, false] => Verdict::Contradicted,
            _ => Verdict::Undecided,
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interval = match self.judged_by {
            JudgedBy::Value => "",
            JudgedBy::Interval => ", interval included",
        };
        write!(f, "{}: {}{interval}", self.quantity, self.bound)
    }
}

/// One of the cases that a claim is made of, such as a layer; made by the claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    pub(super) name: String,
    pub(super) paper_value: Option<f64>,
    pub(super) ours: Option<Estimate>,
    pub(super) verdict: Verdict,
    /// The reason, where there is more to say than that it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_tested_because: Option<String>,
}

impl Part {
    /// What case it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Our estimate.
    pub fn ours(&self) -> Option<Estimate> {
        self.ours
    }

    /// Why it is not tested, where there is more to say than that it was not measured.
    pub fn not_tested_because(&self) -> Option<&str> {
        self.not_tested_because.as_deref()
    }

    /// Its own verdict, whatever those of the other parts.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }
}

//! When a claim holds: a bound, and how each part of the claim stands to it.

use std::fmt;

use serde::Serialize;

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
    /// One case of a claim: its name, the paper's value where known, ours where measured.
    pub(super) fn part(&self, name: String, paper: Option<f64>, ours: Option<Estimate>) -> Part {
        Part {
            name,
            paper_value: paper,
            ours,
            standing: self.standing(ours),
        }
    }

    fn standing(&self, ours: Option<Estimate>) -> Standing {
        let Some(estimate) = ours else {
            return Standing::Missing;
        };
        if !self.bound.holds(estimate.value) {
            return Standing::Missed;
        }
        let inside = |(low, high)| self.bound.holds(low) && self.bound.holds(high);
        match self.judged_by {
            JudgedBy::Interval if !estimate.interval().is_some_and(inside) => Standing::Unsure,
            _ => Standing::Met,
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

/// How one part of a claim stands to its criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Inside the bound, with its interval where the criterion asks for that.
    Met,
    /// The value is inside, but its interval crosses the bound or there is no interval.
    Unsure,
    /// The value is outside.
    Missed,
    /// There is no value.
    Missing,
}

/// One of the cases that a claim is made of, such as a layer; made by the claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    pub(super) name: String,
    pub(super) paper_value: Option<f64>,
    pub(super) ours: Option<Estimate>,
    pub(super) standing: Standing,
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

    /// How it stands to the criterion.
    pub fn standing(&self) -> Standing {
        self.standing
    }
}

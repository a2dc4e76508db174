//! Machine-checked claims: what the paper says, what we find, and a verdict that code computes.

mod table;

use std::fmt;

use serde::Serialize;

use crate::{Estimate, Preset};

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
    /// Found by our own experiments, the paper's traces being silent.
    Measured,
    /// Our own choice or addition; the paper says nothing of it.
    Ours,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Found => "FOUND",
            Self::Digitised => "DIGITISED",
            Self::Derived => "DERIVED",
            Self::Inferred => "INFERRED",
            Self::Measured => "MEASURED",
            Self::Ours => "OURS",
        })
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
        f.pad(match self {
            Self::Reproduced => "reproduced",
            Self::Partly => "partly",
            Self::Not => "not",
        })
    }
}

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
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Above(bound) => value > bound,
            Self::Below(bound) => value < bound,
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    /// How far inside the bound: the smallest margin is the worst part.
    fn margin(self, value: f64) -> f64 {
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
    /// Every value must lie inside `bound` together with its interval over seeds.
    pub fn by_interval(quantity: impl Into<String>, bound: Bound) -> Self {
        Self {
            quantity: quantity.into(),
            bound,
            judged_by: JudgedBy::Interval,
        }
    }

    /// Every value must lie inside `bound`.
    pub fn by_value(quantity: impl Into<String>, bound: Bound) -> Self {
        Self {
            judged_by: JudgedBy::Value,
            ..Self::by_interval(quantity, bound)
        }
    }

    /// One case of a claim: its name, the paper's value where known, ours where measured.
    pub fn part(
        &self,
        name: impl Into<String>,
        paper_value: Option<f64>,
        ours: Option<Estimate>,
    ) -> Part {
        Part {
            name: name.into(),
            paper_value,
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
        match (self.judged_by, estimate.interval()) {
            (JudgedBy::Value, _) => Standing::Met,
            (JudgedBy::Interval, Some((low, high)))
                if self.bound.holds(low) && self.bound.holds(high) =>
            {
                Standing::Met
            }
            (JudgedBy::Interval, _) => Standing::Unsure,
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interval = match self.judged_by {
            JudgedBy::Value => "",
            JudgedBy::Interval => ", interval included",
        };
        write!(f, "{} {}{interval}", self.quantity, self.bound)
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

/// One of the cases that a claim is made of, such as a layer; made by [`Criterion::part`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    name: String,
    paper_value: Option<f64>,
    ours: Option<Estimate>,
    standing: Standing,
}

impl Part {
    /// What case it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it stands to the criterion.
    pub fn standing(&self) -> Standing {
        self.standing
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
    /// Which part is the worst.
    worst: Option<String>,
    criterion: Criterion,
    verdict: Verdict,
    parts: Vec<Part>,
    notes: Vec<String>,
}

impl Claim {
    /// Judges `parts`, which `criterion` made. The worst of them (a missing one, or else the one least inside the bound)
    /// stands for the claim where there is room for one number only. A claim without parts is not reproduced.
    pub fn new(
        id: &'static str,
        tag: Tag,
        statement: impl Into<String>,
        criterion: Criterion,
        parts: Vec<Part>,
    ) -> Self {
        let depth = |part: &Part| match part.ours {
            Some(estimate) => criterion.bound.margin(estimate.value),
            None => f64::NEG_INFINITY,
        };
        let worst = parts
            .iter()
            .min_by(|a, b| depth(a).total_cmp(&depth(b)))
            .cloned();
        Self {
            id,
            statement: statement.into(),
            tag,
            paper_value: worst.as_ref().and_then(|part| part.paper_value),
            ours: worst.as_ref().and_then(|part| part.ours),
            worst: worst.filter(|_| parts.len() > 1).map(|part| part.name),
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

    /// The claim with this id.
    pub fn get(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }

    /// Whether every claim is [`Verdict::Reproduced`]; *partly* is not enough. No claims are never met.
    pub fn all_met(&self) -> bool {
        !self.claims.is_empty()
            && self
                .claims
                .iter()
                .all(|claim| claim.verdict == Verdict::Reproduced)
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
mod tests {
    use super::*;
    use crate::Range;

    fn judged(criterion: &Criterion, seeds: &[&[f64]]) -> Verdict {
        let parts = seeds
            .iter()
            .map(|values| criterion.part("case", None, Estimate::mean(values, Range::Real)))
            .collect();
        Claim::new("id", Tag::Ours, "statement", criterion.clone(), parts).verdict()
    }

    #[test]
    fn the_interval_decides_between_reproduced_and_partly() {
        let above = Criterion::by_interval("x", Bound::Above(0.5));
        assert_eq!(judged(&above, &[&[0.6, 0.61, 0.59]]), Verdict::Reproduced);
        assert_eq!(judged(&above, &[&[0.9, 0.5, 0.2]]), Verdict::Partly);
        assert_eq!(judged(&above, &[&[0.4, 0.41, 0.39]]), Verdict::Not);
        assert_eq!(judged(&above, &[&[0.9]]), Verdict::Partly, "one seed");
        let value = Criterion::by_value("x", Bound::Above(0.5));
        assert_eq!(judged(&value, &[&[0.9]]), Verdict::Reproduced);
    }

    #[test]
    fn most_parts_make_partly_and_half_do_not() {
        let (good, bad): (&[f64], &[f64]) = (&[0.9, 0.91], &[0.1, 0.11]);
        let above = Criterion::by_interval("x", Bound::Above(0.5));
        assert_eq!(judged(&above, &[good, good, bad]), Verdict::Partly);
        assert_eq!(judged(&above, &[good, bad]), Verdict::Not);
        assert_eq!(
            judged(&above, &[good, good, &[]]),
            Verdict::Partly,
            "a missing part"
        );
        assert_eq!(judged(&above, &[]), Verdict::Not, "no parts");
    }

    #[test]
    fn bounds_are_strict_only_where_they_say_so() {
        assert!(!Bound::Above(0.5).holds(0.5) && Bound::AtLeast(0.5).holds(0.5));
        assert!(!Bound::Below(0.5).holds(0.5) && Bound::AtMost(0.5).holds(0.5));
        assert!(!Bound::AtMost(0.5).holds(f64::NAN) && !Bound::Above(0.5).holds(f64::NAN));
    }

    #[test]
    fn the_worst_part_stands_for_the_claim() {
        let below = Criterion::by_interval("x", Bound::Below(0.0));
        let part =
            |name, value| below.part(name, Some(value), Estimate::mean(&[value; 2], Range::Real));
        let parts = vec![part("a", -0.9), part("b", -0.1), part("c", -0.5)];
        let claim = Claim::new("id", Tag::Ours, "s", below.clone(), parts);
        assert_eq!(claim.worst.as_deref(), Some("b"));
        assert_eq!(
            (claim.paper_value, claim.ours.unwrap().value),
            (Some(-0.1), -0.1)
        );
    }

    #[test]
    fn no_claims_are_not_met() {
        assert!(!Claims::new("crh-gamma", Preset::Smoke, Vec::new()).all_met());
    }
}

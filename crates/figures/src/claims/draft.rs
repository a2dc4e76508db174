//! Writing a claim down: source, statement, what is judged, cases.
//!
//! ```text
//! Tag::Found.claim("alignment-rises", "alignment rises in the course of training")
//!     .by_interval("Spearman's rho(step, alpha)", Bound::Above(0.0))
//!     .parts(layers.map(|layer| (format!("layer {layer}"), rho(layer))))
//! ```

use super::{Bound, Claim, Criterion, JudgedBy, Tag};
use crate::Estimate;

impl Tag {
    /// Starts a claim of this origin: its id and what it says.
    pub fn claim(self, id: &'static str, statement: impl Into<String>) -> Draft {
        Draft {
            id,
            tag: self,
            statement: statement.into(),
        }
    }
}

/// A statement without a criterion.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(super) id: &'static str,
    pub(super) tag: Tag,
    pub(super) statement: String,
}

impl Draft {
    /// Values must lie inside `bound` together with their intervals over seeds.
    pub fn by_interval(self, quantity: impl Into<String>, bound: Bound) -> Judged {
        self.judged(JudgedBy::Interval, quantity.into(), bound)
    }

    /// Values must lie inside `bound`.
    pub fn by_value(self, quantity: impl Into<String>, bound: Bound) -> Judged {
        self.judged(JudgedBy::Value, quantity.into(), bound)
    }

    fn judged(self, judged_by: JudgedBy, quantity: String, bound: Bound) -> Judged {
        Judged {
            draft: self,
            criterion: Criterion {
                quantity,
                bound,
                judged_by,
            },
            why: None,
        }
    }
}

/// A statement with its criterion, waiting for its cases.
#[derive(Debug, Clone)]
pub struct Judged {
    draft: Draft,
    criterion: Criterion,
    why: Option<String>,
}

impl Judged {
    /// With a reason, nothing is tested, whatever the numbers: a premise is not met.
    #[must_use]
    pub fn untested(self, why: Option<String>) -> Self {
        Self { why, ..self }
    }

    /// The claim with a single case, named like the claim: the paper's value where known, ours where measured.
    pub fn one(self, paper: impl Into<Option<f64>>, ours: Option<Estimate>) -> Claim {
        let name = self.draft.id;
        self.parts([(name, paper.into(), ours)])
    }

    /// The claim with these cases.
    pub fn parts<C: Into<Case>>(self, cases: impl IntoIterator<Item = C>) -> Claim {
        let parts = cases.into_iter().map(|case| {
            let Case {
                name,
                paper,
                ours,
                why,
            } = case.into();
            let why = self.why.clone().or(why);
            self.criterion.part(name, paper, ours, why)
        });
        let parts = parts.collect();
        Claim::new(self.draft, self.criterion, parts)
    }
}

/// One case of a claim: its name, the paper's value where known, ours where measured.
#[derive(Debug, Clone)]
pub struct Case {
    name: String,
    paper: Option<f64>,
    ours: Option<Estimate>,
    why: Option<String>,
}

impl Case {
    /// With a reason, it is not tested.
    #[must_use]
    pub fn untested(self, why: Option<String>) -> Self {
        Self { why, ..self }
    }
}

impl<N: Into<String>> From<(N, Option<Estimate>)> for Case {
    fn from((name, ours): (N, Option<Estimate>)) -> Self {
        (name, None, ours).into()
    }
}

impl<N: Into<String>> From<(N, Option<f64>, Option<Estimate>)> for Case {
    fn from((name, paper, ours): (N, Option<f64>, Option<Estimate>)) -> Self {
        Self {
            name: name.into(),
            paper,
            ours,
            why: None,
        }
    }
}

//! What a statistic is, so that a reader of its values need not guess.

use serde::{Serialize, Serializer};

use crate::{LayerMatrix, Matrix, Relation};

/// What a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Larger is more alike.
    Similarity,
    /// Larger is less alike, zero is equal.
    Distance,
    /// A number of directions or points, whole or effective.
    Count,
    /// The number of a class; its size means nothing.
    Label,
    /// A number on a scale of its own: an exponent, a ratio.
    Number,
}

/// What leaves a statistic as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Invariance {
    /// \\(A \to cA\\), \\(c > 0\\), of any one matrix or representation; of a layer, a scale of \\(h_a\\), \\(g_b\\) and
    /// \\(W\\), each its own.
    Scale,
    /// \\(A \to Q A Q^\top\\) with one orthogonal \\(Q\\) for all matrices of a side.
    Rotation,
    /// [`Rotation`](Self::Rotation) of side a alone.
    InputRotation,
    /// One permutation of the neurons of a side, for all its matrices.
    Permutation,
    /// \\(x \to Q x\\) of every sample, with an orthogonal \\(Q\\) for either of two representations alone.
    EachRotation,
    /// \\(x \to x + c\\) of every sample of either representation.
    Translation,
}

impl Invariance {
    /// Those of what depends on spectra and angles alone.
    pub(crate) const BASIS_FREE: &[Self] = &[Self::Scale, Self::Rotation, Self::Permutation];

    /// Those of what compares entry with entry.
    pub(crate) const ENTRIES: &[Self] = &[Self::Scale, Self::Permutation];
}

/// The values that a statistic can take. In JSON the smallest and the largest, `null` where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Any real number.
    Real,
    /// Zero or more: errors, ranks.
    NonNegative,
    /// One or more: effective ranks.
    OneOrMore,
    /// From 0 to 1: shares.
    Share,
    /// From 0 to this: distances.
    UpTo(f64),
    /// From -1 to 1: correlations and cosines.
    Correlation,
    /// One or less: calibrated correlations, of which 0 is what chance gives.
    OneOrLess,
}

impl Range {
    /// Rounding can push a correlation past 1 by an ulp or two.
    const ROUNDING: f64 = 1e-9;

    /// The smallest and the largest value.
    #[must_use]
    pub const fn bounds(self) -> (f64, f64) {
        match self {
            Self::Real => (f64::NEG_INFINITY, f64::INFINITY),
            Self::NonNegative => (0.0, f64::INFINITY),
            Self::OneOrMore => (1.0, f64::INFINITY),
            Self::Share => (0.0, 1.0),
            Self::UpTo(largest) => (0.0, largest),
            Self::Correlation => (-1.0, 1.0),
            Self::OneOrLess => (f64::NEG_INFINITY, 1.0),
        }
    }

    /// Whether a number is finite and in the range, but for rounding.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        let (min, max) = self.bounds();
        value.is_finite() && value >= min - Self::ROUNDING && value <= max + Self::ROUNDING
    }
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (min, max) = self.bounds();
        [min, max]
            .map(|end| end.is_finite().then_some(end))
            .serialize(serializer)
    }
}

/// What a reading is of. Text tables have a line for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Two matrices of a side.
    Relation(Relation),
    /// The cross moment of a side.
    CrossMoment,
    /// A matrix of a side, or the weight itself.
    Matrix(Matrix),
    /// A matrix as a function of another.
    Pair(LayerMatrix, LayerMatrix),
    /// The layer.
    Layer,
}

/// What a statistic is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// Its name in tables and files, such as `alpha_rga`.
    pub name: String,
    /// The name of its family, such as `alpha_{relation}`.
    pub family: &'static str,
    /// What it is of.
    #[serde(skip)]
    pub subject: Subject,
    /// What its numbers mean.
    pub kind: Kind,
    /// Which numbers it can be.
    pub range: Range,
    /// What it does not depend on.
    pub invariances: &'static [Invariance],
    /// What it is, in a sentence.
    pub sentence: &'static str,
}

impl Description {
    /// A statistic of the layer as a whole, without invariances.
    pub(crate) fn new(
        name: &'static str,
        kind: Kind,
        range: Range,
        sentence: &'static str,
    ) -> Self {
        Self {
            name: name.to_owned(),
            family: name,
            subject: Subject::Layer,
            kind,
            range,
            invariances: &[],
            sentence,
        }
    }

    /// The heading of its column, or of its line, in text tables.
    #[must_use]
    pub fn heading(&self) -> String {
        let subjects = ["_{relation}", "_{matrix}", "_{pair}"];
        let without = |name: String, subject| name.replace(subject, "");
        let family = subjects.into_iter().fold(self.family.to_owned(), without);
        family.replace('_', " ")
    }

    /// What it does not depend on.
    pub(crate) fn invariant_to(mut self, invariances: &'static [Invariance]) -> Self {
        self.invariances = invariances;
        self
    }

    /// The same of another subject, whose name replaces `{relation}`, `{matrix}` or `{pair}` in that of the family.
    pub(crate) fn of(&self, subject: Subject) -> Self {
        let name = match subject {
            Subject::Relation(relation) => self.family.replace("{relation}", relation.name()),
            Subject::Matrix(matrix) => self.family.replace("{matrix}", matrix.name()),
            Subject::Pair(x, y) => self.family.replace("{pair}", &format!("{x}_{y}")),
            Subject::CrossMoment | Subject::Layer => self.family.to_owned(),
        };
        Self {
            name,
            subject,
            ..self.clone()
        }
    }

    /// The same of each of the three relations.
    pub(crate) fn of_relations(&self) -> Vec<Self> {
        let of = |relation| self.of(Subject::Relation(relation));
        Relation::ALL.map(of).into()
    }

    /// The same of each of the three matrices of a side.
    pub(crate) fn of_matrices(&self) -> Vec<Self> {
        let of = |matrix| self.of(Subject::Matrix(matrix));
        Matrix::ALL.map(of).into()
    }
}

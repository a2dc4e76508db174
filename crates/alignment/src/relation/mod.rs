//! The six relations of the canonical representation hypothesis, the matrices that they compare, and tables of values by
//! relation and by matrix.

use formant_moments::{LayerMoments, Side, Variant};
use serde::{Deserialize, Serialize};

use crate::{AlignmentError, Comparison, pearson};
pub(crate) use matrices::SideMatrices;
pub(crate) use moments::{checked_moments, matrix_of, moment_or_zero};
pub use tables::{ByMatrix, ByRelation, BySide, ByVariant, Matrix, RelationTable};
pub(crate) use tables::{Compared, compared};

mod matrices;
mod moments;
mod tables;

/// Which two matrices of a side are compared (FOUND). With two sides these are the
/// paper's six relations; its "forward" ones are side b, its "backward" ones side a (INFERRED).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Representation–gradient: \\(H_c \propto G_c\\).
    Rga,
    /// Representation–weight: \\(H_c \propto Z_c\\).
    Rwa,
    /// Gradient–weight: \\(G_c \propto Z_c\\).
    Gwa,
}

impl Relation {
    /// All three, in the order in which reports list them.
    pub const ALL: [Self; 3] = [Self::Rga, Self::Rwa, Self::Gwa];

    /// The two matrices, in the order in which the relation names them.
    #[must_use]
    pub fn matrices(self) -> [Matrix; 2] {
        match self {
            Self::Rga => [Matrix::H, Matrix::G],
            Self::Rwa => [Matrix::H, Matrix::Z],
            Self::Gwa => [Matrix::G, Matrix::Z],
        }
    }

    /// The lower-case name that files and reports use: `rga`, `rwa` or `gwa`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rga => "rga",
            Self::Rwa => "rwa",
            Self::Gwa => "gwa",
        }
    }
}

/// One of the six relations: a [`Relation`] on a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SideRelation {
    /// The side.
    pub side: Side,
    /// The two matrices of it.
    pub relation: Relation,
}

impl SideRelation {
    /// All six: those of side a, then those of side b.
    pub const ALL: [Self; 6] = {
        use Relation::{Gwa, Rga, Rwa};
        [
            Self::new(Side::A, Rga),
            Self::new(Side::A, Rwa),
            Self::new(Side::A, Gwa),
            Self::new(Side::B, Rga),
            Self::new(Side::B, Rwa),
            Self::new(Side::B, Gwa),
        ]
    };

    /// A relation on a side.
    #[must_use]
    pub const fn new(side: Side, relation: Relation) -> Self {
        Self { side, relation }
    }

    /// Its key in reports, `a_rga` for example.
    #[must_use]
    pub fn name(self) -> String {
        format!("{}_{}", self.side.name(), self.relation.name())
    }

    /// Its short name in tables and legends, `RGA a` for example.
    #[must_use]
    pub fn label(self) -> String {
        format!(
            "{} {}",
            self.relation.name().to_uppercase(),
            self.side.name()
        )
    }

    /// The two matrices by name, `H_a ~ G_a` for example.
    #[must_use]
    pub fn matrices(self) -> String {
        let [first, second] = self.relation.matrices().map(|matrix| matrix.on(self.side));
        format!("{first} ~ {second}")
    }
}

/// [`pearson`] of a relation's two matrices. The variant applies to \\(H\\) and \\(G\\); \\(Z\\) has only one.
///
/// # Errors
///
/// As [`pearson`]; or if a covariance holds nothing but rounding, its samples (or for [`Variant::Normalized`] their
/// directions) being equal to [`ROUNDING_OF_SAMPLES`](crate::ROUNDING_OF_SAMPLES); or if samples are so small that their
/// squares lose digits, see [`LEAST_SAMPLES`](crate::LEAST_SAMPLES).
pub fn alpha(
    layer: &LayerMoments,
    side: Side,
    relation: Relation,
    variant: Variant,
) -> Result<f64, AlignmentError> {
    let [a, b] = relation
        .matrices()
        .map(|matrix| matrix_of(layer, side, matrix, variant));
    let (a, b) = (a?, b?);
    pearson(a.view(), b.view())
}

/// The six relations of a layer in every variant, by one [`Comparison`].
#[must_use]
pub fn relation_table(layer: &LayerMoments, comparison: Comparison) -> RelationTable {
    let sides = Side::ALL.map(|side| SideMatrices::new(layer, side));
    RelationTable::of(comparison, &sides)
}

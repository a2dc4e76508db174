//! The six relations of the canonical representation hypothesis.

use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::{AlignmentError, Matrix, pearson};

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
}

/// [`pearson`] of a relation's two matrices. The variant applies to \\(H\\) and \\(G\\); \\(Z\\) has only one.
///
/// # Errors
///
/// As [`pearson`].
pub fn alpha(
    layer: &LayerMoments,
    side: Side,
    relation: Relation,
    variant: Variant,
) -> Result<f64, AlignmentError> {
    let [a, b] = relation
        .matrices()
        .map(|matrix| matrix_of(layer, side, matrix, variant));
    pearson(a.view(), b.view())
}

/// One of the symmetric matrices of a layer.
pub(crate) fn matrix_of(
    layer: &LayerMoments,
    side: Side,
    matrix: Matrix,
    variant: Variant,
) -> Array2<f64> {
    match matrix {
        Matrix::H => layer.second_moment(side, Moment::H, variant),
        Matrix::G => layer.second_moment(side, Moment::G, variant),
        Matrix::Z => layer.weight_gram(side),
    }
}

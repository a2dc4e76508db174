//! Statistics as things that can be listed, described and applied to any layer.

use formant_moments::{LayerMoments, Side, Variant};
use serde::{Deserialize, Serialize};

use crate::matrices::SideMatrices;
use crate::relation::matrix_of;
use crate::spectrum::weight_spectrum;
use crate::{
    AlignmentError, Comparison, Matrix, RankThreshold, Relation, SINGULAR_VALUE_THRESHOLD,
    effective_rank, eigenvalues, numerical_rank,
};

/// What a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Larger is more alike.
    Similarity,
    /// Larger is less alike, zero is equal.
    Distance,
    /// A number of directions, whole or effective.
    Count,
}

/// What leaves a statistic as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Invariance {
    /// \\(A \to cA\\), \\(c > 0\\), of any one matrix or representation.
    Scale,
    /// \\(A \to Q A Q^\top\\) with one orthogonal \\(Q\\) for all matrices of a side.
    Rotation,
    /// One permutation of the neurons of a side, for all its matrices.
    Permutation,
    /// \\(x \to Q x\\) of every sample, with an orthogonal \\(Q\\) for either of two representations alone.
    EachRotation,
    /// \\(x \to x + c\\) of every sample of either representation.
    Translation,
}

/// What a statistic is, so that a reader of its values need not guess.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// What its numbers mean.
    pub kind: Kind,
    /// Least and largest value it can take; `None` where the largest is the layer's width.
    pub range: (f64, Option<f64>),
    /// What it does not depend on.
    pub invariances: &'static [Invariance],
}

/// One number of a layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedValue {
    /// For example `b_rga.normalized` or `h_a`.
    pub name: String,
    /// `None` where the statistic is not defined.
    pub value: Option<f64>,
}

/// Something that can be read off the moments of any layer.
pub trait Statistic {
    /// Name in lower case, for tables and files.
    fn name(&self) -> &'static str;
    /// What its values mean.
    fn description(&self) -> Description;
    /// Its values, always the same names in the same order.
    fn measure(&self, layer: &LayerMoments) -> Vec<NamedValue>;
}

/// The six relations in the three variants, by one [`Comparison`]: 18 values, `a_rga.raw` to `b_gwa.normalized`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alignment(pub Comparison);

impl Statistic for Alignment {
    fn name(&self) -> &'static str {
        match self.0 {
            Comparison::Pearson => "alpha",
            Comparison::PearsonOffdiagonal => "alpha_offdiagonal",
            Comparison::Cosine => "cosine",
        }
    }

    fn description(&self) -> Description {
        let invariances: &[Invariance] = match self.0 {
            Comparison::Cosine => &[
                Invariance::Scale,
                Invariance::Rotation,
                Invariance::Permutation,
            ],
            Comparison::Pearson | Comparison::PearsonOffdiagonal => {
                &[Invariance::Scale, Invariance::Permutation]
            }
        };
        Description {
            kind: Kind::Similarity,
            range: (-1.0, Some(1.0)),
            invariances,
        }
    }

    fn measure(&self, layer: &LayerMoments) -> Vec<NamedValue> {
        let mut values = Vec::new();
        for side in Side::ALL {
            let matrices = SideMatrices::new(layer, side);
            for (relation, variant) in Relation::ALL
                .into_iter()
                .flat_map(|r| Variant::ALL.map(|v| (r, v)))
            {
                let name = format!("{side:?}_{relation:?}.{variant:?}").to_lowercase();
                values.push(NamedValue {
                    name,
                    value: matrices.compare(self.0, relation, variant).ok(),
                });
            }
        }
        values
    }
}

/// [`effective_rank`] of the six raw matrices: `h_a`, `h_b`, `g_a`, `g_b`, `z_a`, `z_b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EffectiveRank;

impl Statistic for EffectiveRank {
    fn name(&self) -> &'static str {
        "effective_rank"
    }

    fn description(&self) -> Description {
        Description {
            kind: Kind::Count,
            range: (1.0, None),
            invariances: &[
                Invariance::Scale,
                Invariance::Rotation,
                Invariance::Permutation,
            ],
        }
    }

    fn measure(&self, layer: &LayerMoments) -> Vec<NamedValue> {
        spectra(layer, effective_rank)
    }
}

/// [`numerical_rank`] of the six raw matrices, with a threshold on singular values: of \\(W\\) for `z_a` and `z_b`, of
/// the matrix of samples for the others (whose eigenvalues are compared with the threshold's square).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumericalRank {
    /// The least singular value that counts, relative to the largest.
    pub threshold: f64,
}

impl Default for NumericalRank {
    fn default() -> Self {
        Self {
            threshold: SINGULAR_VALUE_THRESHOLD,
        }
    }
}

impl NumericalRank {
    pub(crate) fn of_eigenvalues(self, spectrum: &[f64]) -> usize {
        numerical_rank(
            spectrum,
            RankThreshold::RelativeToLargest(self.threshold.powi(2)),
        )
    }
}

impl Statistic for NumericalRank {
    fn name(&self) -> &'static str {
        "numerical_rank"
    }

    fn description(&self) -> Description {
        let range = (0.0, None);
        let invariances = &[
            Invariance::Scale,
            Invariance::Rotation,
            Invariance::Permutation,
        ];
        Description {
            kind: Kind::Count,
            range,
            invariances,
        }
    }

    fn measure(&self, layer: &LayerMoments) -> Vec<NamedValue> {
        spectra(layer, |spectrum| Ok(self.of_eigenvalues(spectrum) as f64))
    }
}

/// Eigenvalues of one of the raw matrices; those of \\(Z\\) without the zeros of the larger side.
fn raw_spectrum(
    layer: &LayerMoments,
    side: Side,
    matrix: Matrix,
    weight: &[f64],
) -> Result<Vec<f64>, AlignmentError> {
    match matrix {
        Matrix::Z => Ok(weight.to_vec()),
        Matrix::H | Matrix::G => eigenvalues(matrix_of(layer, side, matrix, Variant::Raw).view()),
    }
}

fn spectra(
    layer: &LayerMoments,
    f: impl Fn(&[f64]) -> Result<f64, AlignmentError>,
) -> Vec<NamedValue> {
    let weight = weight_spectrum(layer);
    let spectrum = |side, matrix| {
        weight
            .clone()
            .and_then(|weight| raw_spectrum(layer, side, matrix, &weight))
    };
    let places = [Matrix::H, Matrix::G, Matrix::Z]
        .into_iter()
        .flat_map(|matrix| Side::ALL.map(|side| (side, matrix)));
    places
        .map(|(side, matrix)| NamedValue {
            name: format!("{matrix:?}_{side:?}").to_lowercase(),
            value: spectrum(side, matrix)
                .and_then(|spectrum| f(&spectrum))
                .ok(),
        })
        .collect()
}

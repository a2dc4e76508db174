//! The null of the two relations that share the weight between their matrices: RWA on side b, GWA on side a.
//!
//! \\(H_b = W H_a W^\top\\) and \\(Z_b = W W^\top\\) both contain \\(W\\), so that they correlate in an untrained network, and turning
//! one of them as a whole destroys what no training made. Here the moment on the **other** side of the map is turned
//! instead, and carried through the weight:
//!
//! \\[ \alpha(W Q H_a Q^\top W^\top, \\; W W^\top), \qquad \alpha(W^\top Q G_b Q^\top W, \\; W^\top W) \\]
//!
//! over Haar-random \\(Q\\): what the relation would be if inputs (gradients) had the spectrum that they have, and nothing
//! to do with the weight. For [`Variant::Normalized`] the moment of unit inputs is carried through; that the outputs are
//! at unit norm is not, because moments do not determine it: an approximation that is exact where all inputs are
//! stretched alike.
//!
//! With \\(W = U S V^\top\\), \\(\lambda_i = s_i^2\\), \\(u = U^\top 1\\) and \\(X = V^\top Q M Q^\top V\\), the carried matrix is
//! \\(S X S\\) in the basis \\(U\\), its product with \\(W W^\top\\) \\(\sum_i \lambda_i^2 X_{ii}\\) and its entry sum
//! \\((S u)^\top X (S u)\\) (DERIVED). The mean over \\(Q\\) of the numerator of \\(\alpha\\) and of the square of its
//! denominator are known; where the numerator spreads by less than a tenth, \\(\alpha\\) is taken at those means, without a
//! quantile. Elsewhere it is drawn, from the leading eigenvalues of \\(M\\) (the others are
//! replaced by their mean) and of \\(W W^\top\\).

use formant_moments::{LayerMoments, Side, Variant};
use serde::{Deserialize, Serialize};

use super::{NullLevel, NullOptions};
use crate::decompose::Eigen;
use crate::relation::SideMatrices;
use crate::{AlignmentError, ByVariant, Comparison, Matrix, Relation, SideRelation, Threads};
use seen::Seen;

mod seen;

/// A value for each of the two relations that share the weight between their matrices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ThroughWeight<T> {
    /// \\(G_a = W^\top G_b W\\) and \\(Z_a = W^\top W\\).
    pub a_gwa: T,
    /// \\(H_b = W H_a W^\top\\) and \\(Z_b = W W^\top\\).
    pub b_rwa: T,
}

impl<T> ThroughWeight<T> {
    /// The two relations.
    pub const RELATIONS: [SideRelation; 2] = [
        SideRelation::new(Side::A, Relation::Gwa),
        SideRelation::new(Side::B, Relation::Rwa),
    ];

    /// The value of a relation; `None` for the other four.
    pub fn get(&self, side: Side, relation: Relation) -> Option<&T> {
        match (side, relation) {
            (Side::A, Relation::Gwa) => Some(&self.a_gwa),
            (Side::B, Relation::Rwa) => Some(&self.b_rwa),
            _ => None,
        }
    }
}

/// The null of the two relations in each variant, and the standard error of its mean where it was drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NullThroughWeight {
    /// Mean and quantile.
    pub levels: ThroughWeight<ByVariant<NullLevel>>,
    /// Monte Carlo error of the mean; `None` where nothing was drawn.
    pub errors: ThroughWeight<ByVariant<Option<f64>>>,
}

/// The null of both relations. `weight`: the decomposed Gram matrix of the smaller side; side a, side b.
///
/// # Errors
///
/// If there are fewer than 2 draws.
pub(crate) fn nulls_through_weight(
    layer: &LayerMoments,
    weight: &Eigen,
    [a, b]: &[SideMatrices; 2],
    options: NullOptions,
    threads: Threads,
) -> Result<NullThroughWeight, AlignmentError> {
    if let Some(found @ ..2) = options.draws {
        return Err(AlignmentError::TooFewDraws { found });
    }
    let both = [
        (Side::A, Relation::Gwa, a, b, Matrix::G),
        (Side::B, Relation::Rwa, b, a, Matrix::H),
    ];
    let levels = threads.map(&both, |&(side, relation, output, input, moment)| {
        let Some(seen) = Seen::new(layer, weight, side) else {
            return [None; 3];
        };
        let moments = Variant::ALL.map(|variant| {
            // Without a value there is no null.
            let defined = output.compare(Comparison::Pearson, relation, variant);
            defined.ok().map(|_| input.get(moment, variant))
        });
        seen.levels(moments, options)
    });
    let at = |which: usize, variant: Variant| {
        let place = Variant::ALL.iter().position(|other| *other == variant);
        let found = place.and_then(|place| levels.get(which)?[place]);
        found.unwrap_or_default()
    };
    let level = |which| ByVariant::from_fn(|variant| at(which, variant).0);
    let error = |which| ByVariant::from_fn(|variant| at(which, variant).1);
    Ok(NullThroughWeight {
        levels: ThroughWeight {
            a_gwa: level(0),
            b_rwa: level(1),
        },
        errors: ThroughWeight {
            a_gwa: error(0),
            b_rwa: error(1),
        },
    })
}

/// Standard deviation of a sample over the root of its size.
pub(crate) fn standard_error(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    (values.len() > 1).then(|| (square / (n - 1.0) / n).sqrt())
}

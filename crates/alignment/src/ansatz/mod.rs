//! The neural feature ansatz (NFA) beside the relation GWA that contains it.
//!
//! For the map \\(h_b = W h_a\\) inside a network with outputs \\(f\\), let \\(J = \partial f/\partial h_a\\) and
//! \\(B = E\[\partial_f\ell\\,\partial_f\ell^\top\]\\). The NFA says \\(W^\top W \propto E\[J^\top J\]\\), the average
//! gradient outer product (AGOP), or its square root, as in parts of the literature. GWA on side a says
//! \\(W^\top W \propto G_a = E\[J^\top \partial_f\ell\\,\partial_f\ell^\top J\]\\). With \\(B \propto I\\), independent of
//! \\(J\\), the two are one (FOUND: Section 6.4 of arXiv 2410.03006; measured by [`isotropy`]).
//!
//! They part under a change of the output's coordinates. With \\(f' = Z f\\), \\(Z\\) invertible, and
//! \\(\ell'(f') = \ell(Z^{-1} f')\\) the network trains and predicts exactly as before, and \\(G_a\\) is the same matrix,
//! but the AGOP becomes \\(E\[J^\top Z^\top Z J\]\\) (FOUND that GWA is invariant and the NFA is not; the formula DERIVED).
//!
//! Kind and range: [`FeatureAnsatz`] holds similarities in \\([-1, 1]\\), of [`isotropy`] the Pearson correlation and the
//! cosine are similarities, the spread of eigenvalues and the share outside distances from 0. All are unchanged by a scale of
//! either matrix and by one permutation of both; comparisons by cosine also by one rotation of both.

mod agop;
mod isotropy;
mod root;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::{AlignmentError, Comparison};

pub use agop::AgopAccumulator;
pub use isotropy::{Isotropy, OutputSpace, isotropy};
pub use root::square_root;

/// How well three matrices predict \\(W^\top W\\): similarities in \\([-1, 1]\\), 1 where proportional.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FeatureAnsatz {
    /// The NFA: with \\(E\[J^\top J\]\\).
    pub agop: Option<f64>,
    /// The NFA with the root: with \\(E\[J^\top J\]^{1/2}\\).
    pub agop_root: Option<f64>,
    /// GWA on side a: with \\(G_a\\).
    pub gwa: Option<f64>,
}

/// Compares \\(W^\top W\\) with the AGOP, its root, and \\(G_a\\). `weight_gram`, `agop` and `g_a` are `[d_a, d_a]`;
/// take the raw \\(G_a\\), because the AGOP is not centred either. A comparison that is undefined is `None`.
///
/// # Errors
///
/// If the shapes differ, `agop` has a negative eigenvalue, is not symmetric or not finite, or its decomposition does
/// not converge.
pub fn feature_ansatz(
    comparison: Comparison,
    weight_gram: ArrayView2<'_, f64>,
    agop: ArrayView2<'_, f64>,
    g_a: ArrayView2<'_, f64>,
) -> Result<FeatureAnsatz, AlignmentError> {
    for other in [agop.dim(), g_a.dim()] {
        if other != weight_gram.dim() {
            let (left, right) = (weight_gram.dim().into(), other.into());
            return Err(AlignmentError::ShapeMismatch { left, right });
        }
    }
    let root = square_root(agop)?;
    let with = |matrix| comparison.of(weight_gram, matrix).ok();
    Ok(FeatureAnsatz {
        agop: with(agop),
        agop_root: with(root.view()),
        gwa: with(g_a),
    })
}

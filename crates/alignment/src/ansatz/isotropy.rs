//! Whether a second moment is the same in all directions of a space.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::sample_rows::{checked_rows, square_sum, trace};
use crate::{AlignmentError, ROUNDING, cosine, pearson};

/// The space in which isotropy is requested, by its projector \\(P\\).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputSpace {
    /// All of \\(\mathbb{R}^d\\): \\(P = I\\), what the neural feature ansatz needs.
    Whole,
    /// Vectors whose entries sum to zero: \\(P = I - 11^\top/d\\). The gradients of softmax with cross-entropy lie
    /// there, and Theorem 3 on neural collapse is about it.
    SumZero,
}

/// How far a positive semi-definite \\(B\\), `[d, d]`, is from a multiple of the projector \\(P\\) on a space of
/// dimension \\(m\\). Isotropic: both comparisons 1, both others 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Isotropy {
    /// [`pearson`] correlation of the entries of \\(B\\) and \\(P\\), in \\([-1, 1]\\); `None` where the entries
    /// of either are constant.
    pub pearson: Option<f64>,
    /// [`cosine`] of \\(B\\) and \\(P\\), in \\([0, 1]\\), at least \\(1/\sqrt m\\) if \\(B\\) lies in the space.
    pub cosine: f64,
    /// Standard deviation over mean of the \\(m\\) eigenvalues of \\(P B P\\) on the space, from 0 to
    /// \\(\sqrt{m - 1}\\) (one direction has everything); `None` if \\(B\\) is zero there.
    pub eigenvalue_cv: Option<f64>,
    /// Share of \\(\mathrm{tr} B\\) outside the space, in \\([0, 1]\\); 0 for [`OutputSpace::Whole`].
    pub outside: f64,
}

/// Measures the isotropy of a second moment of loss gradients, \\(B = E\[\partial\ell\\,\partial\ell^\top\]\\) at the
/// output, which is \\(G_b\\) of the last layer. The spread of eigenvalues is computed without them, as
/// \\(\lVert P B P - \bar\lambda P\rVert_F / (\sqrt m\\,\bar\lambda)\\) with \\(\bar\lambda = \mathrm{tr}(P B P)/m\\).
///
/// That isotropy is the condition of Theorem 3 and of the ansatz is FOUND (Theorem 3 and Section 6.4 of the paper); these four numbers for it are ours.
///
/// # Errors
///
/// If the matrix is not square, not finite or zero, or has fewer than 2 rows ([`OutputSpace::SumZero`]) or none.
pub fn isotropy(
    matrix: ArrayView2<'_, f64>,
    space: OutputSpace,
) -> Result<Isotropy, AlignmentError> {
    let (rows, columns) = matrix.dim();
    if rows != columns {
        return Err(AlignmentError::NotSquare { rows, columns });
    }
    let (d, needed) = (rows, if space == OutputSpace::Whole { 1 } else { 2 });
    if d < needed {
        return Err(AlignmentError::TooFewEntries { found: d, needed });
    }
    let b = checked_rows("the matrix", matrix, (d, d))?;
    let mut projector = Array2::eye(d);
    let (mut inside, mut dimension) = (b.clone(), d as f64);
    if space == OutputSpace::SumZero {
        projector -= 1.0 / d as f64;
        centre_both_ways(&mut inside);
        dimension -= 1.0;
    }
    let cosine = cosine(b.view(), projector.view())?;
    let total = trace(b.view());
    if total <= 0.0 {
        return Err(AlignmentError::Zero { what: "the trace" });
    }
    let mean = trace(inside.view()) / dimension;
    // Less than this share of the trace is rounding of what lies outside.
    let eigenvalue_cv = (mean > ROUNDING * total).then(|| {
        let rest = inside - &projector * mean;
        (square_sum(&rest) / dimension).sqrt() / mean
    });
    Ok(Isotropy {
        pearson: pearson(b.view(), projector.view()).ok(),
        cosine,
        eigenvalue_cv,
        outside: (1.0 - mean * dimension / total).clamp(0.0, 1.0),
    })
}

/// \\(B \to P B P\\) with \\(P = I - 11^\top/d\\).
fn centre_both_ways(matrix: &mut Array2<f64>) {
    for axis in [ndarray::Axis(0), ndarray::Axis(1)] {
        let sums = matrix.sum_axis(axis) / matrix.nrows() as f64;
        *matrix -= &sums.insert_axis(axis);
    }
}

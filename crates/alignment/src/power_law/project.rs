//! One matrix seen in the eigenbasis of another.

use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatRef, Par};
use ndarray::ArrayView2;

use crate::AlignmentError;
use crate::decompose::{Eigen, eigen};
use crate::spectrum::symmetric;

/// Two symmetric matrices of one width: the eigenvalues of \\(X\\), the matching elements of \\(Y\\), and whether they
/// share a basis. Made by [`project`].
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Eigenvalues \\(x_i\\) of \\(X\\), in descending order.
    pub x: Vec<f64>,
    /// \\(y_i = u_i^\top Y u_i\\) for the unit eigenvectors \\(u_i\\) of \\(X\\).
    pub y: Vec<f64>,
    /// How far the two are from sharing an eigenbasis, in \\([0, 1]\\):
    ///
    /// \\[ \frac{\lVert XY - YX \rVert_F}{\sqrt 2\\, \lVert X \rVert_F \lVert Y \rVert_F}
    ///     = \frac{\left(\sum_{ij} (x_i - x_j)^2 (u_i^\top Y u_j)^2\right)^{1/2}}
    ///            {\sqrt 2\\, \lVert X \rVert_F \lVert Y \rVert_F} . \\]
    ///
    /// 0 exactly if they commute; at most 1 for any two matrices (Böttcher & Wenzel 2008).
    pub commutator: f64,
    /// Root mean square of `commutator` over all rotations of \\(Y\\), its level for unrelated eigenvectors. It falls
    /// with the width, so that a small `commutator` alone says little (DERIVED, with \\(\mathring X\\) for
    /// \\(X - \mathrm{tr}(X) I / d\\)):
    ///
    /// \\[ \sqrt{\frac{d}{(d + 2)(d - 1)}}\\;
    ///     \frac{\lVert \mathring X \rVert_F \lVert \mathring Y \rVert_F}{\lVert X \rVert_F \lVert Y \rVert_F} . \\]
    pub commutator_unrelated: f64,
}

/// Projects `y` onto the eigenbasis of `x`; both symmetric, `[d, d]`.
///
/// # Errors
///
/// If the shapes differ, a matrix is empty, not square, not symmetric, not finite or zero, or the iteration does not
/// converge.
pub fn project(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
) -> Result<Projection, AlignmentError> {
    if x.dim() != y.dim() {
        let (left, right) = (x.dim().into(), y.dim().into());
        return Err(AlignmentError::ShapeMismatch { left, right });
    }
    let (x, y) = (symmetric(x)?, symmetric(y)?);
    in_basis(&eigen(x.as_ref())?, y.as_ref())
}

/// [`project`] for an `x` that is decomposed already.
pub(super) fn in_basis(x: &Eigen, y: MatRef<'_, f64>) -> Result<Projection, AlignmentError> {
    of_diagonal(&x.values, congruence(x.vectors.as_ref(), y).as_ref())
}

/// [`project`] for a diagonal `x`. The lower triangle of `y` is read.
pub(super) fn of_diagonal(x: &[f64], y: MatRef<'_, f64>) -> Result<Projection, AlignmentError> {
    let diagonal: Vec<f64> = y.diagonal().column_vector().iter().copied().collect();
    // Relative to the largest, so that squares neither overflow nor vanish.
    let (scale_x, scale_y) = (largest(x, "the first matrix")?, y_scale(y)?);
    let (mut off, mut rotated) = (0.0, 0.0);
    for column in 0..x.len() {
        let (mut off_column, mut rotated_column) = (0.0, 0.0);
        for row in column + 1..x.len() {
            let square = (y[(row, column)] / scale_y).powi(2);
            let gap = (x[row] - x[column]) / scale_x;
            off_column += square;
            rotated_column += gap * gap * square;
        }
        off += 2.0 * off_column;
        rotated += 2.0 * rotated_column;
    }
    let d = x.len() as f64;
    let [(norm_x, free_x), (norm_y, free_y)] =
        [(x, scale_x, 0.0), (&diagonal, scale_y, off)].map(norms);
    let unrelated = if x.len() > 1 {
        (d / ((d + 2.0) * (d - 1.0)) * (free_x * free_y) / (norm_x * norm_y)).sqrt()
    } else {
        0.0
    };
    Ok(Projection {
        x: x.to_vec(),
        y: diagonal,
        commutator: (rotated / (2.0 * norm_x * norm_y)).sqrt().min(1.0),
        commutator_unrelated: unrelated,
    })
}

/// Squared Frobenius norms of a matrix and of its traceless part, from its diagonal and the sum of the other squares.
fn norms((diagonal, scale, off): (&[f64], f64, f64)) -> (f64, f64) {
    let mean = diagonal.iter().map(|x| x / scale).sum::<f64>() / diagonal.len() as f64;
    let sum = |centre: f64| -> f64 {
        let squares = diagonal.iter().map(|x| (x / scale - centre).powi(2));
        squares.sum::<f64>() + off
    };
    (sum(0.0), sum(mean))
}

fn largest(values: &[f64], what: &'static str) -> Result<f64, AlignmentError> {
    let largest = values.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if largest > 0.0 {
        Ok(largest)
    } else {
        Err(AlignmentError::Zero { what })
    }
}

fn y_scale(y: MatRef<'_, f64>) -> Result<f64, AlignmentError> {
    let what = "the second matrix";
    largest(&[y.norm_max()], what)
}

/// \\(B^\top M B\\) for a symmetric `m`, both triangles.
pub(super) fn congruence(basis: MatRef<'_, f64>, m: MatRef<'_, f64>) -> Mat<f64> {
    let (d, k) = basis.shape();
    let mut half = Mat::zeros(d, k);
    faer::linalg::matmul::matmul(half.as_mut(), Accum::Replace, m, basis, 1.0, Par::Seq);
    let mut out = Mat::zeros(k, k);
    triangular::matmul(
        out.as_mut(),
        BlockStructure::TriangularLower,
        Accum::Replace,
        basis.transpose(),
        BlockStructure::Rectangular,
        half.as_ref(),
        BlockStructure::Rectangular,
        1.0,
        Par::Seq,
    );
    for column in 0..k {
        for row in column + 1..k {
            out[(column, row)] = out[(row, column)];
        }
    }
    out
}

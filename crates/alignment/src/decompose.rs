//! faer's decompositions on the calling thread alone. Its short forms ask for as many threads as there are cores,
//! which slows down a program that measures several networks side by side.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{self, ComputeEigenvectors};
use faer::linalg::svd::{self, ComputeSvdVectors};
use faer::{Auto, Mat, MatMut, MatRef, Par, Spec};

use crate::AlignmentError;

/// Eigenvalues of a symmetric matrix in ascending order (its lower triangle is read), and eigenvectors if asked for.
pub(crate) fn self_adjoint(
    matrix: MatRef<'_, f64>,
    vectors: Option<MatMut<'_, f64>>,
) -> Result<Vec<f64>, AlignmentError> {
    let compute = match vectors {
        Some(_) => ComputeEigenvectors::Yes,
        None => ComputeEigenvectors::No,
    };
    let params = Spec::new(Auto::<f64>::auto());
    let mut values = Diag::zeros(matrix.nrows());
    let scratch = evd::self_adjoint_evd_scratch::<f64>(matrix.nrows(), compute, Par::Seq, params);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    evd::self_adjoint_evd(matrix, values.as_mut(), vectors, Par::Seq, stack, params)
        .map_err(|_| no_convergence(matrix))?;
    Ok(values.column_vector().iter().copied().collect())
}

/// A symmetric matrix in its own basis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Eigen {
    /// In descending order.
    pub(crate) values: Vec<f64>,
    /// One column a value.
    pub(crate) vectors: Mat<f64>,
}

/// Eigenvalues and eigenvectors of a symmetric matrix; its lower triangle is read.
pub(crate) fn eigen(matrix: MatRef<'_, f64>) -> Result<Eigen, AlignmentError> {
    let d = matrix.nrows();
    let mut vectors = Mat::zeros(d, d);
    let mut values = self_adjoint(matrix, Some(vectors.as_mut()))?;
    values.reverse();
    for j in 0..d / 2 {
        faer::perm::swap_cols_idx(vectors.as_mut(), j, d - 1 - j);
    }
    Ok(Eigen { values, vectors })
}

/// Singular values in descending order.
pub(crate) fn singular(matrix: &Mat<f64>) -> Result<Vec<f64>, AlignmentError> {
    let (rows, columns) = matrix.shape();
    let params = Spec::new(Auto::<f64>::auto());
    let mut values = Diag::zeros(rows.min(columns));
    let no = ComputeSvdVectors::No;
    let scratch = svd::svd_scratch::<f64>(rows, columns, no, no, Par::Seq, params);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    svd::svd(
        matrix.as_ref(),
        values.as_mut(),
        None,
        None,
        Par::Seq,
        stack,
        params,
    )
    .map_err(|_| no_convergence(matrix.as_ref()))?;
    Ok(values.column_vector().iter().copied().collect())
}

pub(crate) fn no_convergence(matrix: MatRef<'_, f64>) -> AlignmentError {
    AlignmentError::NoConvergence {
        rows: matrix.nrows(),
        columns: matrix.ncols(),
    }
}

//! faer's decompositions on the calling thread alone. Its short forms ask for as many threads as there are cores,
//! which slows down a program that measures several networks side by side.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::tridiag::tridiag_in_place;
use faer::linalg::evd::{self, ComputeEigenvectors};
use faer::linalg::householder::apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj;
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::linalg::svd::{self, ComputeSvdVectors};
use faer::{Auto, ColRef, Conj, Mat, MatMut, MatRef, Par, Spec};

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

/// Eigenvalues of a symmetric matrix in ascending order, and \\(u_i^\top v\\) for its unit eigenvectors. The eigenvectors
/// themselves are never formed: with \\(A = Q T Q^\top\\), \\(T\\) tridiagonal with eigenvectors \\(s_i\\), they are
/// \\(Q s_i\\), and \\(u_i^\top v = s_i^\top (Q^\top v)\\).
pub(crate) fn seen_from(
    vector: &[f64],
    mut matrix: Mat<f64>,
) -> Result<(Vec<f64>, Vec<f64>), AlignmentError> {
    let d = matrix.nrows();
    let mut image = Mat::from_fn(d, 1, |i, _| vector[i]);
    let params = Spec::new(Auto::<f64>::auto());
    let compute = ComputeEigenvectors::Yes;
    let scratch = evd::self_adjoint_evd_scratch::<f64>(d, compute, Par::Seq, params);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    if d > 1 {
        let block = recommended_block_size::<f64>(d, d);
        let mut factor = Mat::zeros(block, d - 1);
        let tridiagonal = Spec::new(Auto::<f64>::auto());
        tridiag_in_place(
            matrix.as_mut(),
            factor.as_mut(),
            Par::Seq,
            stack,
            tridiagonal,
        );
        apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj(
            matrix.as_ref().submatrix(1, 0, d - 1, d - 1),
            factor.as_ref(),
            Conj::No,
            image.as_mut().subrows_mut(1, d - 1),
            Par::Seq,
            stack,
        );
    }
    let (mut diagonal, mut below) = (Diag::zeros(d), Diag::zeros(d));
    for i in 0..d {
        diagonal[i] = matrix[(i, i)];
        below[i] = if i + 1 < d { matrix[(i + 1, i)] } else { 0.0 };
    }
    let (mut values, mut vectors) = (Diag::zeros(d), Mat::zeros(d, d));
    evd::tridiagonal_self_adjoint_evd(
        diagonal.as_ref(),
        below.as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        stack,
        params,
    )
    .map_err(|_| no_convergence(matrix.as_ref()))?;
    let seen = vectors.transpose() * image;
    let list = |column: ColRef<'_, f64>| column.iter().copied().collect();
    Ok((list(values.column_vector()), list(seen.col(0))))
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

fn no_convergence(matrix: MatRef<'_, f64>) -> AlignmentError {
    AlignmentError::NoConvergence {
        rows: matrix.nrows(),
        columns: matrix.ncols(),
    }
}

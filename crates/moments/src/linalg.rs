//! The few faer calls that this crate needs, over row-major slices, always on the calling thread.

use faer::linalg::matmul::triangular;
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::{Array2, ArrayView2};
use triangular::BlockStructure::{Rectangular, TriangularLower};

/// `gram += rows^T rows`, lower triangle only. `rows` is `[n, d]`, `gram` is `[d, d]`, both row-major.
pub(crate) fn add_gram_lower(gram: &mut [f64], rows: &[f64], d: usize) {
    let n = rows.len() / d;
    let rows = MatRef::from_row_major_slice(rows, n, d);
    triangular::matmul(
        MatMut::from_row_major_slice_mut(gram, d, d),
        TriangularLower,
        Accum::Add,
        rows.transpose(),
        Rectangular,
        rows,
        Rectangular,
        1.0,
        Par::Seq,
    );
}

/// Copies the lower triangle of a `[d, d]` row-major matrix onto its upper one.
pub(crate) fn mirror_lower(matrix: &mut Array2<f64>) {
    for row in 1..matrix.nrows() {
        for column in 0..row {
            matrix[[column, row]] = matrix[[row, column]];
        }
    }
}

/// `x^T x`, `[d, d]`, exactly symmetric.
pub(crate) fn gram(x: ArrayView2<'_, f64>) -> Array2<f64> {
    let d = x.ncols();
    let rows = x.as_standard_layout();
    let mut out = Array2::zeros((d, d));
    // Both are in standard layout, so only an empty matrix is passed by.
    if let (Some(rows @ [_, ..]), Some(out)) = (rows.as_slice(), out.as_slice_mut()) {
        add_gram_lower(out, rows, d);
    }
    mirror_lower(&mut out);
    out
}

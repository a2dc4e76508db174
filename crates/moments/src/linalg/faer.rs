//! Products by faer.

use faer::linalg::matmul::{matmul, triangular};
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::Array2;
use triangular::BlockStructure::{Rectangular, TriangularLower};

use super::Columns;

/// `gram += x^T x`, on and below the diagonal. `gram` is `[count, count]`.
pub(crate) fn add_gram_lower(gram: &mut Array2<f64>, x: Columns<'_>) {
    let (d, x) = (x.count, view(x));
    // Made in standard layout, and never reshaped.
    if let Some(gram) = gram.as_slice_mut() {
        triangular::matmul(
            MatMut::from_row_major_slice_mut(gram, d, d),
            TriangularLower,
            Accum::Add,
            x.transpose(),
            Rectangular,
            x,
            Rectangular,
            1.0,
            Par::Seq,
        );
    }
}

/// `cross += left^T right`. `cross` is `[left.count, right.count]`.
pub(crate) fn add_cross(cross: &mut Array2<f64>, left: Columns<'_>, right: Columns<'_>) {
    let (rows, columns) = cross.dim();
    if let Some(cross) = cross.as_slice_mut() {
        let cross = MatMut::from_row_major_slice_mut(cross, rows, columns);
        let (left, right) = (view(left), view(right));
        matmul(cross, Accum::Add, left.transpose(), right, 1.0, Par::Seq);
    }
}

fn view(x: Columns<'_>) -> MatRef<'_, f64> {
    let rows = x.rows.len() / x.width;
    MatRef::from_row_major_slice(x.rows, rows, x.width).subcols(x.start, x.count)
}

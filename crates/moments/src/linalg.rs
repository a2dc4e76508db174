//! The few matrix products that this crate needs, always on the calling thread.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, s};

/// Columns of a symmetric product that are computed at once: wide enough for the product to run at full speed, and narrow
/// enough that little is computed above the diagonal.
const PANEL: usize = 128;

/// `gram += rows^T rows`, on and below the diagonal, and parts of what is above it. `rows` is `[n, d]`, `gram` is
/// `[d, d]`.
pub(crate) fn add_gram_lower(gram: &mut Array2<f64>, rows: ArrayView2<'_, f64>) {
    let d = rows.ncols();
    for start in (0..d).step_by(PANEL) {
        let panel = start..d.min(start + PANEL);
        let below = rows.slice(s![.., start..]);
        let mut to = gram.slice_mut(s![start.., panel.clone()]);
        general_mat_mul(1.0, &below.t(), &rows.slice(s![.., panel]), 1.0, &mut to);
    }
}

/// `cross += left^T right`. `left` is `[n, d]`, `right` is `[n, d']`, `cross` is `[d, d']`.
pub(crate) fn add_cross(
    cross: &mut Array2<f64>,
    left: ArrayView2<'_, f64>,
    right: ArrayView2<'_, f64>,
) {
    general_mat_mul(1.0, &left.t(), &right, 1.0, cross);
}

/// Copies the lower triangle of a `[d, d]` matrix onto its upper one, in tiles that stay in cache.
pub(crate) fn mirror_lower(matrix: &mut Array2<f64>) {
    const TILE: usize = 32;
    let d = matrix.nrows();
    for top in (0..d).step_by(TILE) {
        for left in (0..=top).step_by(TILE) {
            for row in top..d.min(top + TILE) {
                for column in left..row.min(left + TILE) {
                    matrix[[column, row]] = matrix[[row, column]];
                }
            }
        }
    }
}

/// `x^T x`, `[d, d]`, exactly symmetric.
pub(crate) fn gram(x: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut out = Array2::zeros((x.ncols(), x.ncols()));
    add_gram_lower(&mut out, x);
    mirror_lower(&mut out);
    out
}

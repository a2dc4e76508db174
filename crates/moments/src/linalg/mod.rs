//! The few matrix products that this crate needs, over row-major rows, always on the calling thread: by faer where the
//! feature `fast` is on, and by ndarray otherwise.

use ndarray::{Array2, ArrayView2};

#[cfg(feature = "fast")]
#[path = "faer.rs"]
mod products;
#[cfg(not(feature = "fast"))]
#[path = "ndarray.rs"]
mod products;

pub(crate) use products::{add_cross, add_gram_lower};

/// Some columns of rows, `[n, width]`.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) rows: &'a [f64],
    pub(crate) width: usize,
    /// The first column, and how many there are.
    pub(crate) start: usize,
    pub(crate) count: usize,
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
    let d = x.ncols();
    let mut out = Array2::zeros((d, d));
    let x = x.as_standard_layout();
    // In standard layout, so only an empty matrix is passed by.
    if let Some(rows @ [_, ..]) = x.as_slice() {
        let columns = Columns {
            rows,
            width: d,
            start: 0,
            count: d,
        };
        add_gram_lower(&mut out, columns);
    }
    mirror_lower(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::s;

    #[test]
    fn products_of_some_columns() {
        // Wider than a panel, and not a multiple of one.
        let (n, width, start, count) = (7, 301, 2, 150);
        let x = Array2::from_shape_fn((n, width), |(i, j)| ((i * 31 + j * 17) % 23) as f64 - 11.0);
        let rows = x.as_slice().unwrap_or_default();
        let left = Columns {
            rows,
            width,
            start,
            count,
        };
        let right = Columns {
            start: start + count - 1,
            ..left
        };
        let of = |columns: Columns<'_>| {
            x.slice(s![.., columns.start..])
                .slice(s![.., ..columns.count])
                .to_owned()
        };
        let mut gram = Array2::ones((count, count));
        add_gram_lower(&mut gram, left);
        mirror_lower(&mut gram);
        assert_eq!(gram, of(left).t().dot(&of(left)) + 1.0);
        let mut cross = Array2::ones((count, count));
        add_cross(&mut cross, left, right);
        assert_eq!(cross, of(left).t().dot(&of(right)) + 1.0);
    }
}

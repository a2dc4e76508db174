//! What statistics of samples share: checks of rows, and sums of their outer products on the calling thread.

use faer::linalg::matmul::triangular::BlockStructure::{Rectangular, TriangularLower};
use faer::linalg::matmul::{matmul, triangular};
use faer::{Accum, MatMut, MatRef, Par};
use formant_moments::Element;
use ndarray::{Array2, ArrayView2};

use crate::{AlignmentError, LEAST_SAMPLES};

/// Rows as standard-layout `f64`, if their shape is `expected` and every entry is finite.
pub(crate) fn checked_rows<T: Element>(
    what: &'static str,
    rows: ArrayView2<'_, T>,
    expected: (usize, usize),
) -> Result<Array2<f64>, AlignmentError> {
    if rows.dim() != expected {
        return Err(AlignmentError::Rows {
            what,
            found: rows.dim().into(),
            expected: expected.into(),
        });
    }
    let rows = rows.as_standard_layout().mapv(Into::into);
    if rows.fold(true, |finite, x: &f64| finite & x.is_finite()) {
        Ok(rows)
    } else {
        Err(AlignmentError::NonFinite { what })
    }
}

/// `gram += rows^T rows`, lower triangle only. `rows` is `[n, d]`, `gram` is `[d, d]`.
pub(crate) fn add_gram_lower(gram: &mut Array2<f64>, rows: &Array2<f64>) {
    let (n, d) = rows.dim();
    // Both are made in standard layout, so only an empty matrix is passed by.
    let (Some(rows @ [_, ..]), Some(gram)) = (rows.as_slice(), gram.as_slice_mut()) else {
        return;
    };
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

/// A sum of outer products of rows, in a unit of its own, so that no square loses digits however small the rows are.
#[derive(Debug, Clone)]
pub(crate) struct ScaledGram {
    /// Lower triangle, in squares of the unit.
    sum: Array2<f64>,
    unit: f64,
}

impl ScaledGram {
    /// Ratio of sizes whose squares can be added without a loss.
    const ROOM: f64 = 1e70;

    pub(crate) fn new(d: usize) -> Self {
        Self {
            sum: Array2::zeros((d, d)),
            unit: f64::MIN_POSITIVE,
        }
    }

    /// Adds rows `[n, d]`.
    pub(crate) fn add(&mut self, rows: &Array2<f64>) {
        let unit = unit(rows);
        if unit > self.unit * Self::ROOM {
            self.sum *= (self.unit / unit).powi(2);
            self.unit = unit;
        }
        add_gram_lower(&mut self.sum, &(rows / self.unit));
    }

    /// The matrix, symmetric, up to a factor.
    pub(crate) fn finish(&self) -> Array2<f64> {
        mirror_lower(self.sum.clone())
    }

    /// The sum over `n`, an error if it does not fit an `f64` or loses digits there. `what`: the rows.
    pub(crate) fn mean(&self, n: usize, what: &'static str) -> Result<Array2<f64>, AlignmentError> {
        let mean = self.finish() / n as f64;
        let size = trace(mean.view()).sqrt() * self.unit;
        if size > 0.0 && size < LEAST_SAMPLES {
            return Err(AlignmentError::Underflow { what, size });
        }
        let mean = mean * self.unit * self.unit;
        match mean.iter().all(|x| x.is_finite()) {
            true => Ok(mean),
            false => Err(AlignmentError::Overflow { what, size }),
        }
    }
}

/// The power of two below the largest magnitude, which leaves every digit as it is where it divides; 1 for zeros.
pub(crate) fn unit<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    let largest = values.into_iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if largest > 0.0 {
        largest.log2().floor().exp2()
    } else {
        1.0
    }
}

/// Copies the lower triangle onto the upper one.
pub(crate) fn mirror_lower(mut matrix: Array2<f64>) -> Array2<f64> {
    for row in 1..matrix.nrows() {
        for column in 0..row {
            matrix[[column, row]] = matrix[[row, column]];
        }
    }
    matrix
}

/// `rows^T rows`, `[d, d]`, exactly symmetric.
pub(crate) fn gram(rows: &Array2<f64>) -> Array2<f64> {
    let mut out = Array2::zeros((rows.ncols(), rows.ncols()));
    add_gram_lower(&mut out, rows);
    mirror_lower(out)
}

/// `x^T y`, `[d1, d2]`, of rows `[n, d1]` and `[n, d2]` in standard layout.
pub(crate) fn cross_product(x: &Array2<f64>, y: &Array2<f64>) -> Array2<f64> {
    let (n, d1, d2) = (x.nrows(), x.ncols(), y.ncols());
    let mut out = Array2::zeros((d1, d2));
    if let (Some(x @ [_, ..]), Some(y @ [_, ..]), Some(out)) =
        (x.as_slice(), y.as_slice(), out.as_slice_mut())
    {
        matmul(
            MatMut::from_row_major_slice_mut(out, d1, d2),
            Accum::Replace,
            MatRef::from_row_major_slice(x, n, d1).transpose(),
            MatRef::from_row_major_slice(y, n, d2),
            1.0,
            Par::Seq,
        );
    }
    out
}

/// `x y^T`, `[n1, n2]`, of rows `[n1, d]` and `[n2, d]` in standard layout.
pub(crate) fn row_products(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Array2<f64> {
    let (n1, n2, d) = (x.nrows(), y.nrows(), x.ncols());
    let mut out = Array2::zeros((n1, n2));
    if let (Some(x @ [_, ..]), Some(y @ [_, ..]), Some(out)) =
        (x.to_slice(), y.to_slice(), out.as_slice_mut())
    {
        matmul(
            MatMut::from_row_major_slice_mut(out, n1, n2),
            Accum::Replace,
            MatRef::from_row_major_slice(x, n1, d),
            MatRef::from_row_major_slice(y, n2, d).transpose(),
            1.0,
            Par::Seq,
        );
    }
    out
}

/// Sum of the squares of all entries.
pub(crate) fn square_sum(matrix: &Array2<f64>) -> f64 {
    matrix.iter().map(|x| x * x).sum()
}

/// The diagonal's sum.
pub(crate) fn trace(matrix: ArrayView2<'_, f64>) -> f64 {
    matrix.diag().sum()
}

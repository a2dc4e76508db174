//! Two representations of the same samples, checked and centred.

use ndarray::{Array2, ArrayView2, Axis};

use crate::sample_rows::{checked_rows, cross_product, square_sum};
use crate::{AlignmentError, ROUNDING_OF_SAMPLES};

/// Rows of the two belong together; every column has mean zero, and each matrix a Frobenius norm of 1.
pub(crate) struct Paired {
    pub(crate) x: Array2<f64>,
    pub(crate) y: Array2<f64>,
}

impl Paired {
    pub(crate) fn new(
        x: ArrayView2<'_, f64>,
        y: ArrayView2<'_, f64>,
        needed: usize,
    ) -> Result<Self, AlignmentError> {
        check_samples(x, y, needed)?;
        let n = x.nrows();
        Ok(Self {
            x: unit(
                checked_rows("the first representation", x, (n, x.ncols()))?,
                "first",
            )?,
            y: unit(
                checked_rows("the second representation", y, (n, y.ncols()))?,
                "second",
            )?,
        })
    }

    /// \\(\lVert X^\top Y\rVert_F^2\\) of any two of the matrices, which is also \\(\mathrm{tr}(X X^\top Y Y^\top)\\): by
    /// whichever of the two is smaller.
    pub(crate) fn product(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
        let n = x.nrows();
        if x.ncols() * y.ncols() <= n * n {
            return square_sum(&cross_product(x, y));
        }
        let (k, l) = (x.dot(&x.t()), y.dot(&y.t()));
        k.iter().zip(&l).map(|(k, l)| k * l).sum()
    }
}

/// An error unless both have the same number of rows, and enough of them.
pub(crate) fn check_samples(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    needed: usize,
) -> Result<(), AlignmentError> {
    let (found, n) = (y.nrows(), x.nrows());
    if found != n {
        return Err(AlignmentError::Unpaired {
            left: n,
            right: found,
        });
    }
    if n < needed {
        return Err(AlignmentError::TooFewSamples { found: n, needed });
    }
    Ok(())
}

/// Rows less their mean, at a Frobenius norm of 1.
pub(super) fn unit(
    mut rows: Array2<f64>,
    which: &'static str,
) -> Result<Array2<f64>, AlignmentError> {
    // At a largest magnitude of 1 no square overflows or underflows to zero.
    let largest = rows.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if largest > 0.0 {
        rows /= largest;
    }
    let whole = square_sum(&rows).sqrt();
    if let Some(mean) = rows.mean_axis(Axis(0)) {
        rows -= &mean;
    }
    let norm = square_sum(&rows).sqrt();
    if norm <= ROUNDING_OF_SAMPLES * whole {
        return Err(AlignmentError::ConstantSamples { which });
    }
    Ok(rows / norm)
}

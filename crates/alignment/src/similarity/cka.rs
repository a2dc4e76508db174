//! Centred kernel alignment with the linear kernel.

use ndarray::{Array1, Array2, ArrayView2};

use super::JointMoments;
use super::paired::Paired;
use crate::sample_rows::{checked_rows, square_sum};
use crate::{AlignmentError, ROUNDING};

/// Linear CKA, the **biased** one of Kornblith et al. (2019): a similarity in \\([0, 1]\\),
///
/// \\[ \frac{\lVert \bar X^\top \bar Y\rVert_F^2}{\lVert \bar X^\top \bar X\rVert_F \lVert \bar Y^\top \bar Y\rVert_F} \\]
///
/// with \\(\bar X\\) `[n, d1]`, \\(\bar Y\\) `[n, d2]` centred. Rows are paired samples.
///
/// Its expectation for independent \\(X, Y\\) is far above zero unless \\(n \gg d\\): about \\(d/(n + d)\\) for white data
/// of one width (DERIVED). Prefer [`linear_cka_unbiased`] unless \\(n\\) is large.
///
/// # Errors
///
/// If the numbers of samples differ or are below 2, a value is not finite, or all samples of one are equal.
pub fn linear_cka(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Result<f64, AlignmentError> {
    let Paired { x, y } = Paired::new(x, y, 2)?;
    let norms = Paired::product(&x, &x).sqrt() * Paired::product(&y, &y).sqrt();
    Ok((Paired::product(&x, &y) / norms).clamp(0.0, 1.0))
}

/// [`linear_cka`] from covariances, \\(\lVert C_{xy}\rVert_F^2 / (\lVert C_{xx}\rVert_F \lVert C_{yy}\rVert_F)\\): the
/// same number without the samples. The moments have to be centred ones.
///
/// # Errors
///
/// If the shapes do not fit, an entry is not finite, or a covariance is zero.
pub fn linear_cka_of_moments(moments: &JointMoments<'_>) -> Result<f64, AlignmentError> {
    let [x, y, cross] = moments.checked()?;
    let [x, y, cross] = [x, y, cross].map(|matrix| scaled_norm(&matrix));
    // One factor after the other, so that nothing overflows.
    Ok((cross / x * (cross / y)).clamp(0.0, 1.0))
}

fn scaled_norm(matrix: &Array2<f64>) -> f64 {
    let largest = matrix
        .iter()
        .fold(f64::MIN_POSITIVE, |max, x| max.max(x.abs()));
    square_sum(&(matrix / largest)).sqrt() * largest
}

/// Linear CKA from the **unbiased** estimator \\(\mathrm{HSIC}\_1\\) (Song et al. 2012; Nguyen et al. 2021): a similarity in
/// \\([-1, 1]\\), about 0 for independent representations whatever their widths.
///
/// \\[ \mathrm{HSIC}\_1(K, L) = \frac{1}{n(n-3)}\left\[\mathrm{tr}(\tilde K\tilde L)
///     + \frac{1^\top\tilde K 1\\, 1^\top\tilde L 1}{(n-1)(n-2)} - \frac{2}{n-2}\\, 1^\top\tilde K\tilde L 1\right\] \\]
///
/// with \\(K = X X^\top\\), \\(L = Y Y^\top\\) and the diagonals of \\(\tilde K, \tilde L\\) zero; the similarity is
/// \\(\mathrm{HSIC}\_1(K, L)/\sqrt{\mathrm{HSIC}\_1(K, K)\\,\mathrm{HSIC}\_1(L, L)}\\). Each HSIC is unbiased, their ratio only
/// nearly. It is an inner product of U-centred matrices (Székely and Rizzo 2014), hence the range. U-centring forgets
/// shifts of \\(X\\), so that \\(X, Y\\) may be centred first, and then (DERIVED), with \\(s = \sum_i k_{ii} l_{ii}\\),
/// the bracket is \\(\lVert X^\top Y\rVert_F^2 - \frac{n}{n-2}\\, s + \frac{\mathrm{tr}K\\,\mathrm{tr}L}{(n-1)(n-2)}\\): no
/// `[n, n]` matrix is needed where \\(n\\) is the larger side.
///
/// # Errors
///
/// As [`linear_cka`], with at least 4 samples; or if the samples of one are so regular that its own estimate is zero,
/// as that of a simplex with a corner for each sample is.
pub fn linear_cka_unbiased(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
) -> Result<f64, AlignmentError> {
    let Paired { x, y } = Paired::new(x, y, 4)?;
    let (k, l) = (squared_norms(&x), squared_norms(&y));
    let products = [(&x, &x), (&y, &y), (&x, &y)].map(|(x, y)| Paired::product(x, y));
    hsic_of(products, &k, &l)
}

/// The similarity, from the squared norms of \\(X^\top X\\), \\(Y^\top Y\\) and \\(X^\top Y\\), and those of the
/// centred rows.
pub(super) fn hsic_of(
    [xx, yy, xy]: [f64; 3],
    k: &Array1<f64>,
    l: &Array1<f64>,
) -> Result<f64, AlignmentError> {
    let (xx, yy) = (hsic(xx, k, k), hsic(yy, l, l));
    for (which, own, norms) in [("first", xx, k), ("second", yy, l)] {
        // Against the most that it can be: a sum over pairs of squared inner products.
        if own <= ROUNDING * norms.sum().powi(2) {
            return Err(AlignmentError::NoUnbiasedHsic { which });
        }
    }
    Ok((hsic(xy, k, l) / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0))
}

/// \\(k_{ii}\\).
fn squared_norms(x: &Array2<f64>) -> Array1<f64> {
    x.rows().into_iter().map(|row| row.dot(&row)).collect()
}

/// \\(n(n-3)\\,\mathrm{HSIC}\_1\\) of centred representations, given \\(\lVert X^\top Y\rVert_F^2\\) and the
/// squared norms of their rows.
fn hsic(product: f64, k: &Array1<f64>, l: &Array1<f64>) -> f64 {
    let n = k.len() as f64;
    product - n / (n - 2.0) * k.dot(l) + k.sum() * l.sum() / ((n - 1.0) * (n - 2.0))
}

impl JointMoments<'_> {
    /// The three matrices, if they fit together, are finite and neither covariance is zero.
    pub(crate) fn checked(&self) -> Result<[Array2<f64>; 3], AlignmentError> {
        let (d1, d2) = (self.x.nrows(), self.y.nrows());
        let x = checked_rows("the first covariance", self.x, (d1, d1))?;
        let y = checked_rows("the second covariance", self.y, (d2, d2))?;
        let cross = checked_rows("the cross-covariance", self.cross, (d1, d2))?;
        for (which, matrix) in [("first", &x), ("second", &y)] {
            if matrix.diag().sum() <= 0.0 {
                return Err(AlignmentError::ConstantSamples { which });
            }
        }
        Ok([x, y, cross])
    }
}

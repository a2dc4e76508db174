//! The level of the rotation null from traces and norms, for wide matrices.

use ndarray::ArrayView2;

use super::NullLevel;
use crate::AlignmentError;
use crate::compare::standardized;
use crate::spectrum::symmetric;

/// 95 % quantile of the standard normal distribution.
const NORMAL_Q95: f64 = 1.644_853_626_951_472_2;

/// Mean and 95 % quantile of \\(\alpha(A, Q B Q^\top)\\) over Haar-random \\(Q\\), without drawing any; `a` and `b` are
/// symmetric `[d, d]`. A similarity in \\([-1, 1]\\).
///
/// With \\(A'\\) for \\(A\\) less its mean entry (DERIVED from the second moments of the Haar measure),
///
/// \\[ E\langle A', Q B Q^\top\rangle = \frac{\mathrm{tr} A' \\; \mathrm{tr} B}{d}, \qquad
///     \mathrm{var} \langle A', Q B Q^\top\rangle = \frac{2 \beta(A') \beta(B)}{(d - 1)(d + 2)}, \qquad
///     \beta(M) = \lVert M\rVert_F^2 - \frac{(\mathrm{tr} M)^2}{d}, \\]
///
/// and \\(\alpha\\) is this over \\(\lVert A'\rVert_F\\) and the norm of \\(Q B Q^\top\\) less its mean entry, whose square is
/// taken at its mean, \\(\lVert B\rVert_F^2 - ((\mathrm{tr} B)^2 + 2 d \beta(B)/(d + 2)) / d^2\\). The quantile is that of a
/// normal distribution. Both are exact as \\(d\\) grows; from a width of 64 on the mean is off by less than 0.001, the
/// quantile by about that where no direction dominates, and too low by \\(0.5/d\\) where one dominates both matrices
/// (\\(\alpha\\) is then \\(\chi^2_1/d\\)).
///
/// # Errors
///
/// If the shapes differ, a matrix is not symmetric or not finite, the entries of `a` are constant, or `b` is zero.
pub fn rotation_level(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
) -> Result<NullLevel, AlignmentError> {
    if a.dim() != b.dim() {
        let (left, right) = (a.dim().into(), b.dim().into());
        return Err(AlignmentError::ShapeMismatch { left, right });
    }
    symmetric(a)?;
    symmetric(b)?;
    level(a, b)
}

/// [`rotation_level`] of matrices that are known to be symmetric and finite.
pub(crate) fn level(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
) -> Result<NullLevel, AlignmentError> {
    let d = a.nrows() as f64;
    let a = standardized(a, "first")?; // of norm 1
    let largest = b.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if largest == 0.0 {
        let what = "the spectrum";
        return Err(AlignmentError::Zero { what });
    }
    let square = b.iter().map(|x| (x / largest).powi(2)).sum::<f64>();
    let (trace_a, trace_b) = (a.diag().sum(), b.diag().sum() / largest);
    let (beta_a, beta_b) = (1.0 - trace_a * trace_a / d, square - trace_b * trace_b / d);
    let scatter = square - (trace_b * trace_b + 2.0 * d * beta_b / (d + 2.0)) / (d * d);
    let mean = trace_a * trace_b / d / scatter.sqrt();
    let variance = 2.0 * beta_a * beta_b / ((d - 1.0) * (d + 2.0)) / scatter;
    let q95 = mean + NORMAL_Q95 * variance.max(0.0).sqrt();
    let number = |x: f64| x.is_finite().then(|| x.clamp(-1.0, 1.0));
    Ok(NullLevel {
        mean: number(mean),
        q95: number(q95),
    })
}

//! Distances after the best rotation.

use ndarray::{Array2, ArrayView2};

use super::JointMoments;
use super::paired::Paired;
use crate::{AlignmentError, singular_values};

/// Orthogonal Procrustes distance of two representations, each **centred and scaled to a Frobenius norm of 1**
/// beforehand: a distance in \\([0, \sqrt 2]\\), and a metric between representations up to shift, scale and rotation,
///
/// \\[ d(X, Y) = \min_Q \lVert \hat X - \hat Y Q\rVert_F = \sqrt{2 - 2 \lVert \hat X^\top \hat Y\rVert_*} \\]
///
/// over orthogonal \\(Q\\), with columns of zeros added to the narrower one. Rows are paired samples, `[n, d1]` and
/// `[n, d2]`. Ding et al. (2021) report its square, which breaks the triangle inequality; Williams et al. (2021) use it
/// and [its angle](procrustes_angle). Rounding alone makes about 1e-8 of equal shapes, because of the root.
///
/// # Errors
///
/// If the numbers of samples differ or are below 2, a value is not finite, or all samples of one are equal, or the
/// decomposition does not converge.
pub fn procrustes_distance(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
) -> Result<f64, AlignmentError> {
    Ok(chord(overlap(x, y)?))
}

/// The angle between two representations after the best rotation, \\(\arccos\lVert \hat X^\top \hat Y\rVert_*\\): the
/// Riemannian shape distance of Williams et al. (2021), in \\([0, \pi/2]\\), a metric like [`procrustes_distance`],
/// which is the chord of this angle.
///
/// # Errors
///
/// As [`procrustes_distance`].
pub fn procrustes_angle(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
) -> Result<f64, AlignmentError> {
    Ok(overlap(x, y)?.acos())
}

/// [`procrustes_distance`] from covariances: \\(\lVert \hat X^\top \hat Y\rVert_* =
/// \lVert C_{xy}\rVert_* / \sqrt{\mathrm{tr} C_{xx}\\, \mathrm{tr} C_{yy}}\\). The moments have to be centred ones.
///
/// # Errors
///
/// If the shapes do not fit, an entry is not finite, a covariance is zero, or the decomposition does not converge.
pub fn procrustes_distance_of_moments(moments: &JointMoments<'_>) -> Result<f64, AlignmentError> {
    Ok(chord(overlap_of_moments(moments)?))
}

pub(crate) fn overlap_of_moments(moments: &JointMoments<'_>) -> Result<f64, AlignmentError> {
    let [x, y, cross] = moments.checked()?;
    let scale = x.diag().sum().sqrt() * y.diag().sum().sqrt();
    nuclear_norm(&(cross / scale))
}

fn overlap(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Result<f64, AlignmentError> {
    let Paired { x, y } = Paired::new(x, y, 2)?;
    nuclear_norm(&x.t().dot(&y))
}

/// At most 1 for what it is used on, up to rounding.
pub(super) fn nuclear_norm(cross: &Array2<f64>) -> Result<f64, AlignmentError> {
    let sum: f64 = singular_values(cross.view())?.iter().sum();
    Ok(sum.clamp(0.0, 1.0))
}

pub(super) fn chord(overlap: f64) -> f64 {
    (2.0 - 2.0 * overlap).sqrt()
}

//! How much a layer's moments change over a window of training.

use formant_moments::{LayerMoments, Side, Variant};
use serde::{Deserialize, Serialize};

use super::equations::relative;
use crate::relation::matrix_of;
use crate::{AlignmentError, Matrix};

/// \\(\lVert M_{t+T} - M_t\rVert_F / \lVert M_t\rVert_F\\) for the four matrices that Theorem 1 takes for stationary,
/// raw. 0 or more; 0 if nothing has changed.
///
/// The change of a second moment of finitely many samples has a part from the samples themselves, unless both times are
/// measured on the same ones: measure on the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stationarity {
    /// Of \\(H_a\\).
    pub h_a: f64,
    /// Of \\(G_b\\).
    pub g_b: f64,
    /// Of \\(Z_b = W W^\top\\).
    pub z_b: f64,
    /// Of \\(Z_a = W^\top W\\).
    pub z_a: f64,
}

/// Compares a layer at two times, \\(t\\) and \\(t + T\\).
///
/// # Errors
///
/// If the widths differ, one of the four matrices is zero at \\(t\\), or a number overflows.
pub fn stationarity(
    before: &LayerMoments,
    after: &LayerMoments,
) -> Result<Stationarity, AlignmentError> {
    let shape = |layer: &LayerMoments| [layer.d_b(), layer.d_a()];
    let (left, right) = (shape(before), shape(after));
    if left != right {
        return Err(AlignmentError::ShapeMismatch { left, right });
    }
    let change = |side, matrix, what| {
        let of = |layer| matrix_of(layer, side, matrix, Variant::Raw);
        relative(&of(after)?, &of(before)?, what)
    };
    Ok(Stationarity {
        h_a: change(Side::A, Matrix::H, "H_a")?,
        g_b: change(Side::B, Matrix::G, "G_b")?,
        z_b: change(Side::B, Matrix::Z, "Z_b")?,
        z_a: change(Side::A, Matrix::Z, "Z_a")?,
    })
}

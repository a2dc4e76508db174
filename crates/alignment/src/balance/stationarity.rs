//! How much a layer's moments change over a window of training.

use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::equations::relative;
use crate::AlignmentError;

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
    let moment = |side, moment, what| {
        let [before, after] = [before, after].map(|x| x.second_moment(side, moment, Variant::Raw));
        change(&before, &after, what)
    };
    let gram = |side, what| change(&before.weight_gram(side), &after.weight_gram(side), what);
    Ok(Stationarity {
        h_a: moment(Side::A, Moment::H, "H_a")?,
        g_b: moment(Side::B, Moment::G, "G_b")?,
        z_b: gram(Side::B, "Z_b")?,
        z_a: gram(Side::A, "Z_a")?,
    })
}

fn change(
    before: &Array2<f64>,
    after: &Array2<f64>,
    what: &'static str,
) -> Result<f64, AlignmentError> {
    relative(after, before, what)
}

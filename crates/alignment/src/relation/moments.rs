//! Second moments that hold more than rounding.

use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;

use super::{ByVariant, Matrix};
use crate::sample_rows::trace;
use crate::{AlignmentError, LEAST_SAMPLES, ROUNDING};

/// A second moment of representations or gradients, or why it says nothing.
type Checked = Result<Array2<f64>, AlignmentError>;

/// One of the symmetric matrices of a layer.
pub(crate) fn matrix_of(
    layer: &LayerMoments,
    side: Side,
    matrix: Matrix,
    variant: Variant,
) -> Checked {
    let moment = match matrix {
        Matrix::H => Moment::H,
        Matrix::G => Moment::G,
        Matrix::Z => return Ok(layer.weight_gram(side)),
    };
    let raw = match variant {
        Variant::Raw | Variant::Centered => {
            trace(layer.second_moment(side, moment, Variant::Raw).view())
        }
        Variant::Normalized => share_of_unit_norm(layer, side, moment),
    };
    let found = layer.second_moment(side, moment, variant);
    check(layer, side, moment, variant, &found, raw)?;
    Ok(found)
}

/// A raw second moment as it is; a covariance with zeros in place of rounding.
pub(crate) fn moment_or_zero(
    layer: &LayerMoments,
    side: Side,
    matrix: Matrix,
    variant: Variant,
) -> Array2<f64> {
    let zeros = |_| Array2::zeros((layer.d(side), layer.d(side)));
    matrix_of(layer, side, matrix, variant).unwrap_or_else(zeros)
}

/// A moment of a side in all variants, with zeros in place of what is rounding, and the reasons for them.
pub(crate) fn checked_moments(
    layer: &LayerMoments,
    side: Side,
    moment: Moment,
) -> (ByVariant<Array2<f64>>, ByVariant<Option<AlignmentError>>) {
    let mut found = ByVariant::from_fn(|variant| layer.second_moment(side, moment, variant));
    let raw = trace(found.raw.view());
    let refused = ByVariant::from_fn(|variant| {
        let whole = match variant {
            Variant::Raw | Variant::Centered => raw,
            Variant::Normalized => share_of_unit_norm(layer, side, moment),
        };
        check(layer, side, moment, variant, found.get(variant), whole).err()
    });
    for variant in Variant::ALL {
        if refused.get(variant).is_some() {
            found.get_mut(variant).fill(0.0);
        }
    }
    (found, refused)
}

/// The trace of the raw second moment of samples at unit norm.
fn share_of_unit_norm(layer: &LayerMoments, side: Side, moment: Moment) -> f64 {
    1.0 - zero_norm(layer, side, moment) as f64 / layer.samples() as f64
}

fn zero_norm(layer: &LayerMoments, side: Side, moment: Moment) -> usize {
    let zeros = layer.zero_norm();
    match (side, moment) {
        (Side::A, Moment::G) => zeros.g_a,
        (Side::B, Moment::G) => zeros.g_b,
        (Side::A, _) => zeros.h_a,
        (Side::B, _) => zeros.h_b,
    }
}

/// `raw`: the trace of the raw second moment of the same samples.
fn check(
    layer: &LayerMoments,
    side: Side,
    moment: Moment,
    variant: Variant,
    found: &Array2<f64>,
    raw: f64,
) -> Result<(), AlignmentError> {
    let zero = zero_norm(layer, side, moment) == layer.samples();
    if !zero && raw < LEAST_SAMPLES.powi(2) {
        let (what, size) = (name(side, moment), raw.sqrt());
        return Err(AlignmentError::Underflow { what, size });
    }
    if zero || variant == Variant::Raw {
        return Ok(());
    }
    let spread = trace(found.view());
    if spread > ROUNDING * raw {
        return Ok(());
    }
    Err(AlignmentError::Rounding {
        what: subject(side, moment, variant),
        deviation: (spread.max(0.0) / raw).sqrt(),
    })
}

fn name(side: Side, moment: Moment) -> &'static str {
    match (side, moment) {
        (Side::A, Moment::G) => "g_a",
        (Side::B, Moment::G) => "g_b",
        (Side::A, _) => "h_a",
        (Side::B, _) => "h_b",
    }
}

fn subject(side: Side, moment: Moment, variant: Variant) -> &'static str {
    match (name(side, moment), variant) {
        ("g_a", Variant::Normalized) => "directions of g_a",
        ("g_b", Variant::Normalized) => "directions of g_b",
        ("h_a", Variant::Normalized) => "directions of h_a",
        (_, Variant::Normalized) => "directions of h_b",
        ("g_a", _) => "samples of g_a",
        ("g_b", _) => "samples of g_b",
        ("h_a", _) => "samples of h_a",
        _ => "samples of h_b",
    }
}

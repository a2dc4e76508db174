//! How far each relation is from holding, on the support of the weight.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{
    LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Auto, Mat, MatRef, Par, Spec};
use formant_moments::{LayerMoments, Variant};

use crate::decompose::self_adjoint;
use crate::power_law::{MOMENTS, WeightFrame};
use crate::relation::moment_or_zero;
use crate::spectrum::weight_eigen;
use crate::{AlignmentError, ByRelation, Threads};

/// Share of its trace that is added to the diagonal of a second moment.
pub const FLOOR: f64 = 1e-12;

/// Fewest directions of the support. In one direction everything is proportional, and in two a misfit is a single
/// number, small by chance too often.
pub const MIN_DIRECTIONS: usize = 3;

/// The misfit of each of the six relations of a layer, in nats; see [the module](crate::phases).
///
/// # Errors
///
/// If the weight is zero or its support has fewer than [`MIN_DIRECTIONS`] directions, a second moment is zero on it, a
/// matrix is not finite, or a decomposition does not converge.
pub fn misfits(layer: &LayerMoments) -> Result<ByRelation<f64>, AlignmentError> {
    let frame = WeightFrame::new(layer.weight(), &weight_eigen(layer)?)?;
    let matrices = MOMENTS.map(|m| moment_or_zero(layer, m.side(), m.matrix(), Variant::Raw));
    let views = matrices.each_ref().map(|matrix| matrix.view());
    misfits_in_frame(&frame, &frame.moments(views, Threads::One), Threads::One)
}

/// [`misfits`], from [`MOMENTS`] in the coordinates of the support.
pub(crate) fn misfits_in_frame(
    frame: &WeightFrame,
    coordinates: &[Result<Mat<f64>, AlignmentError>],
    threads: Threads,
) -> Result<ByRelation<f64>, AlignmentError> {
    let (found, needed) = (frame.squares.len(), MIN_DIRECTIONS);
    if found < needed {
        return Err(AlignmentError::TooFewDirections { found, needed });
    }
    let singular: Vec<f64> = frame
        .squares
        .iter()
        .map(|square| (square / frame.squares[0]).sqrt())
        .collect();
    let moments = MOMENTS.into_iter().zip(coordinates);
    let moments = moments
        .map(|(name, matrix)| with_floor(matrix.as_ref().map_err(Clone::clone)?, name.name()))
        .collect::<Result<Vec<_>, AlignmentError>>()?;
    let too_few = |found, needed| AlignmentError::TooFewEntries { found, needed };
    let [h_a, h_b, g_a, g_b] = moments.as_slice() else {
        return Err(too_few(moments.len(), 4));
    };
    // Without a second matrix it is Z.
    let side = |h, g| [(h, Some(g)), (h, None), (g, None)];
    let pairs = [side(h_a, g_a), side(h_b, g_b)].concat();
    let misfits = threads
        .map(&pairs, |(matrix, other)| match other {
            Some(other) => between(matrix, other),
            None => to_weight(matrix, &singular),
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    let [a_rga, a_rwa, a_gwa, b_rga, b_rwa, b_gwa] = misfits[..] else {
        return Err(too_few(misfits.len(), 6));
    };
    Ok(ByRelation {
        a_rga,
        a_rwa,
        a_gwa,
        b_rga,
        b_rwa,
        b_gwa,
    })
}

/// A second moment at unit trace, plus the floor; `what` is its name.
fn with_floor(moment: &Mat<f64>, what: &'static str) -> Result<Mat<f64>, AlignmentError> {
    let trace: f64 = moment.diagonal().column_vector().iter().sum();
    if !(trace.is_normal() && trace > 0.0) {
        return Err(AlignmentError::Zero { what });
    }
    Ok(Mat::from_fn(moment.nrows(), moment.ncols(), |i, j| {
        let floor = if i == j { FLOOR } else { 0.0 };
        moment[(i, j)] / trace + floor
    }))
}

/// \\(\delta(M, S^2)\\).
fn to_weight(moment: &Mat<f64>, singular: &[f64]) -> Result<f64, AlignmentError> {
    let scaled = Mat::from_fn(moment.nrows(), moment.ncols(), |i, j| {
        moment[(i, j)] / (singular[i] * singular[j])
    });
    log_spread(scaled.as_ref())
}

/// \\(\delta(M, N)\\), by the Cholesky factor of \\(N\\) at unit diagonal: these moments are graded, and scaling first
/// keeps the digits of the weak directions.
fn between(m: &Mat<f64>, n: &Mat<f64>) -> Result<f64, AlignmentError> {
    let size = n.nrows();
    let scale: Vec<f64> = (0..size).map(|i| n[(i, i)].sqrt()).collect();
    let scaled =
        |matrix: &Mat<f64>| Mat::from_fn(size, size, |i, j| matrix[(i, j)] / (scale[i] * scale[j]));
    let (mut whitened, mut factor) = (scaled(m), scaled(n));
    let params = Spec::new(Auto::<f64>::auto());
    let scratch = cholesky_in_place_scratch::<f64>(size, Par::Seq, params);
    // A pivot lost to rounding is replaced by a tiny one.
    let regularization = LltRegularization {
        dynamic_regularization_delta: f64::EPSILON,
        dynamic_regularization_epsilon: f64::EPSILON,
    };
    cholesky_in_place(
        factor.as_mut(),
        regularization,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        params,
    )
    .map_err(|_| AlignmentError::NoConvergence {
        rows: size,
        columns: size,
    })?;
    for _ in 0..2 {
        solve_lower_triangular_in_place(factor.as_ref(), whitened.as_mut(), Par::Seq);
        whitened = whitened.transpose().to_owned();
    }
    log_spread(whitened.as_ref())
}

/// Standard deviation of the logarithms of a matrix's eigenvalues. One that rounding made zero or negative counts as
/// rounding.
fn log_spread(matrix: MatRef<'_, f64>) -> Result<f64, AlignmentError> {
    let values = self_adjoint(matrix, None)?;
    let least = values.iter().copied().fold(0.0, f64::max) * f64::EPSILON;
    if !(least.is_finite() && least > 0.0) {
        return Err(AlignmentError::NonFinite {
            what: "the ratio of two matrices",
        });
    }
    let logs: Vec<f64> = values.iter().map(|x| x.max(least).ln()).collect();
    let count = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let variance = logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    Ok(variance.sqrt())
}

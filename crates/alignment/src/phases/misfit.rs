//! How far each relation is from holding, on the support of the weight.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{
    LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Accum, Auto, Mat, MatRef, Par, Spec};
use formant_moments::{LayerMoments, Side, Variant};
use ndarray::ArrayView2;

use crate::decompose::self_adjoint;
use crate::relation::matrix_of;
use crate::spectrum::{symmetric, to_faer};
use crate::{
    AlignmentError, ByRelation, Matrix, RankThreshold, Relation, SINGULAR_VALUE_THRESHOLD,
    numerical_rank,
};

/// Singular values of \\(W\\) above this share of the largest make its support; that of [`SINGULAR_VALUE_THRESHOLD`].
pub const SUPPORT: f64 = SINGULAR_VALUE_THRESHOLD;

/// Share of its trace that is added to the diagonal of a second moment.
pub const FLOOR: f64 = 1e-12;

/// Fewest directions of the support. In one direction everything is proportional, and in two a misfit is a single
/// number, small by chance too often.
pub const MIN_DIRECTIONS: usize = 3;

/// The misfit of each of the six relations of a layer, in nats; see [the module](crate::phases).
///
/// # Errors
///
/// If the support of the weight has fewer than [`MIN_DIRECTIONS`] directions (none, for a weight of zero), a second
/// moment is zero on it, a matrix is not finite, or a decomposition does not converge.
pub fn misfits(layer: &LayerMoments) -> Result<ByRelation<f64>, AlignmentError> {
    let support = Support::of(layer)?;
    let side = |side| SideOnSupport::new(layer, side, &support);
    let (a, b) = (side(Side::A)?, side(Side::B)?);
    let misfit = |side, relation| {
        let matrices = if side == Side::A { &a } else { &b };
        match relation {
            Relation::Rga => between(&matrices.h, &matrices.g),
            Relation::Rwa => to_weight(&matrices.h, &support.singular),
            Relation::Gwa => to_weight(&matrices.g, &support.singular),
        }
    };
    Ok(ByRelation {
        a_rga: misfit(Side::A, Relation::Rga)?,
        a_rwa: misfit(Side::A, Relation::Rwa)?,
        a_gwa: misfit(Side::A, Relation::Gwa)?,
        b_rga: misfit(Side::B, Relation::Rga)?,
        b_rwa: misfit(Side::B, Relation::Rwa)?,
        b_gwa: misfit(Side::B, Relation::Gwa)?,
    })
}

/// The leading singular vectors of a weight, `[d_a, r]` and `[d_b, r]`, and its singular values relative to the
/// largest, descending.
struct Support {
    a: Mat<f64>,
    b: Mat<f64>,
    singular: Vec<f64>,
}

impl Support {
    /// From the eigenvectors of the smaller Gram matrix, which cost a fraction of a singular value decomposition. What
    /// squaring loses is 1e-12 of singular values at the threshold.
    fn of(layer: &LayerMoments) -> Result<Self, AlignmentError> {
        let a_is_small = layer.d_a() <= layer.d_b();
        let small = if a_is_small { Side::A } else { Side::B };
        let gram = symmetric(layer.weight_gram(small).view())?;
        let mut vectors = Mat::zeros(gram.nrows(), gram.ncols());
        let mut values = self_adjoint(gram.as_ref(), Some(vectors.as_mut()))?;
        values.reverse();
        let found = numerical_rank(&values, RankThreshold::RelativeToLargest(SUPPORT.powi(2)));
        if found < MIN_DIRECTIONS {
            return Err(AlignmentError::TooFewDirections {
                found,
                needed: MIN_DIRECTIONS,
            });
        }
        let singular: Vec<f64> = values[..found].iter().map(|x| x.sqrt()).collect();
        let last = gram.ncols() - 1;
        let near = Mat::from_fn(gram.nrows(), found, |i, j| vectors[(i, last - j)]);
        let weight = to_faer(layer.weight())?;
        let mut far = if a_is_small {
            product(weight.as_ref(), near.as_ref())
        } else {
            product(weight.transpose(), near.as_ref())
        };
        for (column, s) in far.col_iter_mut().zip(&singular) {
            column.iter_mut().for_each(|x| *x /= s);
        }
        let (a, b) = if a_is_small { (near, far) } else { (far, near) };
        let relative = singular.iter().map(|s| s / singular[0]).collect();
        Ok(Self {
            a,
            b,
            singular: relative,
        })
    }
}

/// \\(H\\) and \\(G\\) of a side in the coordinates of the support, `[r, r]`, with the floor.
struct SideOnSupport {
    h: Mat<f64>,
    g: Mat<f64>,
}

impl SideOnSupport {
    fn new(layer: &LayerMoments, side: Side, support: &Support) -> Result<Self, AlignmentError> {
        let (basis, what) = match side {
            Side::A => (&support.a, ["H_a", "G_a"]),
            Side::B => (&support.b, ["H_b", "G_b"]),
        };
        let project = |matrix, what| {
            let moment = matrix_of(layer, side, matrix, Variant::Raw);
            on_support(moment.view(), basis.as_ref(), what)
        };
        Ok(Self {
            h: project(Matrix::H, what[0])?,
            g: project(Matrix::G, what[1])?,
        })
    }
}

/// \\(P^\top M P\\) at unit trace, and the floor.
fn on_support(
    moment: ArrayView2<'_, f64>,
    basis: MatRef<'_, f64>,
    what: &'static str,
) -> Result<Mat<f64>, AlignmentError> {
    let moment = symmetric(moment)?;
    let half = product(moment.as_ref(), basis);
    let mut out = product(basis.transpose(), half.as_ref());
    let trace: f64 = out.diagonal().column_vector().iter().sum();
    if !(trace.is_normal() && trace > 0.0) {
        return Err(AlignmentError::Zero { what });
    }
    for column in 0..out.ncols() {
        out.col_mut(column).iter_mut().for_each(|x| *x /= trace);
        out[(column, column)] += FLOOR;
    }
    Ok(out)
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

fn product(left: MatRef<'_, f64>, right: MatRef<'_, f64>) -> Mat<f64> {
    let mut out = Mat::zeros(left.nrows(), right.ncols());
    matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    out
}

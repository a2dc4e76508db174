//! The power laws of a layer.

use faer::Mat;
use formant_moments::{LayerMoments, Variant};

use super::bootstrap::Bootstrap;
use super::frame::WeightFrame;
use super::project::{in_basis, of_diagonal};
use super::{
    Caution, LayerMatrix, MIN_POINTS, PowerLaw, PowerLawFit, PowerLawOptions, PowerLaws,
    Projection, RefusedPowerLaw,
};
use crate::decompose::{Eigen, eigen};
use crate::relation::{matrix_of, moment_or_zero};
use crate::spectrum::weight_eigen;
use crate::{AlignmentError, Matrix, Threads};
use LayerMatrix::{Ga, Gb, Ha, Hb, Za, Zb};

/// The matrices that a variant of the moments decides.
pub(crate) const MOMENTS: [LayerMatrix; 4] = [Ha, Hb, Ga, Gb];

/// Those of them that are the first of a pair.
const BASES: [LayerMatrix; 3] = [Ha, Hb, Ga];

/// Fits all fourteen pairs.
///
/// # Errors
///
/// If the decomposition of the weight does not converge, or the weight is zero.
pub fn power_laws(
    layer: &LayerMoments,
    options: &PowerLawOptions,
) -> Result<PowerLaws, AlignmentError> {
    let frame = WeightFrame::new(layer.weight(), &weight_eigen(layer)?)?;
    let matrices = MOMENTS.map(|m| moment_or_zero(layer, m.side(), m.matrix(), options.variant));
    let views = matrices.each_ref().map(|m| m.view());
    let coordinates = frame.moments(views, Threads::One);
    let laws = in_frame(&frame, &coordinates, layer.samples(), options, Threads::One);
    Ok(laws.laws)
}

/// Fits one pair.
///
/// # Errors
///
/// As [`project_pair`] and [`Projection::fit`].
pub fn power_law(
    layer: &LayerMoments,
    x: LayerMatrix,
    y: LayerMatrix,
    options: &PowerLawOptions,
) -> Result<PowerLaw, AlignmentError> {
    let projection = project_pair(layer, x, y, options.variant)?;
    let samples = samples(x, layer.samples());
    let fit = projection.fit(samples, options)?;
    Ok(law(x, y, fit, samples, &projection))
}

/// Two matrices of a layer on the support of its weight, in the eigenbasis of `x`: what the points of a scatter plot
/// are made of. Any pair is allowed, in any order.
///
/// # Errors
///
/// If the weight or one of the two matrices is zero there, or a decomposition does not converge.
pub fn project_pair(
    layer: &LayerMoments,
    x: LayerMatrix,
    y: LayerMatrix,
    variant: Variant,
) -> Result<Projection, AlignmentError> {
    let frame = WeightFrame::new(layer.weight(), &weight_eigen(layer)?)?;
    let coordinates = |m: LayerMatrix| {
        let matrix = matrix_of(layer, m.side(), m.matrix(), variant)?;
        frame.coordinates(m, matrix.view())
    };
    let y = coordinates(y)?;
    if x.matrix() == Matrix::Z {
        return of_diagonal(&frame.squares, y.as_ref());
    }
    in_basis(&eigen(coordinates(x)?.as_ref())?, y.as_ref())
}

/// The laws of a layer, and the spectra that came with them.
pub(crate) struct LayerLaws {
    pub(crate) laws: PowerLaws,
    /// Eigenvalues of \\(H_a, H_b, G_a\\), where the support of the weight is the whole side.
    pub(crate) spectra: Vec<(LayerMatrix, Vec<f64>)>,
}

/// All laws. `coordinates`: [`MOMENTS`] of one variant, in the frame. The laws of \\(Z_b\\) are those of \\(Z_a\\).
pub(crate) fn in_frame(
    frame: &WeightFrame,
    coordinates: &[Result<Mat<f64>, AlignmentError>],
    n: usize,
    options: &PowerLawOptions,
    threads: Threads,
) -> LayerLaws {
    if frame.squares.len() < MIN_POINTS {
        let (found, needed) = (frame.squares.len(), MIN_POINTS);
        return LayerLaws::refused(&AlignmentError::TooFewPoints { found, needed });
    }
    let at = |name| MOMENTS.iter().position(|other| *other == name).unwrap_or(0);
    let bases = threads.map(&BASES, |name| match &coordinates[at(*name)] {
        Ok(matrix) => eigen(matrix.as_ref()),
        Err(error) => Err(error.clone()),
    });
    let distinct: Vec<_> = LayerMatrix::pairs().filter(|(x, _)| *x != Zb).collect();
    let projections = threads.map(&distinct, |&(x, y)| {
        let y = coordinates[at(y)].as_ref().map_err(Clone::clone)?;
        if x == Za {
            return of_diagonal(&frame.squares, y.as_ref());
        }
        in_basis(bases[at(x)].as_ref().map_err(Clone::clone)?, y.as_ref())
    });
    let mut bootstrap = Bootstrap::new(options.resamples, options.seed);
    let mut laws = PowerLaws::default();
    for (&(x, y), projection) in distinct.iter().zip(projections) {
        let fitted = projection.and_then(|projection| {
            let fit = projection.fit_shared(samples(x, n), &mut bootstrap)?;
            Ok(law(x, y, fit, samples(x, n), &projection))
        });
        laws.add(x, y, fitted);
    }
    LayerLaws {
        laws: laws.with_twins(),
        spectra: full_spectra(frame, bases),
    }
}

/// How many samples a matrix was estimated from.
fn samples(x: LayerMatrix, n: usize) -> Option<usize> {
    (x.matrix() != Matrix::Z).then_some(n)
}

impl LayerLaws {
    /// Every pair refused for one reason.
    pub(crate) fn refused(error: &AlignmentError) -> Self {
        let mut laws = PowerLaws::default();
        for (x, y) in LayerMatrix::pairs() {
            laws.add(x, y, Err(error.clone()));
        }
        let spectra = Vec::new();
        Self { laws, spectra }
    }
}

impl PowerLaws {
    fn add(&mut self, x: LayerMatrix, y: LayerMatrix, law: Result<PowerLaw, AlignmentError>) {
        match law {
            Ok(law) => self.laws.push(law),
            Err(error) => {
                let reason = error.to_string();
                self.refused.push(RefusedPowerLaw { x, y, reason });
            }
        }
    }

    /// With the laws of z_b, copied from those of z_a, in the order of the pairs.
    fn with_twins(mut self) -> Self {
        for at in 0..self.laws.len() {
            if self.laws[at].x == Za {
                self.laws.push(PowerLaw {
                    x: Zb,
                    ..self.laws[at]
                });
            }
        }
        for at in 0..self.refused.len() {
            if self.refused[at].x == Za {
                let twin = RefusedPowerLaw {
                    x: Zb,
                    ..self.refused[at].clone()
                };
                self.refused.push(twin);
            }
        }
        // The order of the variants of `LayerMatrix` is the order of its pairs.
        self.laws.sort_by_key(|law| (law.x, law.y));
        self.refused.sort_by_key(|pair| (pair.x, pair.y));
        self
    }
}

/// Eigenvalues of the decomposed matrices whose whole side is the support of the weight.
fn full_spectra(
    frame: &WeightFrame,
    bases: Vec<Result<Eigen, AlignmentError>>,
) -> Vec<(LayerMatrix, Vec<f64>)> {
    let whole = |side| frame.basis(side).nrows() == frame.squares.len();
    let named = BASES.into_iter().zip(bases);
    named
        .filter(|(name, _)| whole(name.side()))
        .filter_map(|(name, eigen)| Some((name, eigen.ok()?.values)))
        .collect()
}

fn law(
    x: LayerMatrix,
    y: LayerMatrix,
    fit: PowerLawFit,
    samples: Option<usize>,
    projection: &Projection,
) -> PowerLaw {
    let few = samples.is_some_and(|n| (n as f64) < (fit.points as f64).powi(3));
    PowerLaw {
        x,
        y,
        fit,
        caution: few.then_some(Caution::SamplingBias),
        commutator: projection.commutator,
        commutator_unrelated: projection.commutator_unrelated,
    }
}

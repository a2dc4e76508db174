//! The equations in the mean over iterates: expectations over the stationary state, which the theorem is about.

use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;

use super::noise::debiased;
use crate::AlignmentError;
use crate::sample_rows::square_sum;

/// Left less right of every equation, summed over iterates.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviations {
    /// How many iterates.
    pub iterates: usize,
    /// \\(M - \gamma W\\), `[d_b, d_a]`.
    pub mean_step: Array2<f64>,
    /// Of (i), `[d_b, d_b]`.
    pub h_b: Array2<f64>,
    /// Of (ii), `[d_b, d_b]`.
    pub z_b: Array2<f64>,
    /// Of (iii), `[d_a, d_a]`.
    pub g_a: Array2<f64>,
    /// Of (iv), `[d_a, d_a]`.
    pub z_a: Array2<f64>,
}

/// The names of the equations in readings, in the order of the fields of [`Deviations`].
pub const EQUATIONS: [&str; 5] = [
    "mean_stationarity",
    "residual_i",
    "residual_ii",
    "residual_iii",
    "residual_iv",
];

impl Deviations {
    /// Adds those of other iterates.
    pub fn add(&mut self, other: &Self) {
        self.iterates += other.iterates;
        let own = self.matrices_mut().into_iter();
        own.zip(other.matrices())
            .for_each(|(own, other)| *own += other);
    }

    /// The sums, in the order of [`EQUATIONS`].
    #[must_use]
    pub fn matrices(&self) -> [&Array2<f64>; 5] {
        [&self.mean_step, &self.h_b, &self.z_b, &self.g_a, &self.z_a]
    }

    fn matrices_mut(&mut self) -> [&mut Array2<f64>; 5] {
        let Self {
            mean_step,
            h_b,
            z_b,
            g_a,
            z_a,
            ..
        } = self;
        [mean_step, h_b, z_b, g_a, z_a]
    }
}

/// The residual of an equation in the mean over iterates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AveragedResidual {
    /// Norm of the mean of left less right over that of the mean of the right-hand side.
    pub residual: f64,
    /// What iterates and samples leave of it by chance, from how much blocks of iterates differ: blocks are taken as
    /// independent, which is too small a level where they are shorter than the memory of the training.
    pub noise: f64,
    /// The residual without that level, in quadrature.
    pub debiased: f64,
}

/// The residuals of [`EQUATIONS`] in the mean over blocks of equally many iterates. `layer`: the moments of all of them, whose
/// samples are those of the blocks.
///
/// # Errors
///
/// If there are fewer than two blocks, or a right-hand side is zero.
pub fn averaged_residuals(
    blocks: &[&Deviations],
    layer: &LayerMoments,
    weight_decay: f64,
) -> Result<[AveragedResidual; 5], AlignmentError> {
    let (found, needed) = (blocks.len(), 2);
    if found < needed {
        return Err(AlignmentError::TooFewSamples { found, needed });
    }
    let raw = |side, moment| layer.second_moment(side, moment, Variant::Raw) * (2.0 * weight_decay);
    let gram = |side| layer.weight_gram(side) * (2.0 * weight_decay);
    let rights = [
        &layer.weight() * weight_decay,
        raw(Side::B, Moment::H),
        gram(Side::B),
        raw(Side::A, Moment::G),
        gram(Side::A),
    ];
    let mut out = [AveragedResidual {
        residual: 0.0,
        noise: 0.0,
        debiased: 0.0,
    }; 5];
    for (equation, (out, right)) in out.iter_mut().zip(&rights).enumerate() {
        let size = square_sum(right).sqrt();
        if size == 0.0 {
            return Err(AlignmentError::Zero {
                what: EQUATIONS[equation],
            });
        }
        let of_block = |block: &&Deviations| block.matrices()[equation] / block.iterates as f64;
        let means: Vec<Array2<f64>> = blocks.iter().map(of_block).collect();
        let n = means.len() as f64;
        let mean = means
            .iter()
            .fold(Array2::zeros(right.dim()), |sum, mean| sum + mean)
            / n;
        let spread: f64 = means.iter().map(|of| square_sum(&(of - &mean))).sum();
        let (residual, noise) = (
            square_sum(&mean).sqrt() / size,
            (spread / (n * (n - 1.0))).sqrt() / size,
        );
        *out = AveragedResidual {
            residual,
            noise,
            debiased: debiased(residual, noise),
        };
    }
    Ok(out)
}

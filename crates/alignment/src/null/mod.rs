//! What \\(\alpha\\) would be if the eigenvectors of the two matrices had nothing to do with each other.
//!
//! The null keeps both spectra and turns the second matrix by a Haar-random \\(Q\\). Two positive semi-definite
//! matrices correlate above zero even then, by their diagonals alone, so that an \\(\alpha\\) means little without it.
//!
//! Kind and range: a sample of the null holds similarities in \\([-1, 1]\\), and so are its mean and quantile;
//! [`calibrated`] gives a similarity of at most 1, negative below the null, 0 at its mean. Unchanged by a scale of either
//! matrix; the null of the rotations by any rotation of the second matrix, that of the permutations by one permutation of
//! both.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::spectrum::{eigenvalues, ones_measure};
use crate::{AlignmentError, ROUNDING_OF_SAMPLES, Threads};
pub use closed::rotation_level;
pub use layer::{LayerNulls, layer_nulls, relation_nulls};
pub(crate) use layer::{LayerSpectra, SideMatricesOfNulls, nulls_of_spectra};
pub(crate) use permutation::permutation_levels;
pub use permutation::{permutation_mean, permutation_null, relation_permutation_nulls};
use rotated::{Job, Still, Turned, sample};
pub use through::{NullThroughWeight, ThroughWeight};
pub(crate) use through::{nulls_through_weight, standard_error};

mod closed;
mod layer;
mod permutation;
mod rotated;
mod through;

/// On wider sides a null is a [`rotation_level`], unless a number of rotations is requested: decompositions and rotations
/// would take longer than all other statistics together, to say less exactly what traces and norms say.
///
/// Ours: from here on the mean of the closed form is off by less than 1e-3, and its quantile by at most \\(0.5/d\\), where
/// 100 rotations leave both uncertain by more.
const DRAWN_WIDTH: usize = 64;

/// Up to this width the default number of rotations is the larger one.
const MANY_DRAWS_WIDTH: usize = 512;

/// How many random rotations, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NullOptions {
    /// Number of rotations, at least 2. `None`: [`layer_nulls`] draws 100 up to a width of 64, and beyond
    /// takes the [`rotation_level`]; what only draws takes 100 up to a width of 512 and then 20, because the null is so narrow (DERIVED: its spread is
    /// about √2/d) that its quantile hardly depends on their number.
    pub draws: Option<usize>,
    /// Seed of the rotations: draw `k` is stream `k` of a ChaCha8 generator with this seed.
    pub seed: u64,
}

impl NullOptions {
    /// The same number of rotations of this layer's own: those of layers with different names are independent. The functions
    /// that take a layer call it.
    #[must_use]
    pub fn for_layer(self, name: &str) -> Self {
        // FNV-1a over the bytes, then the finaliser of SplitMix64, so that close seeds and names give distant ones.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut z = hash ^ self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self {
            seed: z ^ (z >> 31),
            ..self
        }
    }

    /// How many rotations are drawn for matrices of width `d`.
    #[must_use]
    pub fn draws_for(&self, d: usize) -> usize {
        self.draws
            .unwrap_or(if d <= MANY_DRAWS_WIDTH { 100 } else { 20 })
    }
}

/// Mean and 95 % quantile of a null. `None` where the correlation is undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NullLevel {
    /// Mean over the draws.
    pub mean: Option<f64>,
    /// 95 % quantile of the draws, interpolated linearly between order statistics.
    pub q95: Option<f64>,
}

impl NullLevel {
    /// Whether there is neither.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mean.is_none() && self.q95.is_none()
    }

    /// A value on the scale of this null, see [`calibrated`]; `None` without either.
    pub(crate) fn calibrate(self, value: Option<f64>) -> Option<f64> {
        calibrated(value?, self.mean?)
    }

    /// Why nothing can be calibrated by it.
    pub(crate) fn no_calibration(self) -> Option<String> {
        let mean = self.mean.filter(|mean| 1.0 - mean <= ROUNDING_OF_SAMPLES)?;
        Some(format!(
            "the null is {mean:.6}: every pair of matrices with these spectra is aligned"
        ))
    }

    /// Of a sample of values; both `None` if it is empty.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else {
            return Self::default();
        };
        let at = 0.95 * last as f64;
        let (below, above) = (values[at as usize], values[last.min(at as usize + 1)]);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Self {
            mean: Some(mean),
            q95: Some(below + at.fract() * (above - below)),
        }
    }
}

/// An \\(\alpha\\) on the scale of its null,
///
/// \\[ \frac{\alpha - \alpha_0}{1 - \alpha_0}, \\]
///
/// with \\(\alpha_0\\) the mean of the null: 1 for perfect alignment, 0 at the level of the null, negative below it,
/// never above 1. `None` where a number is not finite, or \\(\alpha_0\\) is 1 up to
/// [`ROUNDING_OF_SAMPLES`], so that every pair of matrices
/// with these spectra (or these entries) is perfectly aligned.
#[must_use]
pub fn calibrated(alpha: f64, null_mean: f64) -> Option<f64> {
    let room = 1.0 - null_mean;
    let value = (alpha - null_mean) / room;
    (room > ROUNDING_OF_SAMPLES && value.is_finite()).then_some(value)
}

/// A sample of \\(\alpha(A, Q B Q^\top)\\) for Haar-random \\(Q\\), one value a draw; `a` and `b` are symmetric.
///
/// # Errors
///
/// If the shapes differ, a matrix is not symmetric or not finite, the entries of `a` are constant, `b` is zero, or
/// there are fewer than 2 draws.
pub fn rotation_null(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    options: NullOptions,
) -> Result<Vec<f64>, AlignmentError> {
    if a.dim() != b.dim() {
        let (left, right) = (a.dim().into(), b.dim().into());
        return Err(AlignmentError::ShapeMismatch { left, right });
    }
    let still = Still::new(&ones_measure(a)?, a)?;
    let turned = Turned::new(&eigenvalues(b)?)?;
    let job = Job {
        d: a.nrows(),
        still: vec![still],
        turned: vec![turned],
        pairs: vec![(0, 0)],
    };
    Ok(sample(&[job], options, Threads::One)?
        .into_iter()
        .flatten()
        .next()
        .unwrap_or_default())
}

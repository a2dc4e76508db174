//! Which row of the phase table a measured layer is nearest to.
//!
//! The rows and what follows from each are in [`formant_theory::phases`]; a row is a set of relations, one or three on
//! a side. Everything here is about **raw** second moments, the objects of the theory, on the support of \\(W\\), to
//! which the rows are confined (DERIVED, after Theorem 2 and Table 1 of arXiv 2410.03006).
//!
//! # How far a relation is from holding
//!
//! [`misfits`] takes the support as the \\(r\\) directions whose singular values exceed
//! [`SINGULAR_VALUE_THRESHOLD`](crate::SINGULAR_VALUE_THRESHOLD) of the largest, with \\(U\\) `[d_b, r]` and
//! \\(V\\) `[d_a, r]` their singular vectors, and the matrices in these coordinates:
//! \\(V^\top H_a V, V^\top G_a V, U^\top H_b U, U^\top G_b U\\), and \\(S^2\\) for \\(Z\\) of both sides. The misfit of a
//! relation \\(M \propto N\\) is the standard deviation of the logarithms of the generalised eigenvalues,
//!
//! \\[ \delta(M, N) = \operatorname{std}_i \ln \lambda_i(N^{-1} M), \\]
//!
//! a **distance** from 0 up, in nats: 0 exactly if they are proportional, and 0.1 if their ratio varies by about 10 %
//! over the directions. It is the affine-invariant distance of positive definite matrices with the scale taken out,
//! over \\(\sqrt r\\). Invariant to \\(M \to cM\\), to exchange, and to any invertible change of basis,
//! \\(M \to T M T^\top, N \to T N T^\top\\): weak directions count as much as strong ones, as they must if exponents are
//! to be told apart. Eigenvectors count too, because matrices of different eigenvectors are not proportional.
//!
//! *Floor.* [`FLOOR`] of its trace is added to the diagonal of each second moment, so that directions which carry
//! nothing but rounding agree with each other and do not decide. Products of `f32` samples have errors of about that
//! size.
//!
//! *Bias.* From \\(n\\) Gaussian samples of exactly proportional moments the misfit is about \\(\sqrt{r/n}\\) where \\(M\\)
//! is a second moment and \\(N\\) is \\(Z\\), and \\(\sqrt{2r/n}\\) between two second moments of independent samples
//! (DERIVED: the spread of the Marchenko–Pastur law; held by the tests). So relations between two sampled moments are
//! only seen with more than \\(2 r / 0.4^2 \approx 13 r\\) samples, see [`TOLERANCE`]. With fewer a layer of rows 1 to 4, 7
//! and 10 to 12, which have such relations, is in no row (or in one that it implies and that does without), and with
//! fewer than half of that no layer is in any; a report says so. With 20 samples a direction and more, planted layers of
//! all rows are labelled correctly (MEASURED by the tests, 10 to 100 directions over factors of 3 to 30).
//!
//! # Which row
//!
//! The distance of a row is the root mean square of the misfits of its relations. See [`nearest_row`] for the choice.
//! **The runner-up can be nearer than the row itself**: rows imply each other, row 12 all others and rows 10 and 11
//! several, and an implied row has fewer relations to be off in. Of rows that sampling cannot tell apart the one that says
//! most is chosen, and the implied one, then nearer by chance, becomes the runner-up. A runner-up at about the same
//! distance as the row therefore does not contradict it, unless the one does not imply the other.
//!
//! Kind and range: distances in nats from 0 up; a row is a label.

mod misfit;
mod select;

/// How many samples a direction of the weight's support takes before a relation between two sampled moments is within
/// [`TOLERANCE`]: \\(2 / 0.4^2\\).
pub const SAMPLES_PER_DIRECTION: usize = 13;

pub(crate) use misfit::misfits_in_frame;
pub use misfit::{FLOOR, MIN_DIRECTIONS, misfits};
pub use select::{INDISTINCT, PhaseFit, RESOLUTION, RunnerUp, TOLERANCE, nearest_row};

use formant_moments::LayerMoments;

use crate::AlignmentError;

/// The nearest row of the phase table: [`nearest_row`] of [`misfits`].
///
/// # Errors
///
/// As [`misfits`].
pub fn phase(layer: &LayerMoments) -> Result<PhaseFit, AlignmentError> {
    misfits(layer).map(|misfits| nearest_row(&misfits))
}

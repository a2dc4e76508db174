//! The stable rank of the samples and of the weight.

use formant_moments::Side;

use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::spectrum::relative_to_largest;
use crate::{AlignmentError, MeasuredLayer};

/// The stable rank \\(\lVert A\rVert_F^2 / \lVert A\rVert_2^2\\) (Rudelson and Vershynin 2007, who call it numerical rank) of the matrix \\(A\\) whose
/// Gram matrix is measured: the raw samples, `[n, d]`, for \\(H = A^\top A/n\\) and \\(G\\), and the weight for \\(Z\\). In
/// the eigenvalues of the Gram matrix \\(M\\), `[d, d]`, it is
///
/// \\[ \frac{\mathrm{tr}\\, M}{\lVert M\rVert_2} = \frac{\sum_i \lambda_i}{\max_i \lambda_i}, \\]
///
/// between 1 and the rank. This is what the literature calls the stable rank of a weight, and it counts singular values
/// of the same matrices as the numerical rank does. The stable rank of \\(M\\) itself,
/// \\(\sum_i \lambda_i^2 / \max_i \lambda_i^2\\), is another number, and never larger. Of a second moment of \\(n\\) samples
/// it is biased low: the largest eigenvalue comes out too large, by a share of about the stable rank over \\(n\\).
pub(super) struct StableRank;

impl Statistic for StableRank {
    fn describe(&self) -> Vec<Description> {
        Description::new(
            "stable_rank_{matrix}",

            Kind::Count,
            Range::OneOrMore,
            "Squared Frobenius over squared spectral norm of the raw samples, or of the weight: the trace of the matrix over \
             its largest eigenvalue (Rudelson and Vershynin 2007).",
        )
        .invariant_to(Invariance::BASIS_FREE)
        .of_matrices()
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        out.push_of_spectra("stable_rank", layer, side, stable_rank);
    }
}

fn stable_rank(eigenvalues: &[f64]) -> Result<f64, AlignmentError> {
    Ok(relative_to_largest(eigenvalues)?.iter().sum())
}

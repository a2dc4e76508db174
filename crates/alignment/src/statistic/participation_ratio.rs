//! The participation ratio of the six raw matrices.

use formant_moments::Side;

use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::spectrum::relative_to_largest;
use crate::{AlignmentError, MeasuredLayer};

/// How many directions share the trace of a positive semi-definite \\(M\\), `[d, d]`, with eigenvalues \\(\lambda_i\\):
///
/// \\[ \frac{(\mathrm{tr}\\, M)^2}{\mathrm{tr}\\, M^2} = \frac{(\sum_i \lambda_i)^2}{\sum_i \lambda_i^2}, \\]
///
/// between 1 and the rank, and \\(r\\) for a flat spectrum of rank \\(r\\) (Gao et al. 2017, "A theory of multineuronal
/// dimensionality, dynamics and measurement"; Litwin-Kumar et al. 2017). It is never above the effective rank. Of a second
/// moment of \\(n\\) samples it is biased low, by about \\(\mathrm{PR}/n\\) of itself (DERIVED for Gaussian samples).
pub(super) struct ParticipationRatio;

impl Statistic for ParticipationRatio {
    fn describe(&self) -> Vec<Description> {
        Description::new(
            "participation_ratio_{matrix}",
            Kind::Count,
            Range::OneOrMore,
            "Squared trace of the matrix over the trace of its square (Gao et al. 2017).",
        )
        .invariant_to(Invariance::BASIS_FREE)
        .of_matrices()
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        out.push_of_spectra("participation_ratio", layer, side, participation_ratio);
    }
}

fn participation_ratio(eigenvalues: &[f64]) -> Result<f64, AlignmentError> {
    let relative = relative_to_largest(eigenvalues)?;
    let sum = |power| relative.iter().map(|x| x.powi(power)).sum::<f64>();
    Ok(sum(1).powi(2) / sum(2))
}

//! Intervals of one correlation from groups of its samples, where there is one network and no other seed.

use super::exact::student_quantile;
use super::{Interval, check_values};
use crate::{AlignmentError, ROUNDING};

/// Interval for a correlation that was made of samples in \\(K\\) independent groups of about one size, by the delete-one-group
/// jackknife (Tukey 1958):
///
/// \\[ z \pm t_{(1 + \mathrm{level})/2,\\,K-1} \sqrt{\tfrac{K-1}{K} \sum_k (z_{(k)} - \bar z)^2}, \\]
///
/// with \\(z = \operatorname{artanh}\\) of the correlation of all samples, `whole`, and \\(z_{(k)}\\) that of all but group
/// \\(k\\), `left_out`, taken back by \\(\tanh\\). Where one of them is 1 or -1 it is the same of the correlations themselves,
/// cut at the ends of the range. It says how far another draw of as many samples may be from this one, of the same network.
///
/// How often an interval that claims 95 % covers, in percent (MEASURED: 20 000 samples; a test measures it again with
/// fewer): the correlation of two normal numbers, true value 0.6, in 8 groups of 25 and in 4 of 50, 94.9 both.
///
/// # Errors
///
/// If there are fewer than 2 groups, a value is not a correlation, or the level is not between 0 and 1.
pub fn jackknife_correlation(
    whole: f64,
    left_out: &[f64],
    level: f64,
) -> Result<Interval, AlignmentError> {
    check_values(left_out, level, 2)?;
    let all = || left_out.iter().copied().chain([whole]);
    if let Some(value) = all().find(|value| value.is_nan() || value.abs() > 1.0 + ROUNDING) {
        return Err(AlignmentError::NotACorrelation { value });
    }
    let n = left_out.len();
    let t = student_quantile(n, f64::midpoint(1.0, level))?;
    let ends = |whole: f64, left_out: &[f64]| {
        let mean = left_out.iter().sum::<f64>() / n as f64;
        let scatter = left_out.iter().map(|z| (z - mean).powi(2)).sum::<f64>();
        let half = t * (scatter * (n as f64 - 1.0) / n as f64).sqrt();
        [whole - half, whole + half]
    };
    let [low, high] = if all().any(|value| value.abs() > 1.0 - ROUNDING) {
        ends(whole, left_out).map(|end| end.clamp(-1.0, 1.0))
    } else {
        let transformed: Vec<f64> = left_out.iter().map(|value| value.atanh()).collect();
        ends(whole.atanh(), &transformed).map(f64::tanh)
    };
    Ok(Interval {
        value: whole,
        low,
        high,
        n,
    })
}

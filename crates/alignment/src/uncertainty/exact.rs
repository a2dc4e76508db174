//! Intervals without resampling: Student's for the mean, order statistics for the median.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

use super::{Interval, check_values};
use crate::AlignmentError;

/// Student's t interval for the mean of independent values,
/// \\(\bar x \pm t_{(1 + \mathrm{level})/2,\\,n-1}\\, s/\sqrt n\\). Exact for normal values.
///
/// # Errors
///
/// If there are fewer than 2 values, one is not finite, or the level is not between 0 and 1.
pub fn student_interval(values: &[f64], level: f64) -> Result<Interval, AlignmentError> {
    check_values(values, level, 2)?;
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - value).powi(2)).sum::<f64>() / (n - 1.0);
    let t = StudentsT::new(0.0, 1.0, n - 1.0)
        .map_err(|_| AlignmentError::TooFewValues {
            found: values.len(),
            needed: 2,
        })?
        .inverse_cdf(f64::midpoint(1.0, level));
    let half = t * (variance / n).sqrt();
    Ok(Interval {
        value,
        low: value - half,
        high: value + half,
        n: values.len(),
    })
}

/// An interval for a median, with the probability that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MedianInterval {
    /// The median and its interval, between two of the values.
    pub interval: Interval,
    /// Probability that it covers the median of a continuous distribution, whichever that is. The least possible that is
    /// at least the level; or the most possible, below it, where all values together do not reach it
    /// (\\(1 - 2^{1-n}\\): at 95 %, up to five values).
    pub coverage: f64,
}

/// Interval for the median of independent values from their order statistics \\([x_{(k)}, x_{(n+1-k)}]\\), which covers
/// with probability \\(1 - 2 P(\mathrm{Bin}(n, \tfrac12) < k)\\) without any assumption on their distribution.
///
/// # Errors
///
/// If there are fewer than 3 values, one is not finite, or the level is not between 0 and 1.
pub fn median_interval(values: &[f64], level: f64) -> Result<MedianInterval, AlignmentError> {
    check_values(values, level, 3)?;
    let n = values.len();
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (lower, upper) = (sorted[(n - 1) / 2], sorted[n / 2]);
    let binomial = Binomial::new(0.5, n as u64).map_err(|_| AlignmentError::TooFewValues {
        found: n,
        needed: 3,
    })?;
    let coverage = |outside: usize| 1.0 - 2.0 * binomial.cdf(outside as u64);
    // From the whole range inwards, as long as the level is kept.
    let mut outside = 0;
    while outside + 1 < n.div_ceil(2) && coverage(outside + 1) >= level {
        outside += 1;
    }
    Ok(MedianInterval {
        interval: Interval {
            value: f64::midpoint(lower, upper),
            low: sorted[outside],
            high: sorted[n - 1 - outside],
            n,
        },
        coverage: coverage(outside),
    })
}

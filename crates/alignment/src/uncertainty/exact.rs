//! Intervals without resampling: Student's for the mean, order statistics for the median.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

use super::{Interval, check_level, check_values};
use crate::AlignmentError;

/// What an interval is made to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The mean of the distribution.
    Mean,
    /// One new value of the same distribution (a prediction interval): what a single published run is compared with.
    NewValue,
}

impl Target {
    /// The variance of the sample mean less the target, in variances of one value.
    fn variance(self, n: f64) -> f64 {
        match self {
            Self::Mean => 1.0 / n,
            Self::NewValue => 1.0 + 1.0 / n,
        }
    }
}

/// Student's t interval for the mean of independent values,
/// \\(\bar x \pm t_{(1 + \mathrm{level})/2,\\,n-1}\\, s/\sqrt n\\). Exact for normal values.
///
/// # Errors
///
/// If there are fewer than 2 values, one is not finite, or the level is not between 0 and 1.
pub fn student_interval(values: &[f64], level: f64) -> Result<Interval, AlignmentError> {
    student_interval_for(Target::Mean, values, level)
}

/// Student's t interval for a target: for the mean [`student_interval`], for a new value
/// \\(\bar x \pm t_{(1 + \mathrm{level})/2,\\,n-1}\\, s \sqrt{1 + 1/n}\\). Exact for normal values.
///
/// # Errors
///
/// As [`student_interval`].
pub fn student_interval_for(
    target: Target,
    values: &[f64],
    level: f64,
) -> Result<Interval, AlignmentError> {
    check_values(values, level, 2)?;
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - value).powi(2)).sum::<f64>() / (n - 1.0);
    let t = student_quantile(values.len(), f64::midpoint(1.0, level))?;
    let half = t * (variance * target.variance(n)).sqrt();
    Ok(Interval {
        value,
        low: value - half,
        high: value + half,
        n: values.len(),
    })
}

/// By which factor a Student interval of `n` values widens where `comparisons` of them are to hold together at `level`
/// (Bonferroni): \\(t_{1 - \epsilon/2m} / t_{1 - \epsilon/2}\\) with \\(\epsilon = 1 - \mathrm{level}\\), \\(m\\) comparisons and
/// \\(n - 1\\) degrees of freedom. 1 for one comparison or none.
///
/// # Errors
///
/// As [`student_interval`].
pub fn bonferroni_widening(
    n: usize,
    comparisons: usize,
    level: f64,
) -> Result<f64, AlignmentError> {
    check_level(level)?;
    let quantile = |share: f64| student_quantile(n, 1.0 - (1.0 - level) / 2.0 / share);
    Ok(quantile(comparisons.max(1) as f64)? / quantile(1.0)?)
}

pub(super) fn student_quantile(n: usize, at: f64) -> Result<f64, AlignmentError> {
    let few = AlignmentError::TooFewValues {
        found: n,
        needed: 2,
    };
    let freedom = n.saturating_sub(1) as f64;
    let student = StudentsT::new(0.0, 1.0, freedom).map_err(|_| few)?;
    Ok(student.inverse_cdf(at))
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

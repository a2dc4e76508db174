//! Intervals for the mean of correlations, which may lie near the ends of their range.

use super::{Interval, Target, student_interval_for};
use crate::{AlignmentError, ROUNDING};

/// How many times as far from the mean as Student's an end may be.
const MOST: f64 = 2.0;

/// Interval for the mean of independent correlations, or for a new one.
///
/// Student's interval of values near 1 is too short below, because their distribution is skewed, and reaches beyond 1
/// above. Fisher's \\(z = \operatorname{artanh}\\, r\\) has neither fault, but its interval is that of a median, which lies
/// above the mean: with many values it excludes the mean, and three values of which one is nearly 1 give it almost no lower
/// end. Each end is therefore the further of Student's and Fisher's, at most twice as far from the mean as Student's, and
/// Fisher's where Student's is outside \\([-1, 1]\\). A value of 1 or -1 has no \\(z\\): then it is Student's, cut at the
/// ends of the range. The estimate is the mean of the values in every case.
///
/// How often an interval for the mean that claims 95 % covers it, in percent (MEASURED: 20 000 samples; a test measures the
/// table again with fewer):
///
/// | values, how many | Student | Fisher | this |
/// | --- | --- | --- | --- |
/// | 1 less an exponential of mean 0.05, 3 | 88.5 | 94.7 | 94.0 |
/// | 1 less an exponential of mean 0.05, 5 | 88.1 | 92.4 | 92.6 |
/// | 1 less an exponential of mean 0.05, 10 | 90.2 | 81.4 | 90.9 |
/// | tanh of normal, mean 2, deviation 0.5, 3 | 85.2 | 92.2 | 91.9 |
/// | tanh of normal, mean 2, deviation 0.5, 5 | 84.0 | 87.2 | 87.7 |
/// | tanh of normal, mean 2, deviation 0.5, 10 | 85.8 | 74.6 | 86.1 |
/// | tanh of normal, mean 1, deviation 0.3, 3 | 92.8 | 94.2 | 94.6 |
/// | tanh of normal, mean 1, deviation 0.3, 5 | 92.3 | 93.3 | 93.6 |
/// | tanh of normal, mean 1, deviation 0.3, 10 | 93.1 | 90.8 | 93.5 |
///
/// So it is better than Student's everywhere, and still a little short near 1. A bootstrap over the values (71 % with three
/// of the first row) and their range (70 %, and 99 % with ten) are worse. Of values that are 0.9 or -0.9 at random every
/// interval covers 75 % with three: all have one sign in a quarter of all samples, and nothing in those tells of the other.
///
/// # Errors
///
/// If there are fewer than 2 values, one is not finite or outside \\([-1, 1]\\), or the level is not between 0 and 1.
pub fn correlation_interval(
    values: &[f64],
    target: Target,
    level: f64,
) -> Result<Interval, AlignmentError> {
    let plain = student_interval_for(target, values, level)?;
    if let Some(&value) = values.iter().find(|value| value.abs() > 1.0 + ROUNDING) {
        return Err(AlignmentError::NotACorrelation { value });
    }
    let at_end = values.iter().any(|value| value.abs() > 1.0 - ROUNDING);
    let transformed: Vec<f64> = values.iter().map(|value| value.atanh()).collect();
    let fisher = student_interval_for(target, &transformed, level);
    let Some(fisher) = fisher.ok().filter(|_| !at_end) else {
        return Ok(Interval {
            low: plain.low.max(-1.0),
            high: plain.high.min(1.0),
            ..plain
        });
    };
    let (low, high) = (fisher.low.tanh(), fisher.high.tanh());
    let low = if plain.low < -1.0 {
        low
    } else {
        low.min(plain.low)
    };
    let high = if plain.high > 1.0 {
        high
    } else {
        high.max(plain.high)
    };
    let most = MOST * (plain.high - plain.value);
    Ok(Interval {
        low: low.max(plain.value - most).min(plain.value),
        high: high.min(plain.value + most).max(plain.value),
        ..plain
    })
}

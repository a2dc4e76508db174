//! Bootstrap intervals.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::{Interval, check_values};
use crate::{AlignmentError, ROUNDING};

/// What is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// The mean.
    Mean,
    /// The interquartile mean (IQM): the mean of what is left without the \\(\lfloor n/4 \rfloor\\) smallest and largest
    /// values, as in Agarwal et al. (2021). Up to three values it is the mean.
    InterquartileMean,
}

impl Location {
    /// Its value; `None` for no values.
    #[must_use]
    pub fn of(self, values: &[f64]) -> Option<f64> {
        (!values.is_empty()).then(|| self.of_some(&mut values.to_vec()))
    }

    /// Of at least one value; may change their order.
    fn of_some(self, values: &mut [f64]) -> f64 {
        let cut = match self {
            Self::Mean => 0,
            Self::InterquartileMean => values.len() / 4,
        };
        if cut > 0 {
            values.sort_unstable_by(f64::total_cmp);
        }
        let middle = &values[cut..values.len() - cut];
        middle.iter().sum::<f64>() / middle.len() as f64
    }
}

/// How an interval is read off the resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BootstrapMethod {
    /// Quantiles of the resamples.
    Percentile,
    /// Bias-corrected and accelerated (Efron 1987): quantiles shifted for the bias and the skewness of the statistic.
    Bca,
}

/// A bootstrap interval's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapOptions {
    /// How it is read off.
    pub method: BootstrapMethod,
    /// Nominal confidence level, between 0 and 1.
    pub level: f64,
    /// Number of resamples, at least \\(2/(1 - \mathrm{level})\\).
    pub resamples: usize,
    /// Seed of the resampling.
    pub seed: u64,
}

impl Default for BootstrapOptions {
    /// BCa at 95 % with 2000 resamples.
    fn default() -> Self {
        Self {
            method: BootstrapMethod::Bca,
            level: 0.95,
            resamples: 2000,
            seed: 0,
        }
    }
}

/// Bootstrap interval for the mean or the interquartile mean of independent values, one a seed. The same options give
/// the same interval, to the bit. [The table](super) says how often it covers.
///
/// # Errors
///
/// If there are fewer than 3 values, one is not finite, the level is not between 0 and 1, or the resamples are too few.
pub fn bootstrap_interval(
    values: &[f64],
    location: Location,
    options: &BootstrapOptions,
) -> Result<Interval, AlignmentError> {
    bootstrap_interval_of(values, |sample| location.of_some(sample), options)
}

/// [`bootstrap_interval`] for any statistic of a list of values. It may reorder the list that it is given, and has to
/// be finite for every resample.
///
/// # Errors
///
/// As [`bootstrap_interval`]; or if the statistic is not finite.
pub fn bootstrap_interval_of(
    values: &[f64],
    mut statistic: impl FnMut(&mut [f64]) -> f64,
    options: &BootstrapOptions,
) -> Result<Interval, AlignmentError> {
    check_values(values, options.level, 3)?;
    let needed = (2.0 / (1.0 - options.level)).ceil() as usize;
    if options.resamples < needed {
        let found = options.resamples;
        return Err(AlignmentError::TooFewResamples { found, needed });
    }
    let value = statistic(&mut values.to_vec());
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut sample = vec![0.0; values.len()];
    let mut resampled = Vec::with_capacity(options.resamples);
    for _ in 0..options.resamples {
        sample.fill_with(|| values[rng.random_range(0..values.len())]);
        resampled.push(statistic(&mut sample));
    }
    if !resampled.iter().chain([&value]).all(|x| x.is_finite()) {
        let what = "the statistic of a resample";
        return Err(AlignmentError::NonFinite { what });
    }
    resampled.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - options.level) / 2.0;
    let [low, high] = match options.method {
        BootstrapMethod::Percentile => [tail, 1.0 - tail],
        BootstrapMethod::Bca => {
            let bias = bias(&resampled, value, values);
            shifted(tail, bias, acceleration(values, statistic))
        }
    };
    Ok(Interval {
        value,
        low: quantile(&resampled, low),
        high: quantile(&resampled, high),
        n: values.len(),
    })
}

/// Share of the resamples below the sample's value, half of the equal ones included: another order of the same values,
/// which is common in small samples, gives the same statistic but for rounding.
fn bias(resampled: &[f64], value: f64, values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    let tolerance = ROUNDING * largest;
    let below = resampled.partition_point(|x| *x < value - tolerance);
    let up_to = resampled.partition_point(|x| *x <= value + tolerance);
    (below + up_to) as f64 / 2.0 / resampled.len() as f64
}

/// A sixth of the skewness of the jackknife values; 0 where they are all equal.
fn acceleration(values: &[f64], mut statistic: impl FnMut(&mut [f64]) -> f64) -> f64 {
    let without = |left_out: usize| {
        let others = values.iter().enumerate().filter(|(i, _)| *i != left_out);
        statistic(&mut others.map(|(_, x)| *x).collect::<Vec<_>>())
    };
    let jackknife: Vec<f64> = (0..values.len()).map(without).collect();
    let mean = jackknife.iter().sum::<f64>() / jackknife.len() as f64;
    let power = |p| jackknife.iter().map(|x| (mean - x).powi(p)).sum::<f64>();
    let square = power(2);
    if square > 0.0 {
        power(3) / (6.0 * square.powf(1.5))
    } else {
        0.0
    }
}

/// BCa's levels in place of `tail` and `1 - tail`.
fn shifted(tail: f64, bias: f64, acceleration: f64) -> [f64; 2] {
    let normal = Normal::standard();
    // Away from 0 and 1, where the shift is infinite: all resamples are then on one side, and so is the interval.
    let z0 = normal.inverse_cdf(bias.clamp(1e-6, 1.0 - 1e-6));
    [tail, 1.0 - tail].map(|level| {
        let z = z0 + normal.inverse_cdf(level);
        normal.cdf(z0 + z / (1.0 - acceleration * z))
    })
}

/// Interpolated linearly between order statistics.
pub(crate) fn quantile(sorted: &[f64], level: f64) -> f64 {
    let last = sorted.len() - 1;
    let at = (level * last as f64).clamp(0.0, last as f64);
    let (below, above) = (sorted[at as usize], sorted[last.min(at as usize + 1)]);
    below + at.fract() * (above - below)
}

//! A straight line through logarithms, its rival, and when neither is offered.

use serde::{Deserialize, Serialize};

use super::bootstrap::Bootstrap;
use crate::{AlignmentError, ROUNDING};

/// Fewest eigenvalue pairs that a line is fitted to. With fewer the interval is wider than the whole range of the
/// exponents that the theory allows, −1 to 3, at the scatter that measured layers have.
pub const MIN_POINTS: usize = 8;

/// Least standard deviation of \\(\ln x_i\\): a spectrum whose eigenvalues differ by less than a tenth is flat, and
/// any exponent fits it.
pub const MIN_LOG_SPREAD: f64 = 0.1;

/// The line \\(\ln y_i = p \ln x_i + c\\) by least squares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PowerLawFit {
    /// The exponent \\(p\\).
    pub exponent: f64,
    /// 95 % bootstrap interval of the exponent, over eigenvalue pairs; see [`fit_power_law`].
    pub ci95: [f64; 2],
    /// The intercept \\(c\\), in natural logarithms.
    pub intercept: f64,
    /// Share of the variance of \\(\ln y\\) that the line explains. Near 0 for \\(p = 0\\) however well the line
    /// fits (look at `residual` then); `None` where \\(\ln y\\) does not vary at all.
    pub r2: Option<f64>,
    /// Root mean square residual of \\(\ln y\\).
    pub residual: f64,
    /// Number of eigenvalue pairs that entered.
    pub points: usize,
    /// Akaike's criterion of the power law, \\(k \ln(\mathrm{RSS}/k) + 6\\) for \\(k\\) points and three parameters
    /// (two of the line, one of the noise); smaller is better.
    pub aic_power: f64,
    /// Akaike's criterion of the exponential alternative \\(\ln y_i = a x_i + c\\), the same number of parameters.
    pub aic_exponential: f64,
}

impl PowerLawFit {
    /// \\(\ln y_i - p \ln x_i - c\\) for each point; of those that the fit was made from they sum to zero.
    #[must_use]
    pub fn residuals(&self, x: &[f64], y: &[f64]) -> Vec<f64> {
        let residual = |(x, y): (&f64, &f64)| y.ln() - self.exponent * x.ln() - self.intercept;
        x.iter().zip(y).map(residual).collect()
    }
}

/// Fits \\(y_i \propto x_i^p\\) to pairs of positive numbers.
///
/// The interval resamples the pairs `resamples` times, seeded, and takes the 2.5 % and 97.5 % quantiles of the slopes,
/// widened for few points as Hesterberg (2015) does: a normal quantile at
/// \\(t_{0.975, k-2}\sqrt{k/(k-2)}\\). How often it covers is in the table of [the module](mod@crate::power_law).
///
/// # Errors
///
/// If the lists differ in length, a number is not finite or not positive, there are fewer than [`MIN_POINTS`], or
/// \\(\ln x\\) varies less than [`MIN_LOG_SPREAD`].
pub fn fit_power_law(
    x: &[f64],
    y: &[f64],
    resamples: usize,
    seed: u64,
) -> Result<PowerLawFit, AlignmentError> {
    fit_with(x, y, MIN_LOG_SPREAD, &mut Bootstrap::new(resamples, seed))
}

/// [`fit_power_law`] with a stricter spread, and with resamples that several fits share.
pub(super) fn fit_with(
    x: &[f64],
    y: &[f64],
    min_spread: f64,
    bootstrap: &mut Bootstrap,
) -> Result<PowerLawFit, AlignmentError> {
    let points = Logarithms::new(x, y)?;
    let spread = (points.line.sxx / x.len() as f64).sqrt();
    if spread < min_spread {
        return Err(AlignmentError::FlatSpectrum {
            found: spread,
            needed: min_spread,
        });
    }
    let k = x.len() as f64;
    // A residual of a logarithm below this is rounding, and counts as this much in the AIC.
    let rounding = k * ROUNDING.powi(2);
    let aic = |rss: f64| k * (rss.max(rounding) / k).ln() + 6.0;
    let exponential = Line::new(x, &points.y);
    let line = &points.line;
    Ok(PowerLawFit {
        exponent: line.slope(),
        ci95: bootstrap.interval(&points.x, &points.y)?,
        intercept: line.mean_y - line.slope() * line.mean_x,
        r2: (line.syy > rounding).then(|| 1.0 - line.rss / line.syy),
        residual: (line.rss / k).sqrt(),
        points: x.len(),
        aic_power: aic(line.rss),
        aic_exponential: aic(exponential.rss),
    })
}

/// Checked points on logarithmic axes, and the line through them.
struct Logarithms {
    x: Vec<f64>,
    y: Vec<f64>,
    line: Line,
}

impl Logarithms {
    fn new(x: &[f64], y: &[f64]) -> Result<Self, AlignmentError> {
        if x.len() != y.len() {
            let (left, right) = ([x.len(), 1], [y.len(), 1]);
            return Err(AlignmentError::ShapeMismatch { left, right });
        }
        let positive = |value: &f64| value.is_finite() && *value > 0.0;
        if let Some(&value) = x.iter().chain(y).find(|value| !positive(value)) {
            return Err(AlignmentError::NotPositive { value });
        }
        if x.len() < MIN_POINTS {
            let (found, needed) = (x.len(), MIN_POINTS);
            return Err(AlignmentError::TooFewPoints { found, needed });
        }
        let [x, y] = [x, y].map(|values| values.iter().map(|v| v.ln()).collect::<Vec<_>>());
        let line = Line::new(&x, &y);
        Ok(Self { x, y, line })
    }
}

/// Sums of a least-squares line.
struct Line {
    mean_x: f64,
    mean_y: f64,
    sxx: f64,
    sxy: f64,
    syy: f64,
    rss: f64,
}

impl Line {
    fn new(x: &[f64], y: &[f64]) -> Self {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (mean_x, mean_y) = (mean(x), mean(y));
        let [mut sxx, mut sxy, mut syy] = [0.0; 3];
        for (x, y) in x.iter().zip(y) {
            let (x, y) = (x - mean_x, y - mean_y);
            sxx += x * x;
            sxy += x * y;
            syy += y * y;
        }
        let mut line = Self {
            mean_x,
            mean_y,
            sxx,
            sxy,
            syy,
            rss: 0.0,
        };
        let slope = line.slope();
        let residual = |(x, y): (&f64, &f64)| (y - mean_y - slope * (x - mean_x)).powi(2);
        line.rss = x.iter().zip(y).map(residual).sum();
        line
    }

    fn slope(&self) -> f64 {
        self.sxy / self.sxx
    }
}

//! Intervals of the fitted rates.

use super::optimize::{dot, jacobian};

/// Half the width of a 95 % interval, in standard errors.
const Z95: f64 = 1.959_963_984_540_054;

/// The largest autocorrelation that is taken out before the kernel (Andrews and Monahan 1992).
const WHITEN: f64 = 0.97;

/// Standard errors of log-rates at a minimum; `None` if the data do not determine them.
///
/// Residuals of a trajectory are strongly autocorrelated: the inverse of the normal matrix alone would claim far too
/// much. This is the sandwich \\(N^{-1} S N^{-1}\\) with \\(N = J^\top J\\) and \\(S\\) the long-run covariance of the
/// scores \\(u_t = \sum_{curves} J_t e_t\\): each score whitened by its own autoregression of order 1, then the
/// Bartlett kernel of Newey and West (1987) with the bandwidth of Andrews (1991), then coloured again.
pub(super) fn log_errors(
    residuals: &impl Fn([f64; 2]) -> Option<Vec<f64>>,
    at: [f64; 2],
) -> Option<[f64; 2]> {
    let found = residuals(at)?;
    let columns = jacobian(residuals, at)?;
    let scores = [0, 1].map(|i: usize| {
        let curves = columns[i].chunks(3).zip(found.chunks(3));
        curves.map(|(j, e)| dot(j, e)).collect::<Vec<f64>>()
    });
    let normal = [0, 1].map(|i: usize| [0, 1].map(|j: usize| dot(&columns[i], &columns[j])));
    let inverse = invert(normal)?;
    let spread = long_run(&scores);
    let errors = inverse.map(|row| {
        let through = |j: usize| row[0] * spread[0][j] + row[1] * spread[1][j];
        (through(0) * row[0] + through(1) * row[1]).max(0.0).sqrt()
    });
    errors
        .iter()
        .all(|error| error.is_finite())
        .then_some(errors)
}

/// The 95 % interval of a rate from its log and that log's error: it cannot reach 0.
pub(super) fn ci95(log_rate: f64, error: f64) -> [f64; 2] {
    [log_rate - Z95 * error, log_rate + Z95 * error].map(f64::exp)
}

/// Sum of the scores' covariances over all lags, times their number.
fn long_run(scores: &[Vec<f64>; 2]) -> [[f64; 2]; 2] {
    let own = [0, 1].map(|i: usize| autocorrelation(&scores[i]));
    let white = [0, 1].map(|i: usize| {
        let pairs = scores[i].windows(2);
        pairs
            .map(|pair| pair[1] - own[i] * pair[0])
            .collect::<Vec<f64>>()
    });
    let lags = bandwidth(&white);
    let colour = own.map(|rho| 1.0 / (1.0 - rho));
    // Two parameters were taken from the data.
    let n = scores[0].len() as f64;
    let correction = n / (n - 2.0);
    let summed = |i: usize, j: usize| {
        let at = |lag: usize| dot(&white[i][lag..], &white[j]) + dot(&white[j][lag..], &white[i]);
        let taper = |lag: usize| 1.0 - lag as f64 / (lags as f64 + 1.0);
        0.5 * at(0) + (1..=lags).map(|lag| taper(lag) * at(lag)).sum::<f64>()
    };
    [0, 1].map(|i: usize| [0, 1].map(|j: usize| correction * colour[i] * colour[j] * summed(i, j)))
}

fn autocorrelation(series: &[f64]) -> f64 {
    let own = dot(series, series);
    if own > 0.0 {
        (dot(&series[1..], series) / own).clamp(-WHITEN, WHITEN)
    } else {
        0.0
    }
}

/// Andrews' bandwidth for the Bartlett kernel, from autoregressions of order 1; both series count alike.
fn bandwidth(series: &[Vec<f64>; 2]) -> usize {
    let n = series[0].len();
    let alpha = |one: &Vec<f64>| {
        let rho = autocorrelation(one);
        4.0 * rho * rho / (1.0 - rho * rho).powi(2)
    };
    let mean = 0.5 * (alpha(&series[0]) + alpha(&series[1]));
    let lags = 1.1447 * (mean * n as f64).cbrt();
    (lags as usize).min(n / 4)
}

fn invert([[a, b], [c, d]]: [[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let determinant = a * d - b * c;
    let inverse = [[d, -b], [-c, a]].map(|row| row.map(|entry| entry / determinant));
    (determinant > 1e-14 * a * d).then_some(inverse)
}

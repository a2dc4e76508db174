//! Confidence intervals of the fitted rates.

use super::optimize::dot;

/// A covariance matrix of two parameters.
type Two = [[f64; 2]; 2];

/// Half the width of a 95 % interval, in standard errors.
const Z95: f64 = 1.959_963_984_540_054;

/// Maximum autocorrelation of scores that is removed before the kernel (Andrews and Monahan 1992).
const WHITEN: f64 = 0.97;

/// Maximum autocorrelation of residuals; larger estimates are cut to it.
const CORRELATION: f64 = 0.999;

/// Standard errors of log-rates at a minimum; `None` if the data do not determine them. `columns` are the derivatives
/// of the residuals, cleared of those of other `parameters`, if there are any; `left` are the residuals.
///
/// Residuals of a trajectory are strongly autocorrelated: the inverse of the normal matrix alone would be far too
/// optimistic. This is the sandwich \\(N^{-1} S N^{-1}\\) with \\(N = J^\top J\\) and \\(S\\) the covariance of the
/// summed scores \\(\sum_t u_t\\), \\(u_t = \sum_{curves} J_t e_t\\), estimated in two ways; the larger error is
/// kept:
/// - from the scores (`long_run`), which follows noise that appears only around the transition, but sees few
///   independent stretches of it;
/// - from the residuals as one stationary autoregression (`stationary`), which uses the whole run.
///
/// MEASURED by simulation (`tests/two_point_intervals.rs`): the first alone is too narrow if the correlation time of
/// the noise is about the duration of the transition. Lags count samples.
pub(super) fn log_errors(
    columns: &[Vec<f64>; 2],
    left: &[f64],
    parameters: f64,
) -> Option<[f64; 2]> {
    let scores = [0, 1].map(|i: usize| {
        let samples = columns[i].chunks(3).zip(left.chunks(3));
        samples.map(|(j, e)| dot(j, e)).collect::<Vec<f64>>()
    });
    let inverse = invert(two(|i, j| dot(&columns[i], &columns[j])))?;
    let [one, other] = [
        long_run(&scores, parameters),
        stationary(columns, left, parameters),
    ]
    .map(|spread| {
        inverse.map(|row| {
            let through = |j: usize| row[0] * spread[0][j] + row[1] * spread[1][j];
            (through(0) * row[0] + through(1) * row[1]).max(0.0).sqrt()
        })
    });
    let errors = [one[0].max(other[0]), one[1].max(other[1])];
    let finite = errors.iter().all(|error| error.is_finite());
    finite.then_some(errors)
}

/// The 95 % interval of a rate, from its log and the error of the log, so it cannot reach 0.
pub(super) fn ci95(log_rate: f64, error: f64) -> [f64; 2] {
    [log_rate - Z95 * error, log_rate + Z95 * error].map(f64::exp)
}

/// Covariance of summed scores: each score is whitened by its own autoregression of order 1, the Bartlett kernel of
/// Newey and West (1987) is applied, and the result is recoloured.
fn long_run(scores: &[Vec<f64>; 2], parameters: f64) -> Two {
    let own = [0, 1].map(|i: usize| autocorrelation(&scores[i]));
    let white = [0, 1].map(|i: usize| {
        let pairs = scores[i].windows(2);
        pairs
            .map(|pair| pair[1] - own[i] * pair[0])
            .collect::<Vec<f64>>()
    });
    let lags = bandwidth(&white);
    let colour = own.map(|rho| 1.0 / (1.0 - rho));
    let n = scores[0].len() as f64;
    let correction = n / (n - parameters);
    two(|i, j| {
        let at = |lag: usize| dot(&white[i][lag..], &white[j]) + dot(&white[j][lag..], &white[i]);
        let taper = |lag: usize| 1.0 - lag as f64 / (lags as f64 + 1.0);
        let summed = 0.5 * at(0) + (1..=lags).map(|lag| taper(lag) * at(lag)).sum::<f64>();
        correction * colour[i] * colour[j] * summed
    })
}

fn autocorrelation(series: &[f64]) -> f64 {
    (dot(&series[1..], series) / dot(series, series).max(f64::MIN_POSITIVE)).clamp(-WHITEN, WHITEN)
}

/// Andrews' (1991) bandwidth for the Bartlett kernel, from autoregressions of order 1; both series have the same
/// weight.
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

/// Covariance of summed scores, if the residuals are one stationary autoregression of order 1: \\(S = \sum_{s,t}
/// J_s^\top C \rho^{\lvert s-t \rvert} J_t\\), with \\(C\\) `[3, 3]` the covariance of the curves.
fn stationary(columns: &[Vec<f64>; 2], left: &[f64], parameters: f64) -> Two {
    let n = left.len() as f64 / 3.0;
    let curves = [0, 1, 2].map(|c: usize| {
        let own = left.iter().copied().skip(c).step_by(3);
        own.collect::<Vec<f64>>()
    });
    let rho = memory(&curves);
    let covariance = [0, 1, 2]
        .map(|c: usize| [0, 1, 2].map(|d: usize| dot(&curves[c], &curves[d]) / (n - parameters)));
    let past = [0, 1].map(|i: usize| remembered(&columns[i], rho));
    let form = |x: &[f64], y: &[f64]| -> f64 {
        let rows = x.iter().zip(&covariance);
        rows.map(|(x, row)| x * dot(row, y)).sum()
    };
    two(|i, j| {
        let now = columns[i].chunks(3).zip(columns[j].chunks(3));
        let before = past[i].chunks(3).zip(past[j].chunks(3));
        now.zip(before)
            .map(|((x, y), (x_past, y_past))| form(x, y_past) + form(x_past, y) - form(x, y))
            .sum()
    })
}

/// Autocorrelation of the residuals, averaged over the curves, with most of its short-sample bias removed (Kendall
/// 1954).
fn memory(curves: &[Vec<f64>; 3]) -> f64 {
    let of = |one: &Vec<f64>| dot(&one[1..], one) / dot(one, one).max(f64::MIN_POSITIVE);
    let rho = curves.iter().map(of).sum::<f64>() / 3.0;
    (rho + (1.0 + 3.0 * rho) / curves[0].len() as f64).clamp(0.0, CORRELATION)
}

/// \\(\sum_{s \le t}\rho^{t-s} J_s\\) for every sample and curve.
fn remembered(column: &[f64], rho: f64) -> Vec<f64> {
    let mut past = [0.0; 3];
    let mut all = Vec::with_capacity(column.len());
    for sample in column.chunks(3) {
        for (past, now) in past.iter_mut().zip(sample) {
            *past = rho * *past + now;
        }
        all.extend(past);
    }
    all
}

fn two(of: impl Fn(usize, usize) -> f64) -> Two {
    [[of(0, 0), of(0, 1)], [of(1, 0), of(1, 1)]]
}

fn invert([[a, b], [c, d]]: Two) -> Option<Two> {
    let determinant = a * d - b * c;
    let inverse = [[d, -b], [-c, a]].map(|row| row.map(|entry| entry / determinant));
    (determinant > 1e-14 * a * d).then_some(inverse)
}

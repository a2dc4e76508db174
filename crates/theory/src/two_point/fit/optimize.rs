//! Levenberg and Marquardt's least squares, for a handful of parameters.

use super::objective::sum_of_squares;

/// Step of the central differences in log-rates.
const STEP: f64 = 1e-5;

/// Maximum number of iterations; a well-posed fit takes about ten.
const ITERATIONS: usize = 100;

/// A minimum of the sum of squares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Minimum<const N: usize> {
    pub(super) at: [f64; N],
    pub(super) sse: f64,
}

/// Descends from `start` until neither the parameters nor the sum change; `None` if there is no solution at the start.
pub(super) fn refine<const N: usize>(
    residuals: &impl Fn([f64; N]) -> Option<Vec<f64>>,
    start: [f64; N],
) -> Option<Minimum<N>> {
    let (mut at, mut current) = (start, residuals(start)?);
    let mut sse = sum_of_squares(&current);
    let mut damping = 1e-3;
    for _ in 0..ITERATIONS {
        let Some(jacobian) = jacobian(residuals, at) else {
            break;
        };
        let (normal, gradient) = normal_equations(&jacobian, &current);
        let mut moved = None;
        while damping < 1e12 && moved.is_none() {
            let step = damped_step(normal, gradient, damping);
            let trial: [f64; N] = std::array::from_fn(|i| at[i] + step[i].clamp(-2.0, 2.0));
            let better = residuals(trial)
                .map(|found| (sum_of_squares(&found), found))
                .filter(|(found, _)| *found < sse);
            damping *= if better.is_some() { 0.2 } else { 4.0 };
            moved = better.map(|(found, residuals)| (trial, found, residuals));
        }
        let Some((trial, found, residuals)) = moved else {
            break;
        };
        let shift = (0..N).map(|i| (trial[i] - at[i]).abs()).fold(0.0, f64::max);
        let done = shift < 1e-9 && sse - found < 1e-12 * sse;
        (at, sse, current, damping) = (trial, found, residuals, damping.max(1e-12));
        if done {
            break;
        }
    }
    Some(Minimum { at, sse })
}

/// Derivatives of the residuals with respect to the parameters, by central differences.
pub(super) fn jacobian<const N: usize>(
    residuals: &impl Fn([f64; N]) -> Option<Vec<f64>>,
    at: [f64; N],
) -> Option<[Vec<f64>; N]> {
    let mut columns = [const { Vec::new() }; N];
    for (i, column) in columns.iter_mut().enumerate() {
        let moved = |by: f64| {
            let mut moved = at;
            moved[i] += by;
            residuals(moved)
        };
        let (up, down) = (moved(STEP)?, moved(-STEP)?);
        *column = up
            .iter()
            .zip(&down)
            .map(|(up, down)| (up - down) / (2.0 * STEP))
            .collect();
    }
    Some(columns)
}

/// Inner product over the length of the shorter slice.
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn normal_equations<const N: usize>(
    jacobian: &[Vec<f64>; N],
    residuals: &[f64],
) -> ([[f64; N]; N], [f64; N]) {
    let normal = std::array::from_fn(|i| std::array::from_fn(|j| dot(&jacobian[i], &jacobian[j])));
    let gradient = std::array::from_fn(|i| dot(&jacobian[i], residuals));
    (normal, gradient)
}

/// Solves \\((N + \lambda\\,\mathrm{diag} N)\\,x = -g\\) by elimination; the matrix is positive definite.
fn damped_step<const N: usize>(
    mut matrix: [[f64; N]; N],
    gradient: [f64; N],
    damping: f64,
) -> [f64; N] {
    // A parameter without effect keeps its value.
    let largest = (0..N)
        .map(|i| matrix[i][i])
        .fold(f64::MIN_POSITIVE, f64::max);
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] += damping * row[i].max(1e-12 * largest);
    }
    let mut x = gradient.map(|g| -g);
    for i in 0..N {
        for j in i + 1..N {
            let factor = matrix[j][i] / matrix[i][i];
            let above = matrix[i];
            for (entry, above) in matrix[j].iter_mut().zip(above) {
                *entry -= factor * above;
            }
            x[j] -= factor * x[i];
        }
    }
    for i in (0..N).rev() {
        for j in i + 1..N {
            x[i] -= matrix[i][j] * x[j];
        }
        x[i] /= matrix[i][i];
    }
    x
}

//! How large the residuals of a layer in balance are from sampling alone.

use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use super::Sgd;
use super::equations::{Half, twice_symmetric};
use super::subset::Samples;
use crate::sample_rows::square_sum;

/// A number for each residual of [`Balance`](super::Balance), in the units of that residual.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BalanceLevels {
    /// Of the mean step, \\(M = \gamma W\\).
    pub mean_stationarity: f64,
    /// Of (i).
    pub h_b: f64,
    /// Of (ii).
    pub z_b: f64,
    /// Of (iii).
    pub g_a: f64,
    /// Of (iv).
    pub z_a: f64,
}

/// A residual of (i) or (iii) relative to \\(2\gamma\\, s\\, Z\\) in place of its own right-hand side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AgainstGram {
    /// Norm of left minus right over that of \\(2\gamma\\, s\\, Z\\).
    pub residual: f64,
    /// Its [level from sampling alone](super#noise); `None` where it overflows.
    pub noise: Option<f64>,
    /// The residual [without that level](super#noise).
    pub debiased: Option<f64>,
}

/// [`AgainstGram`] of both equations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResidualsAgainstGram {
    /// (i), relative to \\(2\gamma\\, s_a Z_b\\).
    pub h_b: AgainstGram,
    /// (iii), relative to \\(2\gamma\\, s_g Z_a\\).
    pub g_a: AgainstGram,
}

/// What is left of a residual without its noise, in quadrature; 0 below it.
pub(super) fn debiased(residual: f64, noise: f64) -> f64 {
    (residual * residual - noise * noise).max(0.0).sqrt()
}

/// Norms that the residual matrices of a side have from sampling alone, not yet relative.
pub(super) struct HalfNoise {
    /// Of (i) or (iii).
    pub(super) output: f64,
    /// Of (ii) or (iv).
    pub(super) gram: f64,
}

impl Half<'_> {
    /// The delta method: each estimator is a function of means over samples, and \\(F_k\\) the first-order effect of
    /// sample \\(k\\) on it; the mean square norm of its error is \\(\operatorname{tr}\operatorname{cov} F / n\\).
    pub(super) fn noise(&self, sgd: &Sgd, samples: &Samples<'_>) -> HalfNoise {
        let Samples { x, y, scale } = *samples;
        let (eta, gamma, s) = (sgd.learning_rate, sgd.weight_decay, self.size);
        let batch = sgd.batch_size as f64;
        let (same, other) = (1.0 / batch, (batch - 1.0) / batch);
        let squares = dots(&x.to_owned(), &x.to_owned());
        let y = y.to_owned();
        let (outputs, means) = (x.dot(&self.weight.t()), x.dot(&self.mean.t()));
        let root = |variance: f64| (variance.max(0.0) * scale).sqrt();

        // Of (ii): C + C^T moves by y (W x)^T and its transpose, s Y by s y y^T + |x|² Y, and so on.
        let partner = &outputs + &means * (eta * other) + &y * (eta * same * s / 2.0);
        let gradient = (&squares * (eta * same), self.gradient.to_owned());
        let gram = root(variance(&[[&y, &partner]], &[gradient]));

        let inputs = x.dot(&self.input);
        let fourth = dots(&inputs, &x.to_owned()); // x^T X x
        let trace_of_square = self.input.iter().map(|x| x * x).sum::<f64>();
        let white = same * same * s * s + same * other * trace_of_square;
        let chain = other * (batch - 2.0) * same; // the factor of M X M^T
        let mut partner = &outputs * (same * s) + &y * (eta * white / 2.0);
        if other > 0.0 {
            partner += &(inputs.dot(&self.weight.t()) * other);
            partner += &(&means * (2.0 * eta * same * other * s));
            partner += &(inputs.dot(&self.mean.t()) * (eta * chain));
        }
        let of_mean = &outputs * other + &means * (eta * chain / 2.0);
        let decayed = &outputs * -gamma;
        let mut pairs = vec![[&y, &partner], [&outputs, &decayed]];
        if other > 0.0 {
            pairs.push([&means, &of_mean]);
        }
        let pull = twice_symmetric(self.mean.dot(&self.weight.t()));
        let outer = self.mean.dot(&self.mean.t());
        let fixed = [
            (
                (&squares * (same * s) + &fourth * other) * (2.0 * eta * same),
                self.gradient.to_owned(),
            ),
            (squares, pull * same + outer * (2.0 * eta * same * other)),
        ];
        let output = root(variance(&pairs, &fixed));
        HalfNoise { output, gram }
    }
}

/// \\(\operatorname{tr}\operatorname{cov} F\\) over samples, for
/// \\(F_k = \sum_j (a_{jk} b_{jk}^\top + b_{jk} a_{jk}^\top) + \sum_l c_{lk} P_l\\), without forming any \\(F_k\\).
/// `pairs`: rows \\(a_{jk}, b_{jk}\\); `fixed`: numbers \\(c_{lk}\\) and a symmetric matrix \\(P_l\\).
fn variance(pairs: &[[&Array2<f64>; 2]], fixed: &[(Array1<f64>, Array2<f64>)]) -> f64 {
    let (m, d) = pairs[0][0].dim();
    let mut squares = Array1::<f64>::zeros(m);
    let mut mean = Array2::<f64>::zeros((d, d));
    for [a, b] in pairs {
        for [c, e] in pairs {
            squares += &((dots(a, c) * dots(b, e) + dots(a, e) * dots(b, c)) * 2.0);
        }
        mean += &twice_symmetric(a.t().dot(*b) / m as f64);
    }
    for (number, matrix) in fixed {
        for [a, b] in pairs {
            squares += &(dots(&a.dot(matrix), b) * number * 4.0);
        }
        for (other, with) in fixed {
            let inner = matrix.iter().zip(with).map(|(x, y)| x * y).sum::<f64>();
            squares += &(number * other * inner);
        }
        mean.scaled_add(number.sum() / m as f64, matrix);
    }
    (squares.sum() / m as f64 - square_sum(&mean)) * m as f64 / (m as f64 - 1.0)
}

/// Inner products of the rows of two matrices.
fn dots(a: &Array2<f64>, b: &Array2<f64>) -> Array1<f64> {
    let rows = a.rows().into_iter().zip(b.rows());
    Array1::from_iter(rows.map(|(x, y)| x.dot(&y)))
}

/// Variance of \\(y x^\top\\) over samples, \\(\operatorname{tr}\operatorname{cov}\\), from
/// \\(E[\lVert x\rVert^2 \lVert y\rVert^2]\\) and the norm of its mean.
pub(super) fn product_variance(mean_square: f64, mean: &Array2<f64>, n: usize) -> f64 {
    let n = n as f64;
    ((mean_square - square_sum(mean)) * n / (n - 1.0)).max(0.0)
}

/// The same of some rows; \\(\sum_k\\) over `Axis(0)`.
pub(super) fn product_variance_of(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let m = x.len_of(Axis(0));
    let square = (dots(x, x) * dots(y, y)).sum() / m as f64;
    product_variance(square, &(y.t().dot(x) / m as f64), m)
}

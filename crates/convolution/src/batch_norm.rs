//! Batch norm, with what follows it in a residual network: a sum and a rectifier.

use crate::vectorized::vectorized;

/// Rows whose sums are added in single precision.
const BLOCK: usize = 256;

/// A batch norm over rows of `[rows, channels]`, then the sum with a shortcut (if there is one), then, if wanted, a rectifier.
#[derive(Debug, Clone, Copy)]
pub struct BatchNorm<'a> {
    /// Factor of each channel after normalization.
    pub scale: &'a [f32],
    /// Offset of each channel.
    pub shift: &'a [f32],
    /// Added to variances, above 0.
    pub epsilon: f32,
    /// Whether the output is rectified.
    pub rectify: bool,
}

/// Mean and biased variance of each channel of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// Means.
    pub mean: Vec<f32>,
    /// Variances, divided by the number of rows.
    pub variance: Vec<f32>,
}

/// Gradients with respect to scale and shift.
type Gradients = [Vec<f32>; 2];

impl BatchNorm<'_> {
    /// Normalizes `x` by the statistics of its own rows, into `y`.
    ///
    /// # Panics
    /// If lengths differ.
    pub fn forward(&self, x: &[f32], shortcut: Option<&[f32]>, y: &mut [f32]) -> Statistics {
        let statistics = Statistics::of(x, self.scale.len());
        self.apply(&statistics, x, shortcut, y);
        statistics
    }

    /// Normalizes `x` by given statistics, into `y`.
    ///
    /// # Panics
    /// If lengths differ.
    pub fn apply(
        &self,
        statistics: &Statistics,
        x: &[f32],
        shortcut: Option<&[f32]>,
        y: &mut [f32],
    ) {
        // invariant: slices fit, as models check.
        assert!(x.len() == y.len() && shortcut.is_none_or(|s| s.len() == x.len()));
        let channels = self.scale.len();
        let factor = self.factors(statistics, self.scale);
        let terms = factor.iter().zip(&statistics.mean).zip(self.shift);
        let offset: Vec<f32> = terms.map(|((f, mean), shift)| shift - f * mean).collect();
        let (factor, offset) = (&factor[..channels], &offset[..channels]);
        let least = if self.rectify { 0.0 } else { f32::NEG_INFINITY };
        let rows = x.chunks_exact(channels).zip(y.chunks_exact_mut(channels));
        vectorized!(match shortcut {
            None => {
                for (x, y) in rows {
                    for i in 0..channels {
                        y[i] = at_least(x[i].mul_add(factor[i], offset[i]), least);
                    }
                }
            }
            Some(shortcut) => {
                for ((x, y), s) in rows.zip(shortcut.chunks_exact(channels)) {
                    for i in 0..channels {
                        y[i] = at_least(x[i].mul_add(factor[i], offset[i]) + s[i], least);
                    }
                }
            }
        });
    }

    /// The backward pass of [`BatchNorm::forward`]: `g` is the gradient with respect to `y`, and becomes that with respect to the
    /// shortcut (what the rectifier lets through); `g_x` becomes that with respect to `x`. Gives those with respect to scale and
    /// shift.
    ///
    /// # Panics
    /// If lengths differ.
    pub fn backward(
        &self,
        statistics: &Statistics,
        [x, y]: [&[f32]; 2],
        g: &mut [f32],
        g_x: &mut [f32],
    ) -> Gradients {
        // invariant: slices fit, as models check.
        assert!(x.len() == y.len() && g.len() == x.len() && g_x.len() == x.len());
        let channels = self.scale.len();
        let mean = &statistics.mean;
        let least = if self.rectify { 0.0 } else { f32::NEG_INFINITY };
        let mut others = x.chunks_exact(channels).zip(y.chunks_exact(channels));
        let [g_shift, with_x] = block_sums(
            g.chunks_exact_mut(channels),
            channels,
            #[inline(always)]
            |g, sum, with_x| {
                let Some((x, y)) = others.next() else { return };
                let (x, y, mean) = (&x[..channels], &y[..channels], &mean[..channels]);
                let [g, sum, with_x] = [g, sum, with_x].map(|s| &mut s[..channels]);
                for i in 0..channels {
                    g[i] = if y[i] <= least { 0.0 } else { g[i] };
                    sum[i] += g[i];
                    with_x[i] = g[i].mul_add(x[i] - mean[i], with_x[i]);
                }
            },
        );
        let inverse = self.factors(statistics, &vec![1.0; channels]);
        let g_scale: Vec<f32> = with_x
            .iter()
            .zip(&inverse)
            .map(|(s, i)| *s as f32 * i)
            .collect();
        let rows = (x.len() / channels) as f32;
        // g_x = scale * inverse * (g - mean of g - normalized x * mean of (g * normalized x))
        let factor = self.factors(statistics, self.scale);
        let slope = |i: usize| -factor[i] * g_scale[i] * inverse[i] / rows;
        let slope: Vec<f32> = (0..channels).map(slope).collect();
        let offset = |i: usize| -factor[i] * g_shift[i] as f32 / rows - slope[i] * mean[i];
        let offset: Vec<f32> = (0..channels).map(offset).collect();
        let [factor, slope, offset] = [&factor, &slope, &offset].map(|s| &s[..channels]);
        vectorized!({
            let rows = g.chunks_exact(channels).zip(x.chunks_exact(channels));
            for ((g, x), g_x) in rows.zip(g_x.chunks_exact_mut(channels)) {
                for i in 0..channels {
                    let rest = x[i].mul_add(slope[i], offset[i]);
                    g_x[i] = g[i].mul_add(factor[i], rest);
                }
            }
        });
        [g_scale, g_shift.iter().map(|g| *g as f32).collect()]
    }

    /// `numerator` over the standard deviation of each channel.
    fn factors(&self, statistics: &Statistics, numerator: &[f32]) -> Vec<f32> {
        let terms = numerator.iter().zip(&statistics.variance);
        terms
            .map(|(n, variance)| n / (variance + self.epsilon).sqrt())
            .collect()
    }
}

impl Statistics {
    /// Of all rows of `[rows, channels]`. Sums are of differences to the first row, so that a mean that is large beside the
    /// deviation costs no digits.
    pub fn of(x: &[f32], channels: usize) -> Self {
        let pivot = x[..channels].to_vec();
        let [sum, squares] = block_sums(
            x.chunks_exact(channels),
            channels,
            #[inline(always)]
            |x, sum, squares| {
                let (x, pivot) = (&x[..channels], &pivot[..channels]);
                let [sum, squares] = [sum, squares].map(|s| &mut s[..channels]);
                for i in 0..channels {
                    let difference = x[i] - pivot[i];
                    sum[i] += difference;
                    squares[i] = difference.mul_add(difference, squares[i]);
                }
            },
        );
        let rows = (x.len() / channels) as f64;
        let mean = pivot
            .iter()
            .zip(&sum)
            .map(|(p, s)| (f64::from(*p) + s / rows) as f32);
        let variance = |(sum, squares): (&f64, &f64)| {
            let mean = sum / rows;
            (squares / rows - mean * mean).max(0.0) as f32
        };
        Self {
            mean: mean.collect(),
            variance: sum.iter().zip(&squares).map(variance).collect(),
        }
    }
}

/// The larger of the two; not a number stays what it is.
#[inline(always)]
fn at_least(x: f32, least: f32) -> f32 {
    if x < least { least } else { x }
}

/// Two sums over all rows, of each channel: in single precision within a block of rows, in double precision over blocks.
#[inline(always)]
fn block_sums<R>(
    mut rows: impl ExactSizeIterator<Item = R>,
    channels: usize,
    mut add: impl FnMut(R, &mut [f32], &mut [f32]),
) -> [Vec<f64>; 2] {
    let mut totals = [vec![0.0_f64; channels], vec![0.0_f64; channels]];
    let mut sums = [vec![0.0_f32; channels], vec![0.0_f32; channels]];
    vectorized!({
        while rows.len() > 0 {
            let [first, second] = &mut sums;
            first.fill(0.0);
            second.fill(0.0);
            for row in rows.by_ref().take(BLOCK) {
                add(row, first, second);
            }
            for (totals, sums) in totals.iter_mut().zip(&sums) {
                for (total, sum) in totals.iter_mut().zip(sums) {
                    *total += f64::from(*sum);
                }
            }
        }
    });
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNELS: usize = 3;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        let number = |i: usize| ((i * 7919 + seed * 104_729) % 1009) as f32 / 1009.0 - 0.5;
        (0..count).map(number).collect()
    }

    fn norm<'a>(scale: &'a [f32], shift: &'a [f32], rectify: bool) -> BatchNorm<'a> {
        BatchNorm {
            scale,
            shift,
            epsilon: 1e-3,
            rectify,
        }
    }

    /// The sum of the outputs times `g`, in double precision.
    fn objective(norm: &BatchNorm<'_>, x: &[f64], shortcut: &[f32], g: &[f32]) -> f64 {
        let rows = x.len() / CHANNELS;
        let column = |c: usize| (0..rows).map(move |r| x[r * CHANNELS + c]);
        let mut sum = 0.0;
        for c in 0..CHANNELS {
            let mean = column(c).sum::<f64>() / rows as f64;
            let variance = column(c).map(|x| (x - mean).powi(2)).sum::<f64>() / rows as f64;
            let factor = f64::from(norm.scale[c]) / (variance + f64::from(norm.epsilon)).sqrt();
            for (r, x) in column(c).enumerate() {
                let i = r * CHANNELS + c;
                let y = (x - mean) * factor + f64::from(norm.shift[c]) + f64::from(shortcut[i]);
                let y = if norm.rectify { y.max(0.0) } else { y };
                sum += y * f64::from(g[i]);
            }
        }
        sum
    }

    #[test]
    fn gradients_are_finite_differences() {
        let rows = 300; // more than a block
        let count = rows * CHANNELS;
        let (x, shortcut, g) = (numbers(count, 1), numbers(count, 2), numbers(count, 3));
        let (scale, shift) = ([0.7, -1.1, 1.3], [0.2, 0.0, -0.1]);
        for rectify in [true, false] {
            let norm = norm(&scale, &shift, rectify);
            let mut y = vec![0.0; count];
            let statistics = norm.forward(&x, Some(&shortcut), &mut y);
            let (mut of_shortcut, mut g_x) = (g.clone(), vec![0.0; count]);
            let [g_scale, g_shift] =
                norm.backward(&statistics, [&x, &y], &mut of_shortcut, &mut g_x);
            let wide: Vec<f64> = x.iter().copied().map(f64::from).collect();
            let step = 1e-4;
            for i in (0..count).step_by(37) {
                let at = |by: f64| {
                    let mut x = wide.clone();
                    x[i] += by;
                    objective(&norm, &x, &shortcut, &g)
                };
                let slope = (at(step) - at(-step)) / (2.0 * step);
                assert!(
                    (f64::from(g_x[i]) - slope).abs() < 2e-3,
                    "{} {slope}",
                    g_x[i]
                );
            }
            for c in 0..CHANNELS {
                let at = |by: f32, which: usize| {
                    let (mut scale, mut shift) = (scale, shift);
                    [&mut scale, &mut shift][which][c] += by;
                    objective(&self::norm(&scale, &shift, rectify), &wide, &shortcut, &g)
                };
                for (which, found) in [&g_scale, &g_shift].into_iter().enumerate() {
                    let slope = (at(1e-3, which) - at(-1e-3, which)) / 2e-3;
                    assert!(
                        (f64::from(found[c]) - slope).abs() < 0.02,
                        "{} {slope}",
                        found[c]
                    );
                }
            }
        }
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        let x: Vec<f32> = numbers(600, 4).iter().map(|x| x + 4096.0).collect();
        let found = Statistics::of(&x, CHANNELS);
        for c in 0..CHANNELS {
            let column = || x.iter().skip(c).step_by(CHANNELS).map(|x| f64::from(*x));
            let mean = column().sum::<f64>() / 200.0;
            let variance = column().map(|x| (x - mean).powi(2)).sum::<f64>() / 200.0;
            assert!((f64::from(found.variance[c]) / variance - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let x = [f32::NAN, 1.0, 2.0, 0.5, 0.25, 1.0];
        let (ones, zeros) = ([1.0; CHANNELS], [0.0; CHANNELS]);
        let mut y = [0.0; 6];
        norm(&ones, &zeros, true).forward(&x, None, &mut y);
        assert!(y[0].is_nan() && y[1].is_finite());
    }
}

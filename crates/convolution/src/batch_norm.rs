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
        let least = if self.rectify { 0.0 } else { f32::NEG_INFINITY };
        let rows = x.chunks_exact(channels).zip(y.chunks_exact_mut(channels));
        vectorized!(match shortcut {
            None => {
                for (x, y) in rows {
                    for i in 0..channels {
                        y[i] = x[i].mul_add(factor[i], offset[i]).max(least);
                    }
                }
            }
            Some(shortcut) => {
                for ((x, y), s) in rows.zip(shortcut.chunks_exact(channels)) {
                    for i in 0..channels {
                        y[i] = (x[i].mul_add(factor[i], offset[i]) + s[i]).max(least);
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
        if self.rectify {
            vectorized!({
                for (g, y) in g.iter_mut().zip(y) {
                    *g = if *y > 0.0 { *g } else { 0.0 };
                }
            });
        }
        let mean = &statistics.mean;
        let [g_shift, with_x] = block_sums(
            g,
            x,
            channels,
            #[inline(always)]
            |g: &[f32], x: &[f32], sum: &mut [f32], with_x: &mut [f32]| {
                for i in 0..channels {
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
            x,
            x,
            channels,
            #[inline(always)]
            |x: &[f32], _: &[f32], sum: &mut [f32], squares: &mut [f32]| {
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

/// Two sums over all rows, of each channel: in single precision within a block of rows, in double precision over blocks.
#[inline(always)]
fn block_sums(
    a: &[f32],
    b: &[f32],
    channels: usize,
    add: impl Fn(&[f32], &[f32], &mut [f32], &mut [f32]),
) -> [Vec<f64>; 2] {
    let mut totals = [vec![0.0_f64; channels], vec![0.0_f64; channels]];
    let mut sums = [vec![0.0_f32; channels], vec![0.0_f32; channels]];
    let blocks = a.chunks(BLOCK * channels).zip(b.chunks(BLOCK * channels));
    vectorized!({
        for (a, b) in blocks {
            let [first, second] = &mut sums;
            first.fill(0.0);
            second.fill(0.0);
            for (a, b) in a.chunks_exact(channels).zip(b.chunks_exact(channels)) {
                add(a, b, first, second);
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

//! How uncertain an exponent is: over eigenvalue pairs, and over seeds.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::{AlignmentError, ROUNDING};

/// Resamples of pairs of numbers, kept while fits of one size follow each other.
pub(super) struct Bootstrap {
    resamples: usize,
    seed: u64,
    /// `resamples` runs of `points` indices each.
    indices: Vec<u32>,
    points: usize,
}

impl Bootstrap {
    pub(super) fn new(resamples: usize, seed: u64) -> Self {
        Self {
            resamples,
            seed,
            indices: Vec::new(),
            points: 0,
        }
    }

    /// The 95 % interval of the slope of `y` on `x`.
    pub(super) fn interval(&mut self, x: &[f64], y: &[f64]) -> Result<[f64; 2], AlignmentError> {
        if self.resamples < MIN_RESAMPLES {
            let (found, needed) = (self.resamples, MIN_RESAMPLES);
            return Err(AlignmentError::TooFewResamples { found, needed });
        }
        self.draw(x.len());
        // About the means, so that the sums below do not cancel.
        let centre = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (mean_x, mean_y) = (centre(x), centre(y));
        let points: Vec<_> = x
            .iter()
            .zip(y)
            .map(|(x, y)| [x - mean_x, y - mean_y])
            .collect();
        let resamples = self.indices.chunks_exact(points.len());
        let mut slopes: Vec<f64> = resamples.filter_map(|at| slope(&points, at)).collect();
        slopes.sort_by(f64::total_cmp);
        let tail = tail(points.len());
        match (quantile(&slopes, tail), quantile(&slopes, 1.0 - tail)) {
            (Some(low), Some(high)) => Ok([low, high]),
            _ => Err(AlignmentError::FlatSpectrum {
                found: 0.0,
                needed: super::MIN_LOG_SPREAD,
            }),
        }
    }

    fn draw(&mut self, points: usize) {
        if self.points != points {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            let index = || rng.random_range(0..points as u32);
            self.indices = std::iter::repeat_with(index)
                .take(points * self.resamples)
                .collect();
            self.points = points;
        }
    }
}

/// Fewest resamples that have a 2.5 % quantile worth the name.
pub(super) const MIN_RESAMPLES: usize = 200;

/// The slope of the points at some indices; `None` if all have one `x`.
fn slope(points: &[[f64; 2]], indices: &[u32]) -> Option<f64> {
    let [mut x, mut y, mut xx, mut xy] = [0.0; 4];
    for &at in indices {
        let [u, v] = points[at as usize];
        x += u;
        y += v;
        xx += u * u;
        xy += u * v;
    }
    let n = indices.len() as f64;
    let scatter = xx - x * x / n;
    (scatter > ROUNDING * xx).then(|| (xy - x * y / n) / scatter)
}

/// The share of the slopes that is left out at each end.
fn tail(points: usize) -> f64 {
    let freedom = points as f64 - 2.0;
    let widened = StudentsT::new(0.0, 1.0, freedom).map_or(1.96, |t| {
        t.inverse_cdf(0.975) * (points as f64 / freedom).sqrt()
    });
    Normal::standard().cdf(-widened)
}

/// Interpolated between order statistics, of sorted values.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = share * last as f64;
    let (below, above) = (sorted[at as usize], sorted[last.min(at as usize + 1)]);
    Some(below + at.fract() * (above - below))
}

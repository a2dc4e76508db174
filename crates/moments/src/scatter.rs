//! Mean and centred scatter of a stream of vectors, mergeable without cancellation.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip, s};

use crate::linalg::{add_gram_lower, mirror_lower};
use crate::{Moment, Variant};

/// Sample count, mean and centred scatter \\(S = \sum_i (x_i - \mu)(x_i - \mu)^\top\\) of the stacked vectors
/// \\(x = (h, g)\\) of one side, so that one symmetric matrix `[2d, 2d]` holds \\(H\\), \\(G\\) and the cross moment.
///
/// Two of them merge by Chan, Golub and LeVeque's pairwise update. Only the lower triangle is kept up to date
/// while blocks are added; [`Scatter::complete`] fills the upper one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scatter {
    pub(crate) samples: usize,
    pub(crate) mean: Array1<f64>,
    pub(crate) scatter: Array2<f64>,
}

impl Scatter {
    /// No samples yet, of vectors with `2 * d` entries.
    pub(crate) fn new(d: usize) -> Self {
        Self {
            samples: 0,
            mean: Array1::zeros(2 * d),
            scatter: Array2::zeros((2 * d, 2 * d)),
        }
    }

    /// Adds the products of rows `[n, 2d]`, row-major, that were shifted by a reference;
    /// [`settle`](Self::settle) has to follow.
    pub(crate) fn add_products(&mut self, rows: &[f64]) {
        let width = self.mean.len();
        // The matrix is made in standard layout and never reshaped, so the slice is always there.
        if let Some(scatter) = self.scatter.as_slice_mut() {
            add_gram_lower(scatter, rows, width);
        }
    }

    /// Makes samples of those whose products were added, given the reference and the column sums of what was left.
    pub(crate) fn settle(&mut self, samples: usize, reference: &[f64], sums: &[f64]) {
        let n = samples as f64;
        let rest: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
        self.add_outer(-n, &rest);
        let mean = reference.iter().zip(&rest).map(|(r, m)| r + m).collect();
        self.shift(samples, &mean);
    }

    /// Adds the samples that `other` has seen.
    pub(crate) fn merge(
        &mut self,
        samples: usize,
        mean: ArrayView1<'_, f64>,
        scatter: ArrayView2<'_, f64>,
    ) {
        if samples > 0 {
            self.scatter += &scatter;
            self.shift(samples, &mean.to_owned());
        }
    }

    /// The update's rank-one term and the new mean, for `samples` more with the given mean.
    fn shift(&mut self, samples: usize, mean: &Array1<f64>) {
        let total = self.samples + samples;
        let share = samples as f64 / total as f64;
        let delta = mean - &self.mean;
        let weight = self.samples as f64 * share;
        if weight > 0.0 {
            self.add_outer(weight, delta.as_slice().unwrap_or_default());
        }
        self.mean.scaled_add(share, &delta);
        self.samples = total;
    }

    /// Adds `weight * x x^T` to the lower triangle.
    fn add_outer(&mut self, weight: f64, x: &[f64]) {
        for (at, (mut row, left)) in self.scatter.rows_mut().into_iter().zip(x).enumerate() {
            let lower = row.iter_mut().zip(&x[..=at]);
            lower.for_each(|(s, right)| *s += weight * (left * right));
        }
    }

    /// Makes the matrix symmetric, from its lower triangle.
    pub(crate) fn complete(&mut self) {
        mirror_lower(&mut self.scatter);
    }

    /// One block of \\(S/n\\), plus \\(\mu\mu^\top\\) for [`Variant::Raw`].
    pub(crate) fn second_moment(&self, moment: Moment, variant: Variant) -> Array2<f64> {
        let d = self.mean.len() / 2;
        let (h, g) = (0..d, d..2 * d);
        let (rows, columns) = match moment {
            Moment::H => (h.clone(), h),
            Moment::G => (g.clone(), g),
            Moment::Cross => (g, h),
        };
        let n = self.samples as f64;
        let scatter = self.scatter.slice(s![rows.clone(), columns.clone()]);
        let mut out = Array2::zeros((d, d));
        Zip::from(&mut out)
            .and(&scatter)
            .for_each(|to, from| *to = from / n);
        if variant == Variant::Raw {
            let mean = self.mean.slice(s![columns]);
            for (mut row, left) in out.rows_mut().into_iter().zip(&self.mean.slice(s![rows])) {
                row.zip_mut_with(&mean, |x, right| *x += left * right);
            }
        }
        out
    }

    /// Whether nothing has overflowed.
    pub(crate) fn is_finite(&self) -> bool {
        self.mean
            .iter()
            .chain(&self.scatter)
            .fold(true, |finite, x| finite & x.is_finite())
    }
}

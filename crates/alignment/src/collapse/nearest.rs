//! NC4: whether the nearest class mean decides as the classifier does.

use formant_moments::Element;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use super::means::ClassMeans;
use crate::AlignmentError;
use crate::sample_rows::checked_rows;

/// Counts samples whose nearest class mean is not the class with the largest output. It takes a second pass over the
/// samples, because class means are known after the first one only; made by
/// [`CollapseAccumulator::nearest_class_mean`](super::CollapseAccumulator::nearest_class_mean).
#[derive(Debug, Clone)]
pub struct NearestClassMean {
    centre: Array1<f64>,
    /// Class means about the centre, `[classes, d_a]`.
    means: Array2<f64>,
    /// \\(\lVert m_c\rVert^2 / 2\\).
    half_squares: Array1<f64>,
    samples: usize,
    disagreements: usize,
}

impl NearestClassMean {
    pub(crate) fn new(features: &ClassMeans) -> Self {
        let centre = features.centre();
        let means = &features.means - &centre;
        let half_squares = means.rows().into_iter().map(|m| m.dot(&m) / 2.0).collect();
        Self {
            centre,
            means,
            half_squares,
            samples: 0,
            disagreements: 0,
        }
    }

    /// Compares the decisions on a block of samples: inputs `[n, d_a]` and outputs `[n, classes]`. A tie goes to the
    /// class with the smaller number, on both sides.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit, or a value is NaN or infinite. Nothing is counted then.
    pub fn add<T: Element>(
        &mut self,
        h_a: ArrayView2<'_, T>,
        h_b: ArrayView2<'_, T>,
    ) -> Result<(), AlignmentError> {
        let (n, (classes, d_a)) = (h_a.nrows(), self.means.dim());
        let h_a = checked_rows("h_a", h_a, (n, d_a))?;
        let h_b = checked_rows("h_b", h_b, (n, classes))?;
        // The largest <x, m> - |m|²/2 is the smallest |x - m|².
        let nearness = (h_a - &self.centre).dot(&self.means.t()) - &self.half_squares;
        let pairs = nearness.rows().into_iter().zip(h_b.rows());
        self.disagreements += pairs.filter(|(x, y)| largest(*x) != largest(*y)).count();
        self.samples += n;
        Ok(())
    }

    /// NC4, the share of samples on which the two disagree, in \\([0, 1]\\), 0 at collapse; `None` before the first.
    #[must_use]
    pub fn disagreement(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.disagreements as f64 / self.samples as f64)
    }
}

/// Where the largest entry is; the first of equal ones.
fn largest(row: ArrayView1<'_, f64>) -> usize {
    let better = |best: usize, (at, x): (usize, &f64)| if *x > row[best] { at } else { best };
    row.iter().enumerate().fold(0, better)
}

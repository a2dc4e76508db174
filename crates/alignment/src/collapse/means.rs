//! Class means of a stream of samples, and what is left of the samples without them.

use ndarray::{Array1, Array2, Axis};

use crate::sample_rows::square_sum;
use crate::{ROUNDING, ROUNDING_OF_SAMPLES};

/// Number and mean of the samples of each class so far.
#[derive(Debug, Clone)]
pub(crate) struct ClassMeans {
    pub(crate) counts: Vec<usize>,
    /// `[classes, d]`.
    pub(crate) means: Array2<f64>,
}

impl ClassMeans {
    pub(crate) fn new(classes: usize, d: usize) -> Self {
        Self {
            counts: vec![0; classes],
            means: Array2::zeros((classes, d)),
        }
    }

    /// Takes a block of samples in, `[n, d]`. The Gram matrices of the rows that come back are what the block adds to
    /// \\(\sum_i (x_i - \mu_{y_i})(x_i - \mu_{y_i})^\top\\): its samples about the block's own class means, and a row a
    /// class for the means' shift, by Chan, Golub and LeVeque's update.
    pub(crate) fn absorb(&mut self, mut block: Array2<f64>, labels: &[usize]) -> [Array2<f64>; 2] {
        let mut new = Self::new(self.counts.len(), self.means.ncols());
        for (row, &class) in block.rows().into_iter().zip(labels) {
            new.counts[class] += 1;
            let mut mean = new.means.row_mut(class);
            mean += &row;
        }
        for (mut mean, &count) in new.means.rows_mut().into_iter().zip(&new.counts) {
            mean /= count.max(1) as f64;
        }
        for (mut row, &class) in block.rows_mut().into_iter().zip(labels) {
            row -= &new.means.row(class);
        }
        [block, self.merge(&new)]
    }

    /// Moves the means; gives back \\(\sqrt{n m / (n + m)}\\) times each shift, for classes that both have seen.
    fn merge(&mut self, new: &Self) -> Array2<f64> {
        let mut shifts = Vec::new();
        for (class, (count, &more)) in self.counts.iter_mut().zip(&new.counts).enumerate() {
            let total = *count + more;
            if more == 0 {
                continue;
            }
            let delta: Array1<f64> = &new.means.row(class) - &self.means.row(class);
            let share = more as f64 / total as f64;
            let weight = (*count as f64 * share).sqrt();
            if *count > 0 {
                shifts.extend(delta.iter().map(|x| x * weight));
            }
            self.means.row_mut(class).scaled_add(share, &delta);
            *count = total;
        }
        let d = self.means.ncols();
        Array2::from_shape_vec((shifts.len() / d.max(1), d), shifts).unwrap_or_default()
    }

    /// The mean of the class means, which all classes enter equally.
    pub(crate) fn centre(&self) -> Array1<f64> {
        self.means
            .mean_axis(Axis(0))
            .unwrap_or_else(|| Array1::zeros(self.means.ncols()))
    }

    /// Class means minus their mean, `[classes, d]`; exact zeros where nothing but rounding is left.
    pub(crate) fn centred(&self) -> Array2<f64> {
        let centred = &self.means - &self.centre();
        if square_sum(&centred) <= ROUNDING * square_sum(&self.means) {
            return Array2::zeros(centred.dim());
        }
        centred
    }

    /// What rounding can leave of the norm of a centred mean.
    pub(crate) fn rounding(&self) -> f64 {
        let classes = self.means.nrows() as f64;
        ROUNDING_OF_SAMPLES * (square_sum(&self.means) / classes).sqrt()
    }
}

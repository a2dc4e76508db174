//! Mean and centred scatter of a stream of vectors, mergeable without cancellation.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Zip, s};

use crate::linalg::{Columns, add_cross, add_gram_lower, mirror_lower};
use crate::{Moment, Variant};

/// Sample count, mean and centred scatter \\(S = \sum_i (x_i - \mu)(x_i - \mu)^\top\\) of the stacked vectors
/// \\(x = (h, g)\\) of one side: the blocks that hold \\(H\\), \\(G\\) and the cross moment, each `[d, d]`. The fourth block
/// is the transpose of the cross moment's, and is not kept.
///
/// Two of them merge by Chan, Golub and LeVeque's pairwise update. Only the lower triangles of the symmetric blocks are
/// kept up to date while rows are added; [`Scatter::complete`] fills the upper ones.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scatter {
    pub(crate) samples: usize,
    /// `[2d]`: of \\(h\\), then of \\(g\\).
    pub(crate) mean: Array1<f64>,
    pub(crate) h: Array2<f64>,
    pub(crate) g: Array2<f64>,
    /// Rows \\(g\\), columns \\(h\\).
    pub(crate) cross: Array2<f64>,
    /// What is kept up to date; the rest stays zero.
    pub(crate) collected: Collected,
}

/// How much of a scatter is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Collected {
    /// The diagonals of the symmetric blocks, from which it shows whether they would have overflowed.
    Diagonals,
    /// The symmetric blocks.
    Symmetric,
    /// All three blocks.
    All,
}

impl Scatter {
    /// No samples yet, of vectors with `2 * d` entries.
    pub(crate) fn new(d: usize) -> Self {
        let zeros = || Array2::zeros((d, d));
        Self {
            samples: 0,
            mean: Array1::zeros(2 * d),
            h: zeros(),
            g: zeros(),
            cross: zeros(),
            collected: Collected::All,
        }
    }

    /// Of a whole symmetric scatter `[2d, 2d]`; its upper right block is not read.
    pub(crate) fn of_whole(samples: usize, mean: Array1<f64>, whole: &ArrayView2<'_, f64>) -> Self {
        let (h, g, cross) = blocks(whole);
        Self {
            samples,
            mean,
            h: h.to_owned(),
            g: g.to_owned(),
            cross: cross.to_owned(),
            collected: Collected::All,
        }
    }

    /// The whole symmetric scatter, `[2d, 2d]`.
    pub(crate) fn whole(&self) -> Array2<f64> {
        let d = self.h.nrows();
        let mut whole = Array2::zeros((2 * d, 2 * d));
        whole.slice_mut(s![..d, ..d]).assign(&self.h);
        whole.slice_mut(s![d.., d..]).assign(&self.g);
        whole.slice_mut(s![d.., ..d]).assign(&self.cross);
        whole.slice_mut(s![..d, d..]).assign(&self.cross.t());
        whole
    }

    /// Adds the products of rows `[n, 2d]`, row-major, that were shifted by a reference;
    /// [`settle`](Self::settle) has to follow.
    pub(crate) fn add_products(&mut self, rows: &[f64]) {
        let d = self.h.nrows();
        let columns = |start| Columns {
            rows,
            width: 2 * d,
            start,
            count: d,
        };
        let (h, g) = (columns(0), columns(d));
        match self.collected {
            Collected::Diagonals => {
                for row in rows.chunks_exact(2 * d) {
                    self.add_squares(1.0, row);
                }
                return;
            }
            Collected::Symmetric => {}
            Collected::All => add_cross(&mut self.cross, g, h),
        }
        add_gram_lower(&mut self.h, h);
        add_gram_lower(&mut self.g, g);
    }

    /// Makes samples of those whose products were added, given the reference and the column sums of what was left.
    pub(crate) fn settle(&mut self, samples: usize, reference: &[f64], sums: &[f64]) {
        let n = samples as f64;
        let rest: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
        self.add_outer(-n, &rest);
        let mean = reference.iter().zip(&rest).map(|(r, m)| r + m).collect();
        self.shift(samples, &mean);
    }

    /// Adds samples that were reduced elsewhere; of `whole` `[2d, 2d]` the lower triangle is read.
    pub(crate) fn merge_whole(
        &mut self,
        samples: usize,
        mean: ArrayView1<'_, f64>,
        whole: &ArrayView2<'_, f64>,
    ) {
        self.merge_blocks(samples, mean, blocks(whole));
    }

    /// Adds the samples that `other` has seen.
    pub(crate) fn merge(&mut self, other: &Self) {
        let blocks = (other.h.view(), other.g.view(), other.cross.view());
        self.keep(other.collected);
        self.merge_blocks(other.samples, other.mean.view(), blocks);
    }

    fn merge_blocks(&mut self, samples: usize, mean: ArrayView1<'_, f64>, blocks: Blocks<'_>) {
        if samples > 0 {
            self.h += &blocks.0;
            self.g += &blocks.1;
            self.cross += &blocks.2;
            self.keep(self.collected);
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

    /// Adds `weight * x x^T`, to the lower triangles of the symmetric blocks.
    fn add_outer(&mut self, weight: f64, x: &[f64]) {
        if self.collected == Collected::Diagonals {
            return self.add_squares(weight, x);
        }
        let (h, g) = x.split_at(x.len() / 2);
        let all = self.collected == Collected::All;
        let cross = all.then_some((&mut self.cross, g, h, false));
        let symmetric = [(&mut self.h, h, h, true), (&mut self.g, g, g, true)];
        for (to, left, right, lower) in symmetric.into_iter().chain(cross) {
            for (at, (mut row, left)) in to.rows_mut().into_iter().zip(left).enumerate() {
                let end = if lower { at + 1 } else { right.len() };
                let pairs = row.iter_mut().zip(&right[..end]);
                pairs.for_each(|(s, right)| *s += weight * (left * right));
            }
        }
    }

    /// Adds the diagonal of `weight * x x^T`.
    fn add_squares(&mut self, weight: f64, x: &[f64]) {
        let (h, g) = x.split_at(x.len() / 2);
        for (to, x) in [(&mut self.h, h), (&mut self.g, g)] {
            let pairs = to.diag_mut().into_iter().zip(x);
            pairs.for_each(|(s, x)| *s += weight * (x * x));
        }
    }

    /// Collects this or less from now on, and forgets what it does not.
    pub(crate) fn keep(&mut self, most: Collected) {
        self.collected = self.collected.min(most);
        if self.collected < Collected::All {
            self.cross.fill(0.0);
        }
        if self.collected < Collected::Symmetric {
            for block in [&mut self.h, &mut self.g] {
                *block = Array2::from_diag(&block.diag());
            }
        }
    }

    /// Zeros where diagonals alone were collected, so that a file of them holds nothing that looks like moments.
    pub(crate) fn forget_diagonals(&mut self) {
        if self.collected == Collected::Diagonals {
            *self = Self {
                samples: self.samples,
                collected: self.collected,
                ..Self::new(self.h.nrows())
            };
        }
    }

    /// Makes the symmetric blocks symmetric, from their lower triangles.
    pub(crate) fn complete(&mut self) {
        mirror_lower(&mut self.h);
        mirror_lower(&mut self.g);
    }

    /// One block of \\(S/n\\), plus \\(\mu\mu^\top\\) for [`Variant::Raw`].
    pub(crate) fn second_moment(&self, moment: Moment, variant: Variant) -> Array2<f64> {
        let d = self.h.nrows();
        let (h, g) = (self.mean.slice(s![..d]), self.mean.slice(s![d..]));
        let (scatter, left, right) = match moment {
            Moment::H => (&self.h, h, h),
            Moment::G => (&self.g, g, g),
            Moment::Cross => (&self.cross, g, h),
        };
        let n = self.samples as f64;
        let mut out = Array2::zeros((d, d));
        let needed = match moment {
            Moment::H | Moment::G => Collected::Symmetric,
            Moment::Cross => Collected::All,
        };
        if self.collected < needed {
            return out;
        }
        Zip::from(&mut out)
            .and(scatter)
            .for_each(|to, from| *to = from / n);
        if variant == Variant::Raw {
            for (mut row, left) in out.rows_mut().into_iter().zip(&left) {
                row.zip_mut_with(&right, |x, right| *x += left * right);
            }
        }
        out
    }

    /// Whether nothing has overflowed.
    pub(crate) fn is_finite(&self) -> bool {
        let finite = |finite: bool, x: &f64| finite & x.is_finite();
        [&self.h, &self.g, &self.cross]
            .into_iter()
            .all(|block| block.iter().fold(true, finite))
            && self.mean.iter().fold(true, finite)
    }
}

/// \\(H\\), \\(G\\) and the cross moment of a whole scatter.
type Blocks<'a> = (
    ArrayView2<'a, f64>,
    ArrayView2<'a, f64>,
    ArrayView2<'a, f64>,
);

fn blocks<'a>(whole: &'a ArrayView2<'_, f64>) -> Blocks<'a> {
    let d = whole.nrows() / 2;
    let block = |rows: std::ops::Range<usize>, columns| whole.slice(s![rows, columns]);
    (
        block(0..d, 0..d),
        block(d..2 * d, d..2 * d),
        block(d..2 * d, 0..d),
    )
}

//! Streaming sums over paired samples.

use formant_moments::{Element, SampleBlock};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::equations::{Half, HalfBalance, relative};
use super::noise::{debiased, product_variance, product_variance_of};
use super::subset::{Samples, Subset};
use super::{
    Balance, BalanceLevels, BalanceResiduals, Deviations, ResidualsAgainstGram, SelfAveraging, Sgd,
    WeightDrift,
};
use crate::sample_rows::{add_gram_lower, checked_rows, mirror_lower, square_sum, trace};
use crate::{AlignmentError, LEAST_SAMPLES};

/// Collects what [`Balance`] needs of one layer, over any number of blocks.
///
/// The result does not depend on how samples are cut into blocks or in which order they come, up to rounding; but for the
/// noise levels of (i) to (iv), which with more than 512 samples come from a random 512 of them, chosen by number. Memory:
/// \\(2 d_a^2 + 2 d_b^2 + d_a d_b + 512 (d_a + d_b)\\) numbers of 8 bytes.
#[derive(Debug, Clone)]
pub struct BalanceAccumulator {
    h_a: SideSums,
    g_b: SideSums,
    /// \\(\sum g_b h_a^\top\\), `[d_b, d_a]`.
    products: Array2<f64>,
    /// \\(\sum \lVert g_b\rVert^2 \lVert h_a\rVert^2\\).
    product_squares: f64,
    subset: Subset,
}

/// Sums over one of the two quantities, \\(x\\), with \\(y\\) the other one.
#[derive(Debug, Clone)]
struct SideSums {
    /// \\(\sum x x^\top\\), lower triangle.
    plain: Array2<f64>,
    /// \\(\sum \lVert y\rVert^2 x x^\top\\), lower triangle.
    weighted: Array2<f64>,
    norms: Spread,
    largest: f64,
}

/// Mean and spread of a stream of numbers, by Welford's update.
#[derive(Debug, Clone, Default)]
struct Spread {
    count: usize,
    mean: f64,
    scatter: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1;
        let difference = value - self.mean;
        self.mean += difference / self.count as f64;
        self.scatter += difference * (value - self.mean);
    }

    /// Standard deviation over mean.
    fn variation(&self) -> f64 {
        (self.scatter / self.count as f64).sqrt() / self.mean
    }
}

impl SideSums {
    fn new(d: usize) -> Self {
        Self {
            plain: Array2::zeros((d, d)),
            weighted: Array2::zeros((d, d)),
            norms: Spread::default(),
            largest: 0.0,
        }
    }

    /// `squares` and `weights`: squared norms of the rows, and of the other quantity's.
    fn add(&mut self, mut rows: Array2<f64>, squares: &Array1<f64>, weights: &Array1<f64>) {
        add_gram_lower(&mut self.plain, &rows);
        self.largest = rows.iter().fold(self.largest, |max, x| max.max(x.abs()));
        squares.iter().for_each(|square| self.norms.add(*square));
        rows *= &weights.sqrt().insert_axis(Axis(1));
        add_gram_lower(&mut self.weighted, &rows);
    }

    /// An error if fourth powers of samples of this size lose digits; those enter norms of second moments.
    fn check(&self, what: &'static str) -> Result<(), AlignmentError> {
        let square = self.norms.mean;
        // An overflow has an error of its own.
        if self.largest == 0.0 || square >= LEAST_SAMPLES || square.is_nan() {
            return Ok(());
        }
        let size = square.sqrt();
        Err(AlignmentError::Underflow { what, size })
    }

    /// The two means, symmetric.
    fn means(&self) -> [Array2<f64>; 2] {
        let n = self.norms.count as f64;
        [&self.plain, &self.weighted].map(|sum| mirror_lower(sum / n))
    }
}

impl BalanceAccumulator {
    /// An empty accumulator for a layer with `d_a` inputs and `d_b` outputs.
    #[must_use]
    pub fn new(d_a: usize, d_b: usize) -> Self {
        Self {
            h_a: SideSums::new(d_a),
            g_b: SideSums::new(d_b),
            products: Array2::zeros((d_b, d_a)),
            product_squares: 0.0,
            subset: Subset::default(),
        }
    }

    /// How many samples it has seen.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.h_a.norms.count
    }

    /// Adds a block of paired samples. Of the block \\(h_a\\) and \\(g_b\\) are read; \\(h_b\\) and \\(g_a\\) follow from
    /// them by the weight, as the theory has it (a bias is left out).
    ///
    /// # Errors
    ///
    /// If the shapes do not fit, or a value is NaN or infinite. The accumulator is then as it was before.
    pub fn add<T: Element>(&mut self, block: &SampleBlock<'_, T>) -> Result<(), AlignmentError> {
        let (d_b, d_a) = self.products.dim();
        let n = block.h_a.nrows();
        let h_a = checked_rows("h_a", block.h_a, (n, d_a))?;
        let g_b = checked_rows("g_b", block.g_b, (n, d_b))?;
        general_mat_mul(1.0, &g_b.t(), &h_a, 1.0, &mut self.products);
        let [h, g] = [&h_a, &g_b].map(|rows| rows.map_axis(Axis(1), |row| row.dot(&row)));
        self.product_squares += h.dot(&g);
        self.subset.offer(self.samples(), &h_a, &g_b);
        self.h_a.add(h_a, &h, &g);
        self.g_b.add(g_b, &g, &h);
        Ok(())
    }

    /// Left less right of every equation at this weight, to be averaged over iterates.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish), but for numbers that overflow.
    pub fn deviations(
        &self,
        weight: ArrayView2<'_, f64>,
        sgd: &Sgd,
    ) -> Result<Deviations, AlignmentError> {
        let (weight, means) = self.checked(weight, sgd)?;
        let [a, b] = means.halves(&weight).map(|half| half.sides(sgd));
        Ok(Deviations {
            iterates: 1,
            mean_step: &means.products - &(&weight * sgd.weight_decay),
            h_b: b.output.deviation(),
            z_b: b.gram.deviation(),
            g_a: a.output.deviation(),
            z_a: a.gram.deviation(),
        })
    }

    /// The weight and the means of the samples so far.
    fn checked(
        &self,
        weight: ArrayView2<'_, f64>,
        sgd: &Sgd,
    ) -> Result<(Array2<f64>, Means), AlignmentError> {
        sgd.check()?;
        let (found, needed) = (self.samples(), 2);
        if found < needed {
            return Err(AlignmentError::TooFewSamples { found, needed });
        }
        let weight = checked_rows("the weight", weight, self.products.dim())?;
        self.h_a.check("h_a")?;
        self.g_b.check("g_b")?;
        let [h_a, weighted_h_a] = self.h_a.means();
        let [g_b, weighted_g_b] = self.g_b.means();
        let means = Means {
            sizes: [self.h_a.norms.mean, self.g_b.norms.mean],
            h_a,
            weighted_h_a,
            g_b,
            weighted_g_b,
            products: &self.products / found as f64,
        };
        Ok((weight, means))
    }

    /// The balance of the samples so far, for a layer with this weight, `[d_b, d_a]`, trained so.
    ///
    /// # Errors
    ///
    /// If there are fewer than 2 samples, a setting is not positive, the weight does not fit or is not finite, one of
    /// \\(W, h_a, g_b\\) is zero, \\(h_a\\) or \\(g_b\\) is so small that its fourth powers lose digits, or \\(W h_a\\) or \\(W^\top g_b\\) is for all samples, or a number overflows.
    pub fn finish(
        &self,
        weight: ArrayView2<'_, f64>,
        sgd: &Sgd,
    ) -> Result<Balance, AlignmentError> {
        let (weight, means) = self.checked(weight, sgd)?;
        let (found, mean, g_b) = (self.samples(), &means.products, &means.g_b);
        let [a, b] = means.halves(&weight);
        let self_averaging = SelfAveraging {
            variation_h_a: self.h_a.norms.variation(),
            variation_g_b: self.g_b.norms.variation(),
            weighted_g_b: b.self_averaging("g_b")?,
            weighted_h_a: a.self_averaging("h_a")?,
        };
        let decayed = &weight * sgd.weight_decay;
        let mean_stationarity = relative(mean, &decayed, "the weight")?;
        let variance = product_variance(self.product_squares / found as f64, mean, found);
        let mean_noise = (variance / found as f64 / square_sum(&decayed)).sqrt();
        let [kept_h, kept_g] = self.subset.rows(weight.ncols(), weight.nrows());
        let scale = scale(variance, &kept_h, &kept_g, found);
        let samples = |x, y| Samples { x, y, scale };
        let b = b.balance(sgd, &samples(kept_h.view(), kept_g.view()))?;
        let a = a.balance(sgd, &samples(kept_g.view(), kept_h.view()))?;
        let residuals = BalanceResiduals {
            h_b: b.output.residual,
            z_b: b.gram.residual,
            g_a: a.output.residual,
            z_a: a.gram.residual,
        };
        let noise = noise(mean_noise, &a, &b);
        Ok(Balance {
            residuals,
            noise,
            debiased: noise.map(|noise| without(mean_stationarity, &residuals, &noise)),
            residuals_against_z: Some(ResidualsAgainstGram {
                h_b: b.against_gram,
                g_a: a.against_gram,
            }),
            drift: WeightDrift {
                z_b: b.drift,
                z_a: a.drift,
            },
            mean_stationarity,
            self_averaging,
            h_b_constant: b.constant,
            g_a_constant: a.constant,
            trace_ratio: trace(g_b.view()) / weight.iter().map(|x| x * x).sum::<f64>(),
        })
    }
}

/// Means over samples, and what enters the equations of both sides.
struct Means {
    /// Of the squared norms of \\(h_a\\) and \\(g_b\\).
    sizes: [f64; 2],
    h_a: Array2<f64>,
    weighted_h_a: Array2<f64>,
    g_b: Array2<f64>,
    weighted_g_b: Array2<f64>,
    products: Array2<f64>,
}

impl Means {
    /// Of side a and of side b.
    fn halves<'a>(&'a self, weight: &'a Array2<f64>) -> [Half<'a>; 2] {
        let b = Half {
            names: ["H_b", "Z_b"],
            size: self.sizes[0],
            input: self.h_a.view(),
            gradient: self.g_b.view(),
            weighted: self.weighted_g_b.view(),
            mean: self.products.view(),
            weight: weight.view(),
        };
        let a = Half {
            names: ["G_a", "Z_a"],
            size: self.sizes[1],
            input: self.g_b.view(),
            gradient: self.h_a.view(),
            weighted: self.weighted_h_a.view(),
            mean: self.products.t(),
            weight: weight.t(),
        };
        [a, b]
    }
}

/// What the variances of a subset are multiplied with: the share of the variance of \\(g_b h_a^\top\\) that it misses, which
/// is known of all samples, over their number.
fn scale(variance: f64, h_a: &Array2<f64>, g_b: &Array2<f64>, samples: usize) -> f64 {
    let of_subset = product_variance_of(h_a, g_b);
    let missed = if h_a.nrows() < samples && of_subset > 0.0 {
        variance / of_subset
    } else {
        1.0
    };
    missed / samples as f64
}

/// `None` where one is not finite.
fn noise(mean_stationarity: f64, a: &HalfBalance, b: &HalfBalance) -> Option<BalanceLevels> {
    let levels = BalanceLevels {
        mean_stationarity,
        h_b: b.output.noise,
        z_b: b.gram.noise,
        g_a: a.output.noise,
        z_a: a.gram.noise,
    };
    let BalanceLevels {
        h_b, z_b, g_a, z_a, ..
    } = levels;
    [mean_stationarity, h_b, z_b, g_a, z_a]
        .iter()
        .all(|level| level.is_finite())
        .then_some(levels)
}

fn without(mean: f64, residuals: &BalanceResiduals, noise: &BalanceLevels) -> BalanceLevels {
    BalanceLevels {
        mean_stationarity: debiased(mean, noise.mean_stationarity),
        h_b: debiased(residuals.h_b, noise.h_b),
        z_b: debiased(residuals.z_b, noise.z_b),
        g_a: debiased(residuals.g_a, noise.g_a),
        z_a: debiased(residuals.z_a, noise.z_a),
    }
}

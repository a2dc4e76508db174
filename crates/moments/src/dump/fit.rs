//! Whether the weight of a dump and its samples belong together.
//!
//! In a linear layer \\(h_b - W h_a\\) is the bias, the same for every sample. Its covariance relative to that of
//! \\(h_b\\), \\(\sqrt{\operatorname{tr}\operatorname{cov}(h_b - W h_a) / \operatorname{tr}\operatorname{cov}(h_b)}\\), is
//! rounding in a sound dump: 2e-6 in single precision, 3e-4 in half (MEASURED). A weight that is transposed, an output that
//! was recorded after its activation, an input that was changed in place and an adapter beside the weight give 0.7 and more.

use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};
use serde::{Deserialize, Serialize};

use crate::SampleBlock;

/// A relative residual above this says that weight and samples do not belong together (OURS: far from both of what the
/// module's documentation says, and above what eight bits of mantissa leave).
pub const UNFIT: f64 = 0.03;

/// Samples on which a cause is looked for.
const PROBED: usize = 1024;

/// How far \\(h_b\\) is from \\(W h_a\\) plus a constant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LinearFit {
    /// \\(\sqrt{\operatorname{tr}\operatorname{cov}(h_b - W h_a) / \operatorname{tr}\operatorname{cov}(h_b)}\\), 0 if they
    /// fit, 1 if \\(W h_a\\) explains nothing.
    pub residual: f64,
    /// The likely cause of a residual above [`UNFIT`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<FitCause>,
}

/// Why outputs may not be those of the weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FitCause {
    /// They are those of its transpose.
    TransposedWeight,
    /// They are those of the weight, after a ReLU.
    AfterRelu,
    /// They are those of the weight, after a hyperbolic tangent.
    AfterTanh,
    /// They are those of the weight, after a logistic function.
    AfterSigmoid,
    /// None of these.
    Unknown,
}

impl FitCause {
    /// The cause in words, with what to do.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::TransposedWeight => "h_b fits the transposed weight; write weight.T",
            Self::AfterRelu => "h_b was recorded after its activation, a ReLU; record it before",
            Self::AfterTanh => "h_b was recorded after its activation, a tanh; record it before",
            Self::AfterSigmoid => {
                "h_b was recorded after its activation, a sigmoid; record it before"
            }
            Self::Unknown => {
                "h_a was changed in place, h_b was recorded after an activation, or the weight is wrapped (an adapter, a norm)"
            }
        }
    }
}

/// Collects [`LinearFit`] over blocks of samples. Memory: the weight, and a few rows.
#[derive(Debug, Clone)]
pub struct FitAccumulator {
    weight: Array2<f64>,
    samples: usize,
    residual: Spread,
    output: Spread,
    /// The first samples, `h_a` and `h_b`, until it is known that they fit.
    first: Option<[Array2<f64>; 2]>,
}

/// Sums about a first row, by column.
#[derive(Debug, Clone, Default)]
struct Spread {
    first: Array1<f64>,
    sums: Array1<f64>,
    squares: f64,
}

impl Spread {
    fn add(&mut self, rows: ArrayView2<'_, f64>) {
        if self.first.is_empty()
            && let Some(row) = rows.outer_iter().next()
        {
            self.first = row.to_owned();
            self.sums = Array1::zeros(row.len());
        }
        for row in rows.outer_iter() {
            let squares = &mut self.squares;
            Zip::from(&mut self.sums)
                .and(&self.first)
                .and(row)
                .for_each(|sum, first, x| {
                    let x = x - first;
                    *sum += x;
                    *squares += x * x;
                });
        }
    }

    /// The sum of squares about the mean.
    fn scatter(&self, samples: usize) -> f64 {
        (self.squares - self.sums.dot(&self.sums) / samples as f64).max(0.0)
    }
}

impl FitAccumulator {
    /// For a layer with this weight, `[d_b, d_a]`.
    #[must_use]
    pub fn new(weight: Array2<f64>) -> Self {
        Self {
            weight,
            samples: 0,
            residual: Spread::default(),
            output: Spread::default(),
            first: None,
        }
    }

    /// Adds the samples of a block of the layer.
    pub fn add(&mut self, block: &SampleBlock<'_, f64>) {
        let residual = &block.h_b - &block.h_a.dot(&self.weight.t());
        self.residual.add(residual.view());
        self.output.add(block.h_b);
        self.samples += block.h_b.nrows();
        self.first.get_or_insert_with(|| {
            [block.h_a, block.h_b].map(|rows| {
                let few = rows.nrows().min(PROBED);
                rows.split_at(Axis(0), few).0.to_owned()
            })
        });
    }

    /// What came of it; `None` where \\(h_b\\) is constant, or a number overflowed.
    #[must_use]
    pub fn finish(&self) -> Option<LinearFit> {
        let [residual, output] =
            [&self.residual, &self.output].map(|spread| spread.scatter(self.samples));
        let residual = (residual / output).sqrt();
        if output <= 0.0 || !residual.is_finite() {
            return None;
        }
        let cause = (residual > UNFIT).then(|| self.cause());
        Some(LinearFit { residual, cause })
    }

    fn cause(&self) -> FitCause {
        let Some([h_a, h_b]) = &self.first else {
            return FitCause::Unknown;
        };
        let square = self.weight.nrows() == self.weight.ncols();
        if square && explains(&h_a.dot(&self.weight), h_b, Some) {
            return FitCause::TransposedWeight;
        }
        let relu = |y: f64| (y > 0.0).then_some(y);
        let tanh = |y: f64| (y.abs() < 0.99).then(|| y.atanh());
        let sigmoid = |y: f64| (y > 0.01 && y < 0.99).then(|| (y / (1.0 - y)).ln());
        let within = |low: f64, high: f64| h_b.iter().all(|y| (low..=high).contains(y));
        let linear = h_a.dot(&self.weight.t());
        if within(0.0, f64::INFINITY) && explains(&linear, h_b, relu) {
            FitCause::AfterRelu
        } else if within(0.0, 1.0) && explains(&linear, h_b, sigmoid) {
            FitCause::AfterSigmoid
        } else if within(-1.0, 1.0) && explains(&linear, h_b, tanh) {
            FitCause::AfterTanh
        } else {
            FitCause::Unknown
        }
    }
}

/// Whether `h_b`, taken back through an activation where that is possible, is `linear` plus a constant a column.
fn explains(linear: &Array2<f64>, h_b: &Array2<f64>, back: impl Fn(f64) -> Option<f64>) -> bool {
    let (mut residual, mut output, mut count) = (0.0, 0.0, 0);
    for (linear, h_b) in linear.columns().into_iter().zip(h_b.columns()) {
        let pairs = h_b.iter().zip(linear);
        let known: Vec<(f64, f64)> = pairs
            .filter_map(|(y, x)| back(*y).map(|y| (y, y - x)))
            .collect();
        let n = known.len() as f64;
        if known.len() < 2 {
            continue;
        }
        let mean = |of: fn(&(f64, f64)) -> f64| known.iter().map(of).sum::<f64>() / n;
        let (y, r) = (mean(|pair| pair.0), mean(|pair| pair.1));
        output += known.iter().map(|pair| (pair.0 - y).powi(2)).sum::<f64>();
        residual += known.iter().map(|pair| (pair.1 - r).powi(2)).sum::<f64>();
        count += known.len();
    }
    // A few entries that can be taken back would be explained by the constants alone.
    count * 10 > h_b.len() && count > 4 * h_b.ncols() && residual < (UNFIT * UNFIT) * output
}

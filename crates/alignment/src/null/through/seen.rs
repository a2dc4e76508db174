//! The weight as a side sees it, and the level of a moment that is turned and carried through it.

use faer::{Accum, Mat, Par};
use formant_moments::{LayerMoments, Side};
use ndarray::{ArrayView2, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::standard_error;
use crate::ROUNDING;
use crate::decompose::Eigen;
use crate::haar::haar_columns;
use crate::null::{DRAWN_WIDTH, NullLevel, NullOptions};
use crate::spectrum::{leading_eigenvalues, smaller_side};

/// Spread of the numerator, relative to its mean, up to which \\(\alpha\\) is taken at means.
const NARROW: f64 = 0.1;

/// On sides up to this width the null is always drawn.
const ALWAYS_DRAWN: usize = 32;

/// Rotations up to a width of 64 and beyond, unless their number is requested.
const DRAWS: [usize; 2] = [100, 40];

/// Most eigenvalues of the turned moment that are drawn.
const LEADING: usize = 48;

/// Share of the trace of the turned moment, and of the squared norm of the weight's Gram matrix, that may be left to the
/// mean.
const REST: f64 = 1e-3;

/// The first of the streams of the generator that are these rotations.
const FIRST_STREAM: u64 = 1 << 33;

/// The weight as the output of a side sees it.
pub(super) struct Seen {
    /// \\(\lambda_i\\), the squared singular values, in descending order, at a largest one of 1.
    squares: Vec<f64>,
    /// \\(u_i = \langle u_i, 1\rangle\\), each up to its sign.
    ones: Vec<f64>,
    /// Width of the output and of the side that is turned.
    outputs: f64,
    inputs: usize,
}

pub(super) type Level = Option<(NullLevel, Option<f64>)>;

impl Seen {
    /// `None` if the weight is zero, or the output has one neuron.
    pub(super) fn new(layer: &LayerMoments, weight: &Eigen, output: Side) -> Option<Self> {
        let known = smaller_side(layer);
        let largest = weight.values.first().copied().filter(|x| *x > 0.0)?;
        let r = weight
            .values
            .iter()
            .filter(|x| **x > ROUNDING * largest)
            .count();
        // Sums over the neurons of the output, for each neuron of the other side.
        let (sums, outputs, inputs) = match output {
            Side::A => (layer.weight().sum_axis(Axis(1)), layer.d_a(), layer.d_b()),
            Side::B => (layer.weight().sum_axis(Axis(0)), layer.d_b(), layer.d_a()),
        };
        let ones = (0..r).map(|i| {
            let vector = weight.vectors.col(i).iter();
            if known == output {
                vector.sum()
            } else {
                let projected: f64 = vector.zip(&sums).map(|(v, sum)| v * sum).sum();
                projected / weight.values[i].sqrt()
            }
        });
        (outputs > 1).then(|| Self {
            squares: weight.values[..r].iter().map(|x| x / largest).collect(),
            ones: ones.collect(),
            outputs: outputs as f64,
            inputs,
        })
    }

    /// \\(\sum_i \lambda_i^p u_i^2\\).
    fn sum(&self, power: i32) -> f64 {
        let pairs = self.squares.iter().zip(&self.ones);
        pairs.map(|(square, u)| square.powi(power) * u * u).sum()
    }

    /// \\(\sum_i \lambda_i^p\\).
    fn trace(&self, power: i32) -> f64 {
        self.squares.iter().map(|square| square.powi(power)).sum()
    }

    /// \\(\sum_{ij} (Z_{ij} - \bar Z)^2\\).
    fn scatter(&self) -> f64 {
        self.trace(2) - (self.sum(1) / self.outputs).powi(2)
    }

    /// With each moment turned at random; they share the rotations.
    pub(super) fn levels(
        &self,
        moments: [Option<ArrayView2<'_, f64>>; 3],
        options: NullOptions,
    ) -> [Level; 3] {
        let plans = moments.map(|moment| self.plan(moment?));
        let mut samples = self.sample(&plans, options).into_iter();
        plans.each_ref().map(|plan| match plan {
            None => None,
            Some(Plan::Known(level)) => Some((*level, None)),
            Some(Plan::Draw(_)) => {
                let values = samples.next()?;
                let error = standard_error(&values);
                Some((NullLevel::of(values), error))
            }
        })
    }

    /// How the level of a moment is found; `None` where there is none.
    fn plan(&self, moment: ArrayView2<'_, f64>) -> Option<Plan> {
        let largest = moment.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
        if largest == 0.0 || self.scatter() <= ROUNDING * self.trace(2) {
            return None;
        }
        let trace = moment.diag().sum() / largest;
        let square = moment.iter().map(|x| (x / largest).powi(2)).sum::<f64>();
        let (level, spread) = self.at_means(trace, square);
        if spread <= NARROW && self.inputs > ALWAYS_DRAWN {
            return Some(Plan::Known(level));
        }
        Leading::new(moment, largest, trace).map(Plan::Draw)
    }

    /// The level at the means of numerator and denominator, and how far the numerator spreads relative to its mean.
    /// `t1`, `t2`: trace and squared norm of the turned moment \\(M\\).
    ///
    /// With \\(E\[X_{ij} X_{kl}\] = p\\,\delta_{ij}\delta_{kl} + q\\,(\delta_{ik}\delta_{jl} + \delta_{il}\delta_{jk})\\).
    fn at_means(&self, t1: f64, t2: f64) -> (NullLevel, f64) {
        let d = self.inputs as f64;
        let mean_entry = self.sum(1) / self.outputs.powi(2);
        let trace = self.trace(2) - mean_entry * self.sum(1);
        let square =
            self.trace(4) - 2.0 * mean_entry * self.sum(3) + (mean_entry * self.sum(1)).powi(2);
        let (p, q) = if self.inputs > 1 {
            let all = d * (d - 1.0) * (d + 2.0);
            (
                ((d + 1.0) * t1 * t1 - 2.0 * t2) / all,
                (d * t2 - t1 * t1) / all,
            )
        } else {
            (t1 * t1 / 3.0, t1 * t1 / 3.0)
        };
        let norm = (p + q) * self.trace(2) + q * self.trace(1).powi(2);
        let scatter = norm - (p + 2.0 * q) * (self.sum(1) / self.outputs).powi(2);
        let numerator = t1 * trace / d;
        let free = |square: f64, trace: f64| (square - trace * trace / d).max(0.0);
        let variance = 2.0 * free(square, trace) * free(t2, t1) / ((d - 1.0).max(1.0) * (d + 2.0));
        let mean = numerator / (scatter * self.scatter()).sqrt();
        let level = NullLevel {
            mean: mean.is_finite().then(|| mean.clamp(-1.0, 1.0)),
            q95: None,
        };
        (level, variance.sqrt() / numerator)
    }

    /// A sample of \\(\alpha\\) for each plan that needs one.
    fn sample(&self, plans: &[Option<Plan>; 3], options: NullOptions) -> Vec<Vec<f64>> {
        let spectra: Vec<&Leading> = plans
            .iter()
            .filter_map(|plan| match plan {
                Some(Plan::Draw(leading)) => Some(leading),
                _ => None,
            })
            .collect();
        let Some(columns) = spectra.iter().map(|leading| leading.values.len()).max() else {
            return Vec::new();
        };
        let draws = options
            .draws
            .unwrap_or(DRAWS[usize::from(self.inputs > DRAWN_WIDTH)]);
        let kept = self.kept();
        let mut samples = vec![Vec::with_capacity(draws); spectra.len()];
        for draw in 0..draws as u64 {
            let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
            rng.set_stream(FIRST_STREAM + draw);
            let rotation = kept.rotation(&mut rng, columns);
            for (sample, leading) in samples.iter_mut().zip(&spectra) {
                sample.push(kept.correlation(&rotation, leading));
            }
        }
        samples
    }

    /// Without the smallest singular values, which add nothing to norms.
    fn kept(&self) -> Self {
        let whole = self.trace(2);
        let mut left = whole;
        let small = |square: &&f64| {
            left -= **square * **square;
            left > REST * REST * whole
        };
        let r = (self.squares.iter().take_while(small).count() + 1).min(self.squares.len());
        Self {
            squares: self.squares[..r].to_vec(),
            ones: self.ones[..r].to_vec(),
            ..*self
        }
    }

    /// Rows of a rotation along the singular vectors, columns along the leading eigenvectors of what is turned.
    fn rotation(&self, rng: &mut ChaCha8Rng, columns: usize) -> Mat<f64> {
        let (r, d) = (self.squares.len(), self.inputs);
        if columns <= r {
            return haar_columns(rng, d, columns);
        }
        // These come up to their signs, which do not matter for columns, but do for rows.
        let rows = haar_columns(rng, d, r);
        let signs: Vec<f64> = (0..r)
            .map(|_| if rng.random::<bool>() { 1.0 } else { -1.0 })
            .collect();
        Mat::from_fn(r, columns, |i, j| signs[i] * rows[(j, i)])
    }

    /// One draw of \\(\alpha\\).
    fn correlation(&self, rotation: &Mat<f64>, Leading { values, rest }: &Leading) -> f64 {
        let (r, k, rest) = (self.squares.len(), values.len(), *rest);
        let half = Mat::from_fn(r, k, |i, j| {
            rotation[(i, j)] * (self.squares[i] * (values[j] - rest).max(0.0)).sqrt()
        });
        let (square, sum) = (self.trace(2), self.sum(1));
        let rows = self.squares.iter().enumerate();
        let drawn: f64 = rows
            .map(|(i, square)| square * half.row(i).squared_norm_l2())
            .sum();
        let inner = drawn + rest * square;
        let norm = gram_square(&half) + 2.0 * rest * drawn + rest * rest * square;
        let mut entries = rest * sum;
        for j in 0..k {
            let column = half.col(j).iter().zip(&self.ones);
            entries += column.map(|(x, u)| x * u).sum::<f64>().powi(2);
        }
        let count = self.outputs.powi(2);
        let covariance = inner - entries * sum / count;
        let scatter = (norm - entries * entries / count) * self.scatter();
        if scatter > 0.0 {
            (covariance / scatter.sqrt()).clamp(-1.0, 1.0)
        } else {
            1.0
        }
    }
}

/// \\(\lVert A A^\top\rVert_F^2\\), by the smaller Gram matrix.
fn gram_square(half: &Mat<f64>) -> f64 {
    let (r, k) = half.shape();
    let n = r.min(k);
    let (left, right) = if r <= k {
        (half.as_ref(), half.transpose())
    } else {
        (half.transpose(), half.as_ref())
    };
    let mut gram = Mat::zeros(n, n);
    faer::linalg::matmul::matmul(gram.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    gram.squared_norm_l2()
}

/// How the level of a moment is found.
enum Plan {
    Known(NullLevel),
    Draw(Leading),
}

/// The leading eigenvalues of a moment over its largest entry, and the mean of the others.
struct Leading {
    values: Vec<f64>,
    rest: f64,
}

impl Leading {
    /// `trace`: over the largest entry, too.
    fn new(moment: ArrayView2<'_, f64>, largest: f64, trace: f64) -> Option<Self> {
        let d = moment.nrows();
        let mut values = leading_eigenvalues(moment, LEADING).ok()?;
        values
            .iter_mut()
            .for_each(|value| *value = (*value / largest).max(0.0));
        let mut left = trace;
        let enough = values.iter().position(|value| {
            left -= value;
            left <= REST * trace
        });
        values.truncate(enough.map_or(values.len(), |at| at + 1));
        let others = d - values.len();
        let rest = (trace - values.iter().sum::<f64>()).max(0.0) / others.max(1) as f64;
        Some(Self { values, rest })
    }
}

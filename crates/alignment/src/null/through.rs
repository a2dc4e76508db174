//! The null of the two relations that share the weight between their matrices: RWA on side b, GWA on side a.
//!
//! \\(H_b = W H_a W^\top\\) and \\(Z_b = W W^\top\\) both contain \\(W\\), so that they correlate in an untrained network, and turning
//! one of them as a whole destroys what no training made. Here the moment on the **other** side of the map is turned
//! instead, and carried through the weight:
//!
//! \\[ \alpha(W Q H_a Q^\top W^\top, \\; W W^\top), \qquad \alpha(W^\top Q G_b Q^\top W, \\; W^\top W) \\]
//!
//! over Haar-random \\(Q\\): what the relation would be if inputs (gradients) had the spectrum that they have, and nothing
//! to do with the weight. For [`Variant::Normalized`] the moment of unit inputs is carried through; that the outputs are
//! at unit norm is not, because moments do not determine it: an approximation that is exact where all inputs are
//! stretched alike.
//!
//! With \\(W = U S V^\top\\), \\(\lambda_i = s_i^2\\), \\(u = U^\top 1\\) and \\(X = V^\top Q M Q^\top V\\), the carried matrix is
//! \\(S X S\\) in the basis \\(U\\), its product with \\(W W^\top\\) \\(\sum_i \lambda_i^2 X_{ii}\\) and its entry sum
//! \\((S u)^\top X (S u)\\) (DERIVED). The mean over \\(Q\\) of the numerator of \\(\alpha\\) and of the square of its
//! denominator are known; where the numerator spreads by less than a tenth, \\(\alpha\\) is taken at those means, with the
//! quantile of a normal distribution. Elsewhere it is drawn, from the leading eigenvalues of \\(M\\) (the others are
//! replaced by their mean) and of \\(W W^\top\\).

use faer::{Accum, Mat, Par};
use formant_moments::{LayerMoments, Side, Variant};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::closed::NORMAL_Q95;
use super::{NullLevel, NullOptions};
use crate::decompose::Eigen;
use crate::haar::haar_columns;
use crate::relation::SideMatrices;
use crate::spectrum::{leading_eigenvalues, smaller_side};
use crate::{AlignmentError, ByVariant, Matrix, ROUNDING, Relation, SideRelation, Threads};

/// Spread of the numerator, relative to its mean, up to which \\(\alpha\\) is taken at means.
const NARROW: f64 = 0.1;

/// On sides up to this width the null is always drawn.
const ALWAYS_DRAWN: usize = 32;

/// Rotations, unless their number is requested.
const DRAWS: usize = 100;

/// Most eigenvalues of the turned moment that are drawn.
const LEADING: usize = 48;

/// Share of the trace of the turned moment, and of the squared norm of the weight's Gram matrix, that may be left to the
/// mean.
const REST: f64 = 1e-3;

/// The first of the streams of the generator that are these rotations.
const FIRST_STREAM: u64 = 1 << 33;

/// A value for each of the two relations that share the weight between their matrices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ThroughWeight<T> {
    /// \\(G_a = W^\top G_b W\\) and \\(Z_a = W^\top W\\).
    pub a_gwa: T,
    /// \\(H_b = W H_a W^\top\\) and \\(Z_b = W W^\top\\).
    pub b_rwa: T,
}

impl<T> ThroughWeight<T> {
    /// The two relations.
    pub const RELATIONS: [SideRelation; 2] = [
        SideRelation::new(Side::A, Relation::Gwa),
        SideRelation::new(Side::B, Relation::Rwa),
    ];

    /// The value of a relation; `None` for the other four.
    pub fn get(&self, side: Side, relation: Relation) -> Option<&T> {
        match (side, relation) {
            (Side::A, Relation::Gwa) => Some(&self.a_gwa),
            (Side::B, Relation::Rwa) => Some(&self.b_rwa),
            _ => None,
        }
    }
}

/// The null of the two relations in each variant, and the standard error of its mean where it was drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NullThroughWeight {
    /// Mean and quantile.
    pub levels: ThroughWeight<ByVariant<NullLevel>>,
    /// Monte Carlo error of the mean; `None` where nothing was drawn.
    pub errors: ThroughWeight<ByVariant<Option<f64>>>,
}

/// The weight as the output of a side sees it.
struct Seen {
    /// \\(\lambda_i\\), the squared singular values, in descending order, at a largest one of 1.
    squares: Vec<f64>,
    /// \\(u_i = \langle u_i, 1\rangle\\), each up to its sign.
    ones: Vec<f64>,
    /// Width of the output and of the side that is turned.
    outputs: f64,
    inputs: usize,
}

/// The null of both relations. `weight`: the decomposed Gram matrix of the smaller side; side a, side b.
///
/// # Errors
///
/// If there are fewer than 2 draws.
pub(crate) fn nulls_through_weight(
    layer: &LayerMoments,
    weight: &Eigen,
    [a, b]: &[SideMatrices; 2],
    options: NullOptions,
    threads: Threads,
) -> Result<NullThroughWeight, AlignmentError> {
    if let Some(found @ ..2) = options.draws {
        return Err(AlignmentError::TooFewDraws { found });
    }
    let both = [
        (Side::A, Relation::Gwa, a, b, Matrix::G),
        (Side::B, Relation::Rwa, b, a, Matrix::H),
    ];
    let levels = threads.map(&both, |&(side, relation, output, input, moment)| {
        let seen = Seen::new(layer, weight, side);
        Variant::ALL.map(|variant| {
            // Without a value there is no null.
            let defined = output.compare(crate::Comparison::Pearson, relation, variant);
            let seen = seen.as_ref().filter(|_| defined.is_ok())?;
            seen.level(input.get(moment, variant), options)
        })
    });
    let at = |which: usize, variant: Variant| {
        let place = Variant::ALL.iter().position(|other| *other == variant);
        let found = place.and_then(|place| levels.get(which)?[place]);
        found.unwrap_or_default()
    };
    let level = |which| ByVariant::from_fn(|variant| at(which, variant).0);
    let error = |which| ByVariant::from_fn(|variant| at(which, variant).1);
    Ok(NullThroughWeight {
        levels: ThroughWeight {
            a_gwa: level(0),
            b_rwa: level(1),
        },
        errors: ThroughWeight {
            a_gwa: error(0),
            b_rwa: error(1),
        },
    })
}

type Level = Option<(NullLevel, Option<f64>)>;

impl Seen {
    /// `None` if the weight is zero, or the output has one neuron.
    fn new(layer: &LayerMoments, weight: &Eigen, output: Side) -> Option<Self> {
        let known = smaller_side(layer);
        let largest = weight.values.first().copied().filter(|x| *x > 0.0)?;
        let r = weight
            .values
            .iter()
            .filter(|x| **x > ROUNDING * largest)
            .count();
        // Sums over the neurons of the output, for each neuron of the other side.
        let (sums, outputs, inputs) = match output {
            Side::A => (
                layer.weight().sum_axis(ndarray::Axis(1)),
                layer.d_a(),
                layer.d_b(),
            ),
            Side::B => (
                layer.weight().sum_axis(ndarray::Axis(0)),
                layer.d_b(),
                layer.d_a(),
            ),
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

    /// With a moment turned at random.
    fn level(&self, moment: ArrayView2<'_, f64>, options: NullOptions) -> Level {
        let largest = moment.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
        if largest == 0.0 || self.scatter() <= ROUNDING * self.trace(2) {
            return None;
        }
        let trace = moment.diag().sum() / largest;
        let square = moment.iter().map(|x| (x / largest).powi(2)).sum::<f64>();
        let (level, spread) = self.at_means(trace, square);
        if spread <= NARROW && self.inputs > ALWAYS_DRAWN {
            return Some((level, None));
        }
        let (leading, rest) = leading(moment, largest, trace)?;
        Some(self.drawn(&leading, rest, options))
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
        let denominator = (scatter * self.scatter()).sqrt();
        let [mean, deviation] = [numerator, variance.sqrt()].map(|x| x / denominator);
        let number = |x: f64| x.is_finite().then(|| x.clamp(-1.0, 1.0));
        let level = NullLevel {
            mean: number(mean),
            q95: number(mean + NORMAL_Q95 * deviation),
        };
        (level, variance.sqrt() / numerator)
    }

    /// A sample's level and the standard error of its mean. `rest`: the mean of the eigenvalues that are not among
    /// `leading`.
    fn drawn(&self, leading: &[f64], rest: f64, options: NullOptions) -> (NullLevel, Option<f64>) {
        let draws = options.draws.unwrap_or(DRAWS);
        let kept = self.kept();
        let values: Vec<f64> = (0..draws as u64)
            .map(|draw| {
                let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
                rng.set_stream(FIRST_STREAM + draw);
                kept.correlation(&mut rng, leading, rest)
            })
            .collect();
        let error = standard_error(&values);
        (NullLevel::of(values), error)
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

    /// One draw of \\(\alpha\\).
    fn correlation(&self, rng: &mut ChaCha8Rng, leading: &[f64], rest: f64) -> f64 {
        let (r, k, d) = (self.squares.len(), leading.len(), self.inputs);
        // Rows of a rotation along the singular vectors, columns along the leading eigenvectors.
        let rotation = if k <= r {
            haar_columns(rng, d, k)
        } else {
            haar_columns(rng, d, r).transpose().to_owned()
        };
        let half = Mat::from_fn(r, k, |i, j| {
            rotation[(i, j)] * (self.squares[i] * (leading[j] - rest).max(0.0)).sqrt()
        });
        let [mut inner, mut mixed] = [0.0; 2];
        for i in 0..r {
            let own = half.row(i).squared_norm_l2();
            inner += self.squares[i] * own;
            mixed += self.squares[i] * own;
        }
        let (square, sum) = (self.trace(2), self.sum(1));
        inner += rest * square;
        let norm = gram_square(&half) + 2.0 * rest * mixed + rest * rest * square;
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

/// The leading eigenvalues of a moment over its largest entry, and the mean of the others.
fn leading(moment: ArrayView2<'_, f64>, largest: f64, trace: f64) -> Option<(Vec<f64>, f64)> {
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
    let rest = if others > 0 {
        (trace - values.iter().sum::<f64>()).max(0.0) / others as f64
    } else {
        0.0
    };
    Some((values, rest))
}

/// Standard deviation of a sample over the root of its size.
pub(crate) fn standard_error(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    (values.len() > 1).then(|| (square / (n - 1.0) / n).sqrt())
}

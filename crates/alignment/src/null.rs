//! What \\(\alpha\\) would be if the eigenvectors of the two matrices had nothing to do with each other.
//!
//! The null keeps both spectra and turns the second matrix by a Haar-random \\(Q\\). Two positive semi-definite
//! matrices correlate above zero even then, by their diagonals alone, so that an \\(\alpha\\) means little without it.
//!
//! No matrix is ever turned. With \\(A = U \Lambda_A U^\top\\), \\(B = V \Lambda_B V^\top\\), the matrix
//! \\(R = U^\top Q V\\) is Haar too, and with \\(u = U^\top 1\\) (DERIVED)
//!
//! \\[ \langle A, Q B Q^\top\rangle_F = \lambda_A^\top (R \circ R) \lambda_B, \qquad
//!     1^\top Q B Q^\top 1 = \sum_j \lambda_{B,j} \left((R^\top u)_j\right)^2, \\]
//!
//! which with \\(\lVert A\rVert_F, \lVert B\rVert_F\\) and the entry sum of \\(A\\) is all that a Pearson correlation
//! over entries needs. One \\(R\\) serves all relations of all sides of one width.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use formant_moments::{LayerMoments, Side, Variant};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::haar::haar_columns;
use crate::relation::matrix_of;
use crate::spectrum::{OnesMeasure, eigenvalues, ones_measure, weight_spectrum};
use crate::{AlignmentError, ByRelation, Matrix, Relation};

/// Eigenvalues of the turned matrix below this share of the largest one in magnitude are left out, with the columns
/// of \\(R\\) that they would need: \\(\alpha\\) changes by about as much as rounding changes it.
const NEGLIGIBLE: f64 = 1e-14;

/// Variance of the entries relative to their mean square, at or below which they count as constant.
const CONSTANT: f64 = 1e-12;

/// How many random rotations, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NullOptions {
    /// Number of rotations, at least 2. `None`: 100 up to a width of 512, and 20 beyond, where the null is so narrow
    /// (its spread falls like 1/d) that its quantile hardly depends on their number.
    pub draws: Option<usize>,
    /// Seed of the rotations: draw `k` is stream `k` of a ChaCha8 generator with this seed.
    pub seed: u64,
}

impl NullOptions {
    /// How many rotations are drawn for matrices of width `d`.
    #[must_use]
    pub fn draws_for(&self, d: usize) -> usize {
        self.draws.unwrap_or(if d <= 512 { 100 } else { 20 })
    }
}

/// Mean and 95 % quantile of a null. `None` where the correlation is undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NullLevel {
    /// Mean over the draws.
    pub mean: Option<f64>,
    /// 95 % quantile of the draws, interpolated linearly between order statistics.
    pub q95: Option<f64>,
}

impl NullLevel {
    /// Of a sample of values; both `None` if it is empty.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else {
            return Self::default();
        };
        let at = 0.95 * last as f64;
        let (below, above) = (values[at as usize], values[last.min(at as usize + 1)]);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Self {
            mean: Some(mean),
            q95: Some(below + at.fract() * (above - below)),
        }
    }
}

/// A sample of \\(\alpha(A, Q B Q^\top)\\) for Haar-random \\(Q\\), one value a draw; `a` and `b` are symmetric.
///
/// # Errors
///
/// If the shapes differ, a matrix is not symmetric or not finite, the entries of `a` are constant, `b` is zero, or
/// there are fewer than 2 draws.
pub fn rotation_null(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    options: NullOptions,
) -> Result<Vec<f64>, AlignmentError> {
    if a.dim() != b.dim() {
        let (left, right) = (a.dim().into(), b.dim().into());
        return Err(AlignmentError::ShapeMismatch { left, right });
    }
    let still = Still::new(&ones_measure(a)?)?;
    let turned = Turned::new(&eigenvalues(b)?)?;
    let mut nulls = sample(a.nrows(), &[still], &[turned], &[(0, 0)], options)?;
    Ok(nulls.pop().unwrap_or_default())
}

/// The null of each of a layer's six relations, for [`Variant::Normalized`], the paper's choice. The matrix that a
/// relation names first stands still, the second one is turned. A relation whose correlation is undefined has none.
///
/// # Errors
///
/// If there are fewer than 2 draws, or a decomposition does not converge.
pub fn relation_nulls(
    layer: &LayerMoments,
    options: NullOptions,
) -> Result<ByRelation<NullLevel>, AlignmentError> {
    nulls_given_weight(layer, &weight_spectrum(layer)?, options)
}

/// [`relation_nulls`] with the eigenvalues of \\(Z\\) at hand.
pub(crate) fn nulls_given_weight(
    layer: &LayerMoments,
    weight: &[f64],
    options: NullOptions,
) -> Result<ByRelation<NullLevel>, AlignmentError> {
    let sides = Side::ALL.map(|side| SideSpectra::new(layer, side, weight));
    let [a, b] = sides;
    let (a, b) = (a?, b?);
    let [on_a, on_b] = if a.d == b.d {
        let mut both = side_nulls(&[&a, &b], options)?;
        let last = both.pop().unwrap_or_default();
        [both.pop().unwrap_or_default(), last]
    } else {
        let one = |side| Ok(side_nulls(&[side], options)?.pop().unwrap_or_default());
        [one(&a)?, one(&b)?]
    };
    Ok(ByRelation::from_fn(|side, relation| {
        let levels = if side == Side::A { on_a } else { on_b };
        Relation::ALL
            .iter()
            .position(|r| *r == relation)
            .map_or_else(NullLevel::default, |at| levels[at])
    }))
}

/// What the nulls of one side need; `None` where a matrix has no defined correlation.
struct SideSpectra {
    d: usize,
    h: Option<Still>,
    g_still: Option<Still>,
    g_turned: Option<Turned>,
    z: Option<Turned>,
}

impl SideSpectra {
    fn new(layer: &LayerMoments, side: Side, weight: &[f64]) -> Result<Self, AlignmentError> {
        let measure =
            |matrix| ones_measure(matrix_of(layer, side, matrix, Variant::Normalized).view());
        let (h, g) = (measure(Matrix::H)?, measure(Matrix::G)?);
        Ok(Self {
            d: layer.d(side),
            h: Still::new(&h).ok(),
            g_still: Still::new(&g).ok(),
            g_turned: Turned::new(&g.values).ok(),
            z: Turned::new(weight).ok(),
        })
    }

    fn pair(&self, relation: Relation) -> Option<(&Still, &Turned)> {
        match relation {
            Relation::Rga => self.h.as_ref().zip(self.g_turned.as_ref()),
            Relation::Rwa => self.h.as_ref().zip(self.z.as_ref()),
            Relation::Gwa => self.g_still.as_ref().zip(self.z.as_ref()),
        }
    }
}

/// Levels of the three relations of some sides of one width, with the same rotations.
fn side_nulls(
    sides: &[&SideSpectra],
    options: NullOptions,
) -> Result<Vec<[NullLevel; 3]>, AlignmentError> {
    let (mut still, mut turned, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    let mut places = Vec::new();
    for (index, side) in sides.iter().enumerate() {
        for (at, relation) in Relation::ALL.into_iter().enumerate() {
            if let Some((a, b)) = side.pair(relation) {
                pairs.push((place(&mut still, a), place(&mut turned, b)));
                places.push((index, at));
            }
        }
    }
    let d = sides.first().map_or(0, |side| side.d);
    let samples = sample(d, &still, &turned, &pairs, options)?;
    let mut levels = vec![[NullLevel::default(); 3]; sides.len()];
    for ((side, relation), values) in places.into_iter().zip(samples) {
        levels[side][relation] = NullLevel::of(values);
    }
    Ok(levels)
}

/// The index of a spectrum in a list, where it is put if it is not there yet.
fn place<T: Clone + PartialEq>(list: &mut Vec<T>, item: &T) -> usize {
    list.iter()
        .position(|there| there == item)
        .unwrap_or_else(|| {
            list.push(item.clone());
            list.len() - 1
        })
}

/// The matrix that stands still, scaled to a largest eigenvalue of 1 in magnitude.
#[derive(Debug, Clone, PartialEq)]
struct Still {
    values: Vec<f64>,
    ones: Vec<f64>,
    /// \\(1^\top A 1\\).
    sum: f64,
    /// \\(\sum_{ij} (A_{ij} - \bar A)^2\\).
    scatter: f64,
}

impl Still {
    fn new(measure: &OnesMeasure) -> Result<Self, AlignmentError> {
        let values = scaled(&measure.values)?;
        let entries = (values.len() as f64).powi(2);
        let sum: f64 = values
            .iter()
            .zip(&measure.ones)
            .map(|(value, u)| value * u * u)
            .sum();
        let square = norm_squared(&values);
        let scatter = square - sum * sum / entries;
        if scatter <= CONSTANT * square {
            let deviation = (scatter.max(0.0) / square).sqrt();
            return Err(AlignmentError::Constant {
                which: "first",
                deviation,
            });
        }
        Ok(Self {
            values,
            ones: measure.ones.clone(),
            sum,
            scatter,
        })
    }
}

/// The matrix that is turned: the eigenvalues that matter, scaled to a largest one of 1 in magnitude.
#[derive(Debug, Clone, PartialEq)]
struct Turned {
    values: Vec<f64>,
    square: f64,
}

impl Turned {
    fn new(eigenvalues: &[f64]) -> Result<Self, AlignmentError> {
        let mut values = scaled(eigenvalues)?;
        values.retain(|value| value.abs() > NEGLIGIBLE);
        let square = norm_squared(&values);
        Ok(Self { values, square })
    }
}

fn scaled(eigenvalues: &[f64]) -> Result<Vec<f64>, AlignmentError> {
    let largest = eigenvalues.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if largest == 0.0 {
        return Err(AlignmentError::Zero {
            what: "the spectrum",
        });
    }
    Ok(eigenvalues.iter().map(|x| x / largest).collect())
}

fn norm_squared(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum()
}

/// For each pair `(still, turned)` one correlation a draw.
fn sample(
    d: usize,
    still: &[Still],
    turned: &[Turned],
    pairs: &[(usize, usize)],
    options: NullOptions,
) -> Result<Vec<Vec<f64>>, AlignmentError> {
    let draws = options.draws_for(d);
    if draws < 2 {
        return Err(AlignmentError::TooFewDraws { found: draws });
    }
    let columns = turned.iter().map(|b| b.values.len()).max().unwrap_or(0);
    let spectra_a = Mat::from_fn(still.len(), d, |a, i| still[a].values[i]);
    let ones_a = Mat::from_fn(still.len(), d, |a, i| still[a].ones[i]);
    let spectra_b = Mat::from_fn(columns, turned.len(), |j, b| {
        turned[b].values.get(j).copied().unwrap_or(0.0)
    });
    let mut samples = vec![Vec::with_capacity(draws); pairs.len()];
    for draw in 0..draws {
        let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
        rng.set_stream(draw as u64);
        let rotation = haar_columns(&mut rng, d, columns);
        let statistics = Turn::new(rotation, &spectra_a, &ones_a, &spectra_b);
        for (values, &(a, b)) in samples.iter_mut().zip(pairs) {
            values.push(statistics.correlation(d, (a, &still[a]), (b, &turned[b])));
        }
    }
    Ok(samples)
}

/// What one rotation makes of every pair: `[still, turned]`.
struct Turn {
    /// \\(\langle A, Q B Q^\top\rangle_F\\).
    inner: Mat<f64>,
    /// \\(1^\top Q B Q^\top 1\\) in the eigenbasis of A.
    sums: Mat<f64>,
}

impl Turn {
    fn new(
        mut rotation: Mat<f64>,
        spectra_a: &Mat<f64>,
        ones_a: &Mat<f64>,
        spectra_b: &Mat<f64>,
    ) -> Self {
        let mut projections = product(ones_a, &rotation);
        square(&mut projections);
        square(&mut rotation);
        let weighted = product(&rotation, spectra_b);
        Self {
            inner: product(spectra_a, &weighted),
            sums: product(&projections, spectra_b),
        }
    }

    fn correlation(
        &self,
        d: usize,
        (a, still): (usize, &Still),
        (b, turned): (usize, &Turned),
    ) -> f64 {
        let (inner, sum, entries) = (self.inner[(a, b)], self.sums[(a, b)], (d as f64).powi(2));
        let covariance = inner - still.sum * sum / entries;
        let scatter = turned.square - sum * sum / entries;
        (covariance / (still.scatter * scatter).sqrt()).clamp(-1.0, 1.0)
    }
}

fn product(left: &Mat<f64>, right: &Mat<f64>) -> Mat<f64> {
    let mut out = Mat::zeros(left.nrows(), right.ncols());
    matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    out
}

fn square(matrix: &mut Mat<f64>) {
    for column in matrix.as_mut().col_iter_mut() {
        column.iter_mut().for_each(|x| *x *= *x);
    }
}

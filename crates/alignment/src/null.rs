//! What \\(\alpha\\) would be if the eigenvectors of the two matrices had nothing to do with each other.
//!
//! The null keeps both spectra and turns the second matrix by a Haar-random \\(Q\\). Two positive semi-definite
//! matrices correlate above zero even then, by their diagonals alone, so that an \\(\alpha\\) means little without it.

use formant_moments::{LayerMoments, Side, Variant};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::relation::matrix_of;
use crate::spectrum::{eigenvalues, ones_measure, weight_spectrum};
use crate::turn::{Still, Turned, sample};
use crate::{AlignmentError, ByRelation, Matrix, Relation};

/// How many random rotations, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NullOptions {
    /// Number of rotations, at least 2. `None`: 100 up to a width of 512, and 20 beyond, where the null is so narrow
    /// (DERIVED: its spread is about √2/d) that its quantile hardly depends on their number.
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

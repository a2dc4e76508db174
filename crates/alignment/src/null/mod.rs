//! What \\(\alpha\\) would be if the eigenvectors of the two matrices had nothing to do with each other.
//!
//! The null keeps both spectra and turns the second matrix by a Haar-random \\(Q\\). Two positive semi-definite
//! matrices correlate above zero even then, by their diagonals alone, so that an \\(\alpha\\) means little without it.

use formant_moments::{LayerMoments, Side, Variant};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::relation::matrix_of;
use crate::spectrum::{OnesMeasure, eigenvalues, ones_measure, weight_spectrum};
use crate::turn::{Job, Still, Turned, sample};
use crate::{AlignmentError, ByRelation, Matrix, Relation, Threads};
pub(crate) use permutation::permutation_levels;
pub use permutation::{permutation_mean, permutation_null, relation_permutation_nulls};

mod permutation;

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

/// An \\(\alpha\\) on the scale of its null,
///
/// \\[ \frac{\alpha - \alpha_0}{1 - \alpha_0}, \\]
///
/// with \\(\alpha_0\\) the mean of the null: 1 for perfect alignment, 0 at the level of the null, negative below it,
/// never above 1. `None` where a number is not finite, or \\(\alpha_0\\) is 1 to 1e-9, so that every pair of matrices
/// with these spectra (or these entries) is perfectly aligned.
#[must_use]
pub fn calibrated(alpha: f64, null_mean: f64) -> Option<f64> {
    let room = 1.0 - null_mean;
    let value = (alpha - null_mean) / room;
    (room > 1e-9 && value.is_finite()).then_some(value)
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
    let job = Job {
        d: a.nrows(),
        still: vec![still],
        turned: vec![turned],
        pairs: vec![(0, 0)],
    };
    Ok(sample(&[job], options, Threads::One)?
        .into_iter()
        .flatten()
        .next()
        .unwrap_or_default())
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
    let matrix = |side, matrix| matrix_of(layer, side, matrix, Variant::Normalized);
    let sides = Side::ALL.map(|side| [Matrix::H, Matrix::G].map(|m| matrix(side, m)));
    let [a, b] = sides
        .each_ref()
        .map(|side| side.each_ref().map(|m| m.view()));
    let measures = layer_measures(a, b, Threads::One)?;
    let spectra = LayerSpectra::new(&measures, &weight_spectrum(layer)?);
    Ok(nulls_of_spectra(&[spectra], options, Threads::One)?
        .pop()
        .unwrap_or_default())
}

/// \\(H\\) and \\(G\\) of side a, and of side b.
pub(crate) type LayerMeasures = [[OnesMeasure; 2]; 2];

/// `a`, `b`: \\(H\\) and \\(G\\) of each side, normalized.
pub(crate) fn layer_measures(
    a: [ArrayView2<'_, f64>; 2],
    b: [ArrayView2<'_, f64>; 2],
    threads: Threads,
) -> Result<LayerMeasures, AlignmentError> {
    let side = |[h, g]: [ArrayView2<'_, f64>; 2]| {
        let (h, g) = threads.join(|| ones_measure(h), || ones_measure(g));
        Ok([h?, g?])
    };
    let (a, b) = threads.join(|| side(a), || side(b));
    Ok([a?, b?])
}

/// What the nulls of one layer need: side a, side b.
pub(crate) struct LayerSpectra([SideSpectra; 2]);

impl LayerSpectra {
    /// `weight`: the eigenvalues of \\(Z\\).
    pub(crate) fn new(measures: &LayerMeasures, weight: &[f64]) -> Self {
        Self(
            measures
                .each_ref()
                .map(|[h, g]| SideSpectra::new(h, g, weight)),
        )
    }
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
    fn new(h: &OnesMeasure, g: &OnesMeasure, weight: &[f64]) -> Self {
        Self {
            d: h.values.len(),
            h: Still::new(h).ok(),
            g_still: Still::new(g).ok(),
            g_turned: Turned::new(&g.values).ok(),
            z: Turned::new(weight).ok(),
        }
    }

    fn pair(&self, relation: Relation) -> Option<(&Still, &Turned)> {
        match relation {
            Relation::Rga => self.h.as_ref().zip(self.g_turned.as_ref()),
            Relation::Rwa => self.h.as_ref().zip(self.z.as_ref()),
            Relation::Gwa => self.g_still.as_ref().zip(self.z.as_ref()),
        }
    }
}

/// The nulls of several layers. Sides of one width share the rotations, within a layer and between layers.
pub(crate) fn nulls_of_spectra(
    layers: &[LayerSpectra],
    options: NullOptions,
    threads: Threads,
) -> Result<Vec<ByRelation<NullLevel>>, AlignmentError> {
    let (mut jobs, mut places) = (Vec::new(), Vec::new());
    for (index, LayerSpectra([a, b])) in layers.iter().enumerate() {
        let both = [(Side::A, a), (Side::B, b)];
        // The two sides of a square layer are one job, because they have the spectrum of the weight in common.
        let sides_of_job = if a.d == b.d { 2 } else { 1 };
        for sides in both.chunks(sides_of_job) {
            let (job, relations) = job(sides);
            places.push((index, relations));
            jobs.push(job);
        }
    }
    let mut levels = vec![Vec::new(); layers.len()];
    for ((layer, relations), samples) in places.into_iter().zip(sample(&jobs, options, threads)?) {
        let samples = samples.into_iter().map(NullLevel::of);
        levels[layer].extend(relations.into_iter().zip(samples));
    }
    let table = |levels: Vec<((Side, Relation), NullLevel)>| {
        ByRelation::from_fn(|side, relation| {
            let mut defined = levels.iter();
            let found = defined.find(|(at, _)| *at == (side, relation));
            found.map_or_else(NullLevel::default, |(_, level)| *level)
        })
    };
    Ok(levels.into_iter().map(table).collect())
}

/// The defined relations of some sides of one width, and which they are, in the order of the job's pairs.
fn job(sides: &[(Side, &SideSpectra)]) -> (Job, Vec<(Side, Relation)>) {
    let (mut job, mut relations) = (Job::default(), Vec::new());
    for &(side, spectra) in sides {
        job.d = spectra.d;
        for relation in Relation::ALL {
            if let Some((a, b)) = spectra.pair(relation) {
                let pair = (place(&mut job.still, a), place(&mut job.turned, b));
                job.pairs.push(pair);
                relations.push((side, relation));
            }
        }
    }
    (job, relations)
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

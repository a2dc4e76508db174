//! What \\(\alpha\\) would be if the neurons of the two matrices were paired at random.
//!
//! The null permutes the neurons of the second matrix, \\(B \to P B P^\top\\), rows and columns alike. Unlike a rotation
//! it keeps the entries of both matrices, the diagonals as diagonals among them, and destroys only which neuron goes
//! with which. With \\(\hat A\\) for \\(A\\) less its mean entry and divided by the norm of the rest (DERIVED, after Mantel
//! 1967),
//!
//! \\[ \alpha(A, P B P^\top) = \sum_{ij} \hat A_{ij} \hat B_{\pi(i) \pi(j)}, \qquad
//!     E_P\\, \alpha = \frac{\mathrm{tr} \hat A \\; \mathrm{tr} \hat B}{d - 1}, \\]
//!
//! because \\(\hat A\\) sums to zero. The mean is this one, exactly; only the quantile is that of a sample.

use formant_moments::{LayerMoments, Side, Variant};
use ndarray::{Array2, ArrayView2};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::{NullLevel, NullOptions};
use crate::compare::{dot, standardized};
use crate::relation::SideMatrices;
use crate::spectrum::symmetric;
use crate::{AlignmentError, ByRelation, Matrix, Relation, Threads};

/// The streams of the generator from here on are permutations; those below are rotations.
const FIRST_STREAM: u64 = 1 << 32;

/// A sample of \\(\alpha(A, P B P^\top)\\) for random permutations \\(P\\), one value a draw; `a` and `b` are symmetric.
///
/// # Errors
///
/// If the shapes differ, a matrix is not square, not symmetric or not finite, the entries of either are constant, or
/// there are fewer than 2 draws.
pub fn permutation_null(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    options: NullOptions,
) -> Result<Vec<f64>, AlignmentError> {
    let [a, b] = standard_pair(a, b)?;
    let draws = draws(options, a.nrows())?;
    let correlation = |draw| correlations(&[&a], &b, &order(options.seed, draw, a.nrows()));
    Ok(draws.into_iter().flat_map(correlation).collect())
}

/// The mean of \\(\alpha(A, P B P^\top)\\) over all permutations, exactly.
///
/// # Errors
///
/// As [`permutation_null`], but for the draws.
pub fn permutation_mean(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
) -> Result<f64, AlignmentError> {
    let [a, b] = standard_pair(a, b)?;
    Ok(exact_mean(&a, &b))
}

fn standard_pair(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
) -> Result<[Array2<f64>; 2], AlignmentError> {
    if a.dim() != b.dim() {
        let (left, right) = (a.dim().into(), b.dim().into());
        return Err(AlignmentError::ShapeMismatch { left, right });
    }
    symmetric(a)?;
    symmetric(b)?;
    Ok([standardized(a, "first")?, standardized(b, "second")?])
}

/// The numbers of the draws.
fn draws(options: NullOptions, d: usize) -> Result<Vec<u64>, AlignmentError> {
    match options.draws_for(d) {
        found @ ..2 => Err(AlignmentError::TooFewDraws { found }),
        enough => Ok((0..enough as u64).collect()),
    }
}

fn exact_mean(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.diag().sum() * b.diag().sum() / (a.nrows() as f64 - 1.0)
}

/// The permutation null of each of a layer's six relations, for [`Variant::Normalized`]. The second matrix of a relation
/// is permuted. A relation whose correlation is undefined has none.
///
/// # Errors
///
/// If there are fewer than 2 draws.
pub fn relation_permutation_nulls(
    layer: &LayerMoments,
    options: NullOptions,
) -> Result<ByRelation<NullLevel>, AlignmentError> {
    let sides = Side::ALL.map(|side| SideMatrices::new(layer, side));
    permutation_levels(&sides, options.for_layer(layer.name()), Threads::One)
}

/// [`relation_permutation_nulls`] of matrices that are formed already: side a, side b.
pub(crate) fn permutation_levels(
    sides: &[SideMatrices; 2],
    options: NullOptions,
    threads: Threads,
) -> Result<ByRelation<NullLevel>, AlignmentError> {
    let mut levels = ByRelation::default();
    for (side, matrices) in Side::ALL.into_iter().zip(sides) {
        let standard = |matrix| {
            let matrix = matrices.get(matrix, Variant::Normalized);
            standardized(matrix, "first").ok()
        };
        let [h, g, z] = [Matrix::H, Matrix::G, Matrix::Z].map(standard);
        for (second, firsts) in [
            (g.as_ref(), vec![(Relation::Rga, h.as_ref())]),
            (
                z.as_ref(),
                vec![(Relation::Rwa, h.as_ref()), (Relation::Gwa, g.as_ref())],
            ),
        ] {
            let Some(second) = second else { continue };
            let defined = firsts
                .into_iter()
                .filter_map(|(name, first)| Some((name, first?)));
            let (names, firsts): (Vec<_>, Vec<_>) = defined.unzip();
            for (name, level) in names
                .into_iter()
                .zip(joint_levels(&firsts, second, options, threads)?)
            {
                *levels.get_mut(side, name) = level;
            }
        }
    }
    Ok(levels)
}

/// The level of each first matrix, under the same permutations of the second.
fn joint_levels(
    firsts: &[&Array2<f64>],
    second: &Array2<f64>,
    options: NullOptions,
    threads: Threads,
) -> Result<Vec<NullLevel>, AlignmentError> {
    let d = second.nrows();
    let samples = threads.map(&draws(options, d)?, |draw| {
        correlations(firsts, second, &order(options.seed, *draw, d))
    });
    let level = |(at, first): (usize, &&Array2<f64>)| NullLevel {
        mean: Some(exact_mean(first, second)),
        ..NullLevel::of(samples.iter().map(|draw| draw[at]).collect())
    };
    Ok(firsts.iter().enumerate().map(level).collect())
}

/// The permutation of one draw.
fn order(seed: u64, draw: u64, d: usize) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(FIRST_STREAM + draw);
    let mut order: Vec<usize> = (0..d).collect();
    order.shuffle(&mut rng);
    order
}

/// The correlation of each first matrix with the second one, permuted; all standardized. Only lower triangles are read.
fn correlations(firsts: &[&Array2<f64>], second: &Array2<f64>, order: &[usize]) -> Vec<f64> {
    let mut sums = vec![0.0; firsts.len()];
    let mut permuted = vec![0.0; order.len()];
    for (i, from) in order.iter().enumerate() {
        let row = second.row(*from);
        let row = row.as_slice().unwrap_or_default();
        for (to, from) in permuted[..=i].iter_mut().zip(order) {
            *to = row[*from];
        }
        for (sum, first) in sums.iter_mut().zip(firsts) {
            let row = first.row(i);
            let row = row.as_slice().unwrap_or_default();
            *sum += 2.0 * dot(&row[..i], &permuted[..i]) + row[i] * permuted[i];
        }
    }
    sums
}

//! Haar-random orthogonal matrices, by Stewart's method.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder::{
    apply_block_householder_on_the_left_in_place_scratch,
    apply_block_householder_on_the_left_in_place_with_conj, make_householder_in_place,
    upgrade_householder_factor,
};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::{Conj, Mat, MatMut, Par};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The first `columns` columns of a Haar-random orthogonal `d x d` matrix, each up to its sign.
///
/// The Householder vectors of the QR decomposition of a Gaussian matrix are themselves Gaussian, of length
/// \\(d, d - 1, \dots\\) (Stewart 1980), so they are drawn directly and only \\(Q\\) is formed: half the random numbers
/// and a third of the arithmetic of a QR. The signs that make \\(Q\\) exactly Haar are left out, because everything
/// here depends on the squares of its entries and of its columns' projections.
///
/// The numbers drawn for a column depend on the columns before it only.
pub(crate) fn haar_columns(rng: &mut impl Rng, d: usize, columns: usize) -> Mat<f64> {
    let mut out = Mat::identity(d, columns);
    let reflections = columns.min(d.saturating_sub(1));
    if reflections == 0 {
        return out;
    }
    let mut vectors = Mat::zeros(d, reflections);
    let mut scales = Vec::with_capacity(reflections);
    for k in 0..reflections {
        let vector = vectors.as_mut().subrows_mut(k, d - k).col_mut(k);
        scales.push(gaussian_reflection(rng, vector));
    }
    apply(&vectors, &scales, out.as_mut());
    out
}

/// Fills `vector` with the essential part of the reflection that a Gaussian vector gives; gives back its scale.
fn gaussian_reflection(rng: &mut impl Rng, mut vector: faer::ColMut<'_, f64>) -> f64 {
    vector
        .as_mut()
        .iter_mut()
        .for_each(|x| *x = StandardNormal.sample(rng));
    let (head, tail) = vector.split_at_row_mut(1);
    make_householder_in_place(&mut head.as_mat_mut()[(0, 0)], tail).tau
}

/// `matrix <- H_1 H_2 ... H_r matrix` for a matrix that starts as columns of the identity, block by block from the
/// last: block `k` then only touches rows and columns from `k` on.
fn apply(vectors: &Mat<f64>, scales: &[f64], mut matrix: MatMut<'_, f64>) {
    let (d, reflections, columns) = (vectors.nrows(), vectors.ncols(), matrix.ncols());
    let size = recommended_block_size::<f64>(d, reflections);
    let scratch = apply_block_householder_on_the_left_in_place_scratch::<f64>(d, size, columns);
    let mut memory = MemBuffer::new(scratch);
    for start in (0..reflections).step_by(size).rev() {
        let width = size.min(reflections - start);
        let basis = vectors.submatrix(start, start, d - start, width);
        let mut factor = Mat::zeros(width, width);
        for k in 0..width {
            factor[(k, k)] = scales[start + k];
        }
        upgrade_householder_factor(factor.as_mut(), basis, width, 1, Par::Seq);
        apply_block_householder_on_the_left_in_place_with_conj(
            basis,
            factor.as_ref(),
            Conj::No,
            matrix
                .as_mut()
                .submatrix_mut(start, start, d - start, columns - start),
            Par::Seq,
            MemStack::new(&mut memory),
        );
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn draw(d: usize, columns: usize, seed: u64) -> Mat<f64> {
        haar_columns(&mut ChaCha8Rng::seed_from_u64(seed), d, columns)
    }

    #[test]
    fn columns_are_orthonormal_and_do_not_depend_on_their_number() {
        // Widths on both sides of the block sizes of the blocked product.
        for d in [1, 2, 3, 8, 33, 70, 131] {
            let q = draw(d, d, 1);
            assert!(
                (q.transpose() * &q - Mat::<f64>::identity(d, d)).norm_max() < 1e-13,
                "{d}"
            );
            for columns in [1, d / 2, d - d / 3] {
                let some = draw(d, columns, 1);
                assert!(
                    (some - q.subcols(0, columns)).norm_max() < 1e-13,
                    "{d} {columns}"
                );
            }
        }
    }

    #[test]
    fn squared_entries_have_the_moments_of_the_haar_measure() {
        // E[q^2] = 1/d, E[q^4] = 3/(d(d+2)), and for two entries of one row E[p^2 q^2] = 1/(d(d+2)).
        let (d, draws) = (4, 4000);
        let mut sums = [[0.0; 3]; 4];
        for seed in 0..draws {
            let q = draw(d, d, seed);
            for (i, sums) in sums.iter_mut().enumerate() {
                let (p, q) = (q[(i, i)].powi(2), q[(i, (i + 1) % d)].powi(2));
                [q, q * q, p * q]
                    .iter()
                    .zip(sums)
                    .for_each(|(x, sum)| *sum += x / draws as f64);
            }
        }
        for [second, fourth, mixed] in sums {
            assert!((second - 0.25).abs() < 0.02, "{second}");
            assert!((fourth - 0.125).abs() < 0.015, "{fourth}");
            assert!((mixed - 1.0 / 24.0).abs() < 0.008, "{mixed}");
        }
    }
}

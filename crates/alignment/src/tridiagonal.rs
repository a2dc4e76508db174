//! A symmetric matrix as one vector sees it: eigenvalues, and the vector's parts along the eigenvectors.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::tridiag::{tridiag_in_place, tridiag_in_place_scratch};
use faer::linalg::householder::{
    apply_block_householder_sequence_transpose_on_the_left_in_place_scratch,
    apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::{Auto, Conj, Mat, Par, Spec};

use crate::AlignmentError;
use crate::decompose::no_convergence;

/// Iterations for one eigenvalue; two are usual.
const MAX_ITERATIONS: usize = 60;

/// Eigenvalues of a symmetric matrix (its lower triangle is read), in descending order, and \\(u_i^\top v\\) for its
/// unit eigenvectors, each up to its sign.
///
/// The eigenvectors are never formed, which halves the time (Golub & Welsch 1969). With \\(A = Q T Q^\top\\), \\(T\\)
/// tridiagonal with eigenvectors \\(s_i\\), they are \\(Q s_i\\), and \\(u_i^\top v = s_i^\top (Q^\top v)\\): the rotations
/// that make \\(T\\) diagonal are applied to one row.
pub(crate) fn seen_from(
    vector: &[f64],
    mut matrix: Mat<f64>,
) -> Result<(Vec<f64>, Vec<f64>), AlignmentError> {
    let d = matrix.nrows();
    let mut row = Mat::from_fn(d, 1, |i, _| vector[i]);
    if d > 1 {
        tridiagonalise(&mut matrix, &mut row);
    }
    let scale = (0..d)
        .flat_map(|i| [matrix[(i, i)], matrix[((i + 1).min(d - 1), i)]])
        .fold(0.0_f64, |max, x| max.max(x.abs()));
    let unit = if scale > 0.0 { scale } else { 1.0 };
    let mut diagonal: Vec<f64> = (0..d).map(|i| matrix[(i, i)] / unit).collect();
    let mut below: Vec<f64> = (1..d).map(|i| matrix[(i, i - 1)] / unit).collect();
    below.push(0.0);
    let mut row: Vec<f64> = row.col_as_slice(0).to_vec();
    diagonalise(&mut diagonal, &mut below, &mut row)
        .ok_or_else(|| no_convergence(matrix.as_ref()))?;
    let mut pairs: Vec<_> = diagonal.iter().map(|x| x * unit).zip(row).collect();
    pairs.sort_by(|left, right| right.0.total_cmp(&left.0));
    Ok(pairs.into_iter().unzip())
}

/// \\(A \to T\\), on the diagonal and below it, and \\(v \to Q^\top v\\).
fn tridiagonalise(matrix: &mut Mat<f64>, vector: &mut Mat<f64>) {
    let d = matrix.nrows();
    let block = recommended_block_size::<f64>(d, d);
    let params = Spec::new(Auto::<f64>::auto());
    let scratch = tridiag_in_place_scratch::<f64>(d, Par::Seq, params).or(
        apply_block_householder_sequence_transpose_on_the_left_in_place_scratch::<f64>(
            d - 1,
            block,
            1,
        ),
    );
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    let mut factor = Mat::zeros(block, d - 1);
    tridiag_in_place(matrix.as_mut(), factor.as_mut(), Par::Seq, stack, params);
    apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj(
        matrix.as_ref().submatrix(1, 0, d - 1, d - 1),
        factor.as_ref(),
        Conj::No,
        vector.as_mut().subrows_mut(1, d - 1),
        Par::Seq,
        stack,
    );
}

/// The implicit QL iteration (Martin & Wilkinson 1968) on a tridiagonal matrix with entries up to 1. `below` has a last
/// entry of 0. `row` becomes its product with the eigenvectors. `None` if it does not converge.
fn diagonalise(diagonal: &mut [f64], below: &mut [f64], row: &mut [f64]) -> Option<()> {
    let last = diagonal.len().saturating_sub(1);
    for first in 0..last {
        let mut iterations = 0;
        loop {
            // Against the norm, not the neighbours: where a matrix has collapsed, both are rounding and cannot
            // get smaller.
            let negligible = |&i: &usize| {
                let neighbours = diagonal[i].abs() + diagonal[i + 1].abs();
                below[i].abs() <= f64::EPSILON * neighbours.max(1.0)
            };
            let end = (first..last).find(negligible).unwrap_or(last);
            if end == first {
                break;
            }
            iterations += 1;
            if iterations > MAX_ITERATIONS {
                return None;
            }
            sweep(diagonal, below, row, first, end);
        }
    }
    Some(())
}

/// One QL step on rows `first..=end`, with Wilkinson's shift.
fn sweep(diagonal: &mut [f64], below: &mut [f64], row: &mut [f64], first: usize, end: usize) {
    let half = (diagonal[first + 1] - diagonal[first]) / (2.0 * below[first]);
    let root = half.hypot(1.0).copysign(half);
    let mut bulge = diagonal[end] - diagonal[first] + below[first] / (half + root);
    let (mut sine, mut cosine, mut moved) = (1.0, 1.0, 0.0);
    for i in (first..end).rev() {
        let (f, b) = (sine * below[i], cosine * below[i]);
        let norm = (f * f + bulge * bulge).sqrt();
        below[i + 1] = norm;
        if norm == 0.0 {
            // The matrix falls apart here.
            diagonal[i + 1] -= moved;
            below[end] = 0.0;
            return;
        }
        (sine, cosine) = (f / norm, bulge / norm);
        let rest = diagonal[i + 1] - moved;
        let turn = (diagonal[i] - rest) * sine + 2.0 * cosine * b;
        moved = sine * turn;
        diagonal[i + 1] = rest + moved;
        bulge = cosine * turn - b;
        let (left, right) = (row[i], row[i + 1]);
        row[i + 1] = sine * left + cosine * right;
        row[i] = cosine * left - sine * right;
    }
    diagonal[first] -= moved;
    below[first] = bulge;
    below[end] = 0.0;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::decompose::eigen;

    /// A symmetric matrix whose entries follow no pattern, times a power of ten that varies with the row.
    fn symmetric(d: usize, grading: f64) -> Mat<f64> {
        let entry = |i: usize, j: usize| ((i * i * 7 + j * 13 + i * j * 5) as f64 * 1.3).sin();
        Mat::from_fn(d, d, |i, j| {
            (entry(i, j) + entry(j, i)) * 10_f64.powf(-grading * (i + j) as f64 / d as f64)
        })
    }

    #[test]
    fn sees_what_the_eigenvectors_see() {
        for (d, grading) in [
            (1, 0.0),
            (2, 0.0),
            (3, 1.0),
            (17, 0.0),
            (40, 4.0),
            (130, 0.0),
        ] {
            let matrix = symmetric(d, grading);
            let vector: Vec<f64> = (0..d).map(|i| 1.0 + (i as f64).sin()).collect();
            let expected = eigen(matrix.as_ref()).unwrap();
            let (values, seen) = seen_from(&vector, matrix).unwrap();
            let largest = values.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
            for i in 0..d {
                let difference = (values[i] - expected.values[i]).abs();
                assert!(
                    difference <= 1e-14 * largest * d as f64,
                    "{d} {i} {difference}"
                );
                let part: f64 = (0..d).map(|j| expected.vectors[(j, i)] * vector[j]).sum();
                // Eigenvectors of close eigenvalues are less certain than their spectrum.
                assert!(
                    (seen[i].abs() - part.abs()).abs() < 1e-6,
                    "{d} {i}: {} {part}",
                    seen[i]
                );
            }
            let (norm, sum) = [&vector, &seen]
                .map(|v| v.iter().map(|x| x * x).sum::<f64>())
                .into();
            assert!((norm - sum).abs() < 1e-11 * norm, "{norm} {sum}");
        }
    }

    #[test]
    fn degenerate_matrices() {
        let ones = |d| vec![1.0; d];
        let (values, seen) = seen_from(&ones(5), Mat::zeros(5, 5)).unwrap();
        assert_eq!(
            (values, seen),
            (ones(5).iter().map(|_| 0.0).collect(), ones(5))
        );
        // Rank one: the vector is the eigenvector.
        let (values, seen) = seen_from(&ones(6), Mat::from_fn(6, 6, |_, _| 1.0)).unwrap();
        assert!((values[0] - 6.0).abs() < 1e-13 && values[1..].iter().all(|x| x.abs() < 1e-13));
        assert!((seen[0].abs() - 6.0_f64.sqrt()).abs() < 1e-13);
        assert!(seen[1..].iter().all(|x| x.abs() < 1e-7));
        // Rank one with rounding around it, as collapsed networks have; the more so the wider.
        for d in [20, 100, 300] {
            for decades in [0, 9, 18] {
                let entry =
                    |i: usize| (i as f64 * 0.7).sin() * 10_f64.powi(-((i % (decades + 1)) as i32));
                let matrix = Mat::from_fn(d, d, |i, j| {
                    let noise = 1e-17 * ((i * j + 3) as f64).sin() * ((i + j) as f64).cos();
                    entry(i) * entry(j) + noise
                });
                let expected: f64 = (0..d).map(|i| entry(i).powi(2)).sum();
                let (values, seen) = seen_from(&ones(d), matrix).unwrap();
                assert!(
                    (values[0] - expected).abs() < 1e-12 * expected.max(1.0),
                    "{d} {decades}"
                );
                let norm: f64 = seen.iter().map(|x| x * x).sum();
                assert!((norm - d as f64).abs() < 1e-10 * d as f64);
            }
        }
        // Diagonal, in any order.
        let diagonal = [3.0, -1.0, 7.0, 7.0];
        let (values, seen) = seen_from(
            &[1.0, 2.0, 3.0, 4.0],
            Mat::from_fn(4, 4, |i, j| if i == j { diagonal[i] } else { 0.0 }),
        )
        .unwrap();
        assert_eq!(values, [7.0, 7.0, 3.0, -1.0]);
        assert_eq!(seen[2..], [1.0, 2.0]);
        assert!((seen[0].hypot(seen[1]) - 5.0).abs() < 1e-14);
    }
}

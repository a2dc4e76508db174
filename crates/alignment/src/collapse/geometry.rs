//! NC1 to NC3 from class means, within-class scatter and weight.

use faer::Mat;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::AlignmentError;
use crate::decompose::self_adjoint;
use crate::sample_rows::square_sum;

/// Eigenvalues of \\(\Sigma_B\\) at or below this share of the largest count as zero in its pseudo-inverse.
const PSEUDO_INVERSE: f64 = 1e-12;

/// NC2: how near \\(C\\) vectors are to a simplex equiangular tight frame. All three are 0 at collapse.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Equiangularity {
    /// Equinorm: standard deviation over mean of the vectors' norms, from 0 to \\(\sqrt{C - 1}\\).
    pub norm_cv: f64,
    /// Equiangular: standard deviation of the cosines of all pairs, in \\([0, 1]\\).
    pub cosine_std: f64,
    /// Maximal angle: mean of \\(\lvert\cos + 1/(C - 1)\rvert\\) over all pairs, from 0 to \\(1 + 1/(C - 1)\\).
    pub cosine_gap: f64,
}

/// `None` if a row is zero, which has no angle.
pub(crate) fn equiangularity(rows: ArrayView2<'_, f64>) -> Option<Equiangularity> {
    let classes = rows.nrows();
    let norms: Vec<f64> = rows
        .rows()
        .into_iter()
        .map(|row| row.dot(&row).sqrt())
        .collect();
    if classes < 2 || norms.contains(&0.0) {
        return None;
    }
    let pairs = (1..classes).flat_map(|i| (0..i).map(move |j| (i, j)));
    let cosines: Vec<f64> = pairs
        .map(|(i, j)| rows.row(i).dot(&rows.row(j)) / (norms[i] * norms[j]))
        .collect();
    let (norm, spread) = mean_and_deviation(&norms);
    let (_, cosine_std) = mean_and_deviation(&cosines);
    let apart = 1.0 / (classes as f64 - 1.0);
    let gaps: f64 = cosines.iter().map(|cosine| (cosine + apart).abs()).sum();
    Some(Equiangularity {
        norm_cv: spread / norm,
        cosine_std,
        cosine_gap: gaps / cosines.len() as f64,
    })
}

/// Mean and population standard deviation.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

/// NC1, \\(\mathrm{tr}(\Sigma_W \Sigma_B^+)/C\\), with \\(\Sigma_B = M^\top M/C\\) for centred class means \\(M\\),
/// `[C, d]`. With \\(M M^\top = U S^2 U^\top\\) it is \\(\sum_k u_k^\top M \Sigma_W M^\top u_k / s_k^4\\) (DERIVED), so
/// that only a `[C, C]` matrix is decomposed. `None` if all class means are equal.
pub(crate) fn variability(
    means: &Array2<f64>,
    within: &Array2<f64>,
) -> Result<Option<f64>, AlignmentError> {
    // At a norm of 1, because fourth powers overflow or underflow early.
    let scale = square_sum(means).sqrt();
    if scale == 0.0 {
        return Ok(None);
    }
    let (means, within) = (means / scale, within / scale / scale);
    let classes = means.nrows();
    let gram = means.dot(&means.t());
    let gram = Mat::from_fn(classes, classes, |i, j| gram[[i, j]]);
    let mut vectors = Mat::zeros(classes, classes);
    let squares = self_adjoint(gram.as_ref(), Some(vectors.as_mut()))?;
    let largest = squares.iter().copied().fold(0.0, f64::max);
    let projected = means.dot(&within).dot(&means.t());
    let mut sum = 0.0;
    for (vector, square) in vectors.col_iter().zip(squares) {
        if square > PSEUDO_INVERSE * largest {
            let u = ndarray::Array1::from_iter(vector.iter().copied());
            sum += u.dot(&projected.dot(&u)) / square.powi(2);
        }
    }
    Ok(Some(sum.max(0.0)))
}

/// NC3: \\(\lVert W/\lVert W\rVert_F - M/\lVert M\rVert_F\rVert_F\\); `None` if either is zero.
pub(crate) fn duality(weight: ArrayView2<'_, f64>, means: &Array2<f64>) -> Option<f64> {
    let weight = weight.to_owned();
    let norms = [&weight, means].map(|x| square_sum(x).sqrt());
    (!norms.contains(&0.0)).then(|| square_sum(&(weight / norms[0] - means / norms[1])).sqrt())
}

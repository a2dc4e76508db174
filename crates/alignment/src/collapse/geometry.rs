//! NC1 to NC3 from class means, within-class scatter and weight.

use faer::Mat;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::decompose::self_adjoint;
use crate::sample_rows::{gram, square_sum};
use crate::{AlignmentError, ROUNDING};

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

/// `None` if a row has a norm of at most `zero`, and so no angle.
pub(crate) fn equiangularity(rows: ArrayView2<'_, f64>, zero: f64) -> Option<Equiangularity> {
    let classes = rows.nrows();
    let norms: Vec<f64> = rows
        .rows()
        .into_iter()
        .map(|row| row.dot(&row).sqrt())
        .collect();
    if classes < 2 || norms.iter().any(|norm| *norm <= zero) {
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
/// `[C, d]`. With \\(M = U S V^\top\\) it is \\(\sum_k v_k^\top \Sigma_W v_k / s_k^2\\), where
/// \\(v_k = M^\top u_k / s_k\\) (DERIVED), so that only the smaller of \\(M^\top M\\) and \\(M M^\top\\) is decomposed.
/// `None` if all class means are equal.
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
    let (classes, d) = means.dim();
    // Of the smaller Gram matrix: the power of its eigenvalues that the projections are divided by.
    let (matrix, projected, power) = if classes < d {
        let projected = means.dot(&within).dot(&means.t());
        (means.dot(&means.t()), projected, 2)
    } else {
        (gram(&means), within, 1)
    };
    let width = matrix.nrows();
    let matrix = Mat::from_fn(width, width, |i, j| matrix[[i, j]]);
    let mut vectors = Mat::zeros(width, width);
    let squares = self_adjoint(matrix.as_ref(), Some(vectors.as_mut()))?;
    let largest = squares.iter().copied().fold(0.0, f64::max);
    let mut sum = 0.0;
    for (vector, square) in vectors.col_iter().zip(squares) {
        if square > ROUNDING * largest {
            let u = ndarray::Array1::from_iter(vector.iter().copied());
            sum += u.dot(&projected.dot(&u)) / square.powi(power);
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

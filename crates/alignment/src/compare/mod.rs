//! How alike two matrices are: correlation of entries, and the angle between them.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, CowArray, Ix2};
use serde::{Deserialize, Serialize};

use crate::{AlignmentError, ROUNDING};
pub(crate) use sums::dot;
use sums::{Products, largest_magnitude, mean};

mod sums;

/// A way to compare two matrices. All are symmetric in their arguments, 1 for a matrix with itself, within
/// \\([-1, 1]\\), and unchanged by \\(A \to cA\\) for \\(c > 0\\).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// [`pearson`].
    Pearson,
    /// [`pearson_offdiagonal`].
    PearsonOffdiagonal,
    /// [`cosine`].
    Cosine,
}

impl Comparison {
    /// Compares two matrices.
    ///
    /// # Errors
    ///
    /// As the function that the variant names.
    pub fn of(self, a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> Result<f64, AlignmentError> {
        match self {
            Self::Pearson => pearson(a, b),
            Self::PearsonOffdiagonal => pearson_offdiagonal(a, b),
            Self::Cosine => cosine(a, b),
        }
    }
}

/// Pearson correlation over all entries of two matrices of one shape, the paper's \\(\alpha\\):
///
/// \\[ \alpha(A, B) = \frac{\sum_{ij} (A_{ij} - \bar A)(B_{ij} - \bar B)}
///     {\sqrt{\sum_{ij} (A_{ij} - \bar A)^2 \sum_{ij} (B_{ij} - \bar B)^2}} . \\]
///
/// That \\(\alpha\\) correlates entries is FOUND, the full Pearson form INFERRED. It is also unchanged by
/// \\(A \to A + c\\,11^\top\\), but not by a rotation of both matrices, because the mean entry is not.
///
/// # Errors
///
/// If the shapes differ, an entry is not finite, there are fewer than two entries, or the entries of either matrix
/// are constant (their standard deviation is at most [`ROUNDING`] of their root mean square).
pub fn pearson(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> Result<f64, AlignmentError> {
    let (a, b) = Entries::pair(a, b)?;
    correlation([&[a.slice()], &[b.slice()]], [0.0; 2], ROUNDING)
}

/// [`pearson`] over the off-diagonal entries only: the diagonal of second moments is positive, and alone lifts the
/// full correlation of unrelated matrices above zero.
///
/// # Errors
///
/// As [`pearson`]; the matrices must be square besides. Off-diagonal entries are constant, too, if their standard
/// deviation is at most [`ROUNDING`] of the size that the diagonal allows them, \\(\sqrt{A_{ii} A_{jj}}\\): those of
/// \\(Q Q^\top\\) for an orthogonal \\(Q\\) are nothing but rounding.
pub fn pearson_offdiagonal(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
) -> Result<f64, AlignmentError> {
    let (rows, columns) = a.dim();
    if rows != columns {
        return Err(AlignmentError::NotSquare { rows, columns });
    }
    let (a, b) = Entries::pair(a, b)?;
    let scales = [&a, &b].map(Entries::offdiagonal_scale);
    correlation([&a.offdiagonal(), &b.offdiagonal()], scales, ROUNDING)
}

/// Cosine of the angle between two matrices, \\(\langle A, B\rangle_F / (\lVert A\rVert_F \lVert B\rVert_F)\\). It is
/// unchanged when both are rotated, \\(A \to Q A Q^\top, B \to Q B Q^\top\\), and in \\([0, 1]\\) for positive
/// semi-definite matrices.
///
/// # Errors
///
/// If the shapes differ, an entry is not finite, there are no entries, or either matrix is zero.
pub fn cosine(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> Result<f64, AlignmentError> {
    let (a, b) = Entries::pair(a, b)?;
    if a.slice().is_empty() {
        return Err(AlignmentError::TooFewEntries {
            found: 0,
            needed: 1,
        });
    }
    let sums = Products::new(&[a.slice()], &[b.slice()], [0.0, 0.0]);
    if sums.aa == 0.0 || sums.bb == 0.0 {
        let what = if sums.aa == 0.0 {
            "the first matrix"
        } else {
            "the second matrix"
        };
        return Err(AlignmentError::Zero { what });
    }
    Ok((sums.ab / (sums.aa.sqrt() * sums.bb.sqrt())).clamp(-1.0, 1.0))
}

/// The entries of a matrix in row-major order. Scaled to a largest magnitude of 1 where their products could overflow
/// or underflow otherwise.
struct Entries<'a> {
    values: CowArray<'a, f64, Ix2>,
}

impl<'a> Entries<'a> {
    fn pair(
        a: ArrayView2<'a, f64>,
        b: ArrayView2<'a, f64>,
    ) -> Result<(Self, Self), AlignmentError> {
        if a.dim() != b.dim() {
            let (left, right) = (a.dim().into(), b.dim().into());
            return Err(AlignmentError::ShapeMismatch { left, right });
        }
        Ok((
            Self::new(a, "the first matrix")?,
            Self::new(b, "the second matrix")?,
        ))
    }

    fn new(matrix: ArrayView2<'a, f64>, what: &'static str) -> Result<Self, AlignmentError> {
        let standard = matrix.reborrow().is_standard_layout();
        let mut values = if standard {
            CowArray::from(matrix)
        } else {
            CowArray::from(matrix.as_standard_layout().into_owned())
        };
        let Some(largest) = largest_magnitude(values.as_slice().unwrap_or_default()) else {
            return Err(AlignmentError::NonFinite { what });
        };
        if largest > 0.0 && !(1e-100..1e100).contains(&largest) {
            values.mapv_inplace(|x| x / largest);
        }
        Ok(Self { values })
    }

    fn slice(&self) -> &[f64] {
        self.values.as_slice().unwrap_or_default()
    }

    /// Between two diagonal entries of a square matrix lie `d` others, one after another in memory.
    fn offdiagonal(&self) -> Vec<&[f64]> {
        let d = self.values.ncols();
        self.slice()
            .get(1..)
            .unwrap_or_default()
            .chunks_exact(d + 1)
            .map(|run| &run[..d])
            .collect()
    }

    /// Mean square of \\(\sqrt{A_{ii} A_{jj}}\\) over \\(i \ne j\\), the largest that off-diagonal entries of a positive
    /// semi-definite matrix can be.
    fn offdiagonal_scale(&self) -> f64 {
        let diagonal = self.values.diag();
        let (sum, squares) = diagonal.iter().fold((0.0, 0.0), |(sum, squares), x| {
            (sum + x.abs(), squares + x * x)
        });
        let d = diagonal.len() as f64;
        (sum * sum - squares).max(0.0) / (d * (d - 1.0)).max(1.0)
    }
}

/// [`pearson`] of two lists, which are constant if their standard deviation is at most `share` of their root mean square.
pub(crate) fn list_pearson(a: &[f64], b: &[f64], share: f64) -> Result<f64, AlignmentError> {
    let [a, b] = [a, b].map(|list| ArrayView1::from(list).insert_axis(Axis(0)));
    let (a, b) = Entries::pair(a, b)?;
    correlation([&[a.slice()], &[b.slice()]], [0.0; 2], share)
}

/// Correlation of two equally cut lists of numbers: two passes, the means first. `scales`: mean squares of what each list
/// is rounded relative to, if that is larger than the list itself.
fn correlation(
    [a, b]: [&[&[f64]]; 2],
    scales: [f64; 2],
    share: f64,
) -> Result<f64, AlignmentError> {
    let found: usize = a.iter().map(|run| run.len()).sum();
    if found < 2 {
        return Err(AlignmentError::TooFewEntries { found, needed: 2 });
    }
    let means = [mean(a, found), mean(b, found)];
    let sums = Products::new(a, b, means);
    for (which, scatter, at) in [("first", sums.aa, 0), ("second", sums.bb, 1)] {
        let variance = scatter / found as f64;
        let square = (variance + means[at] * means[at]).max(scales[at]);
        check_varies(which, variance, square, share)?;
    }
    Ok((sums.ab / (sums.aa.sqrt() * sums.bb.sqrt())).clamp(-1.0, 1.0))
}

/// An error if entries of this variance and mean square are constant.
pub(crate) fn check_varies(
    which: &'static str,
    variance: f64,
    square: f64,
    share: f64,
) -> Result<(), AlignmentError> {
    if variance > share.powi(2) * square {
        return Ok(());
    }
    let deviation = if variance > 0.0 {
        (variance / square).sqrt()
    } else {
        0.0
    };
    Err(AlignmentError::Constant { which, deviation })
}

/// \\(\sum_{ij} (A_{ij} - \bar A)^2 / \lVert A\rVert_F^2\\), in two passes.
pub(crate) fn share_of_scatter(matrix: ArrayView2<'_, f64>) -> Result<f64, AlignmentError> {
    let which = "first";
    let entries = Entries::new(matrix, which)?;
    let found = entries.slice().len() as f64;
    let mean = mean(&[entries.slice()], entries.slice().len());
    let scatter = Products::new(&[entries.slice()], &[entries.slice()], [mean; 2]).aa;
    let square = scatter + found * mean * mean;
    check_varies(which, scatter / found, square / found, ROUNDING)?;
    Ok(scatter / square)
}

/// A matrix less its mean entry, divided by the norm of what is left: [`pearson`] of two matrices is the sum of the
/// products of these.
pub(crate) fn standardized(
    matrix: ArrayView2<'_, f64>,
    which: &'static str,
) -> Result<Array2<f64>, AlignmentError> {
    let entries = Entries::new(matrix, which)?;
    let found = entries.slice().len();
    let mean = mean(&[entries.slice()], found);
    let scatter = Products::new(&[entries.slice()], &[entries.slice()], [mean; 2]).aa;
    let variance = scatter / found as f64;
    check_varies(which, variance, variance + mean * mean, ROUNDING)?;
    let norm = scatter.sqrt();
    Ok(entries.values.mapv(|x| (x - mean) / norm))
}

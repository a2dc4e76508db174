//! Many dimensions drawn in a few: metric multidimensional scaling.

use faer::MatRef;
use ndarray::{Array2, ArrayView2, Axis};

use crate::decompose::eigen;
use crate::sample_rows::{checked_rows, gram, square_sum};
use crate::{AlignmentError, ROUNDING};

/// When [`metric_mds`] ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MdsOptions {
    /// Most steps; with 0 the coordinates are those of classical MDS.
    pub max_iterations: usize,
    /// Ends after a step that lowers the sum of squared errors by less than this share of
    /// \\(\sum_{i<j}\delta_{ij}^2\\).
    pub tolerance: f64,
}

impl Default for MdsOptions {
    /// 300 steps and 1e-6, as scikit-learn.
    fn default() -> Self {
        Self {
            max_iterations: 300,
            tolerance: 1e-6,
        }
    }
}

/// Points in few dimensions whose distances are near those of the given ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Mds {
    /// `[n, dims]`, centred. Columns beyond the rank of the points are zero.
    pub coordinates: Array2<f64>,
    /// Kruskal's stress-1, \\(\sqrt{\sum_{i<j}(d_{ij}-\delta_{ij})^2 / \sum_{i<j}\delta_{ij}^2}\\) of `coordinates`: 0 where every
    /// distance is kept.
    pub stress: f64,
    /// Steps that were made.
    pub iterations: usize,
}

/// Metric MDS of `points`, `[n, d]`: coordinates `[n, dims]` whose Euclidean distances \\(d_{ij}\\) are near the points'
/// \\(\delta_{ij}\\), by SMACOF (de Leeuw 1977), as scikit-learn's `MDS(metric=True)`.
///
/// A step is the Guttman transform \\(x_i \leftarrow \tfrac1n\sum_j \frac{\delta_{ij}}{d_{ij}}(x_i - x_j)\\), which never
/// raises the stress; pairs that coincide (\\(d_{ij} = 0\\)) do not pull. It finds a local minimum: scikit-learn takes the
/// best of several random starts, this starts once, from classical MDS (the first principal components). It is
/// deterministic: in each component of the start the coordinate of largest size is positive. Takes \\(O(n^2 d)\\) time, and
/// \\(O(n^2\\,\text{dims})\\) for each step; memory for \\(n^2/2\\) numbers.
///
/// # Errors
///
/// If there are fewer than 2 points, `dims` is 0, the tolerance is negative or not finite, a value is not finite, or all points are equal.
pub fn metric_mds(
    points: ArrayView2<'_, f64>,
    dims: usize,
    options: MdsOptions,
) -> Result<Mds, AlignmentError> {
    let n = points.nrows();
    if n < 2 {
        return Err(AlignmentError::TooFewSamples {
            found: n,
            needed: 2,
        });
    }
    if dims == 0 {
        return Err(AlignmentError::NoDimensions);
    }
    if !(options.tolerance >= 0.0 && options.tolerance.is_finite()) {
        return Err(AlignmentError::Tolerance {
            found: options.tolerance,
        });
    }
    let points = checked_rows("the points", points, points.dim())?;
    let wanted = distances(&points);
    let scale: f64 = wanted.iter().map(|delta| delta * delta).sum();
    let size = square_sum(&points);
    if scale <= ROUNDING * n as f64 * size {
        return Err(AlignmentError::Zero {
            what: "the distance of every pair of points",
        });
    }
    let mut coordinates = classical(points, dims)?;
    let mut iterations = 0;
    // Each pass measures the error of the coordinates that it starts from.
    let mut step = guttman(&coordinates, &wanted);
    while iterations < options.max_iterations {
        let next = guttman(&step.moved, &wanted);
        let gain = step.error - next.error;
        // At the minimum, rounding may raise the error in its last digits.
        if gain < 0.0 {
            break;
        }
        iterations += 1;
        coordinates = std::mem::replace(&mut step, next).moved;
        if gain < options.tolerance * scale {
            break;
        }
    }
    Ok(Mds {
        coordinates,
        stress: (step.error / scale).sqrt(),
        iterations,
    })
}

/// Euclidean distances of the pairs \\(j < i\\), row by row.
fn distances(rows: &Array2<f64>) -> Vec<f64> {
    let mut out = Vec::with_capacity(rows.nrows() * (rows.nrows() - 1) / 2);
    for (i, one) in rows.outer_iter().enumerate() {
        out.extend(rows.outer_iter().take(i).map(|other| {
            let square = |(x, y): (&f64, &f64)| (x - y) * (x - y);
            one.iter().zip(other).map(square).sum::<f64>().sqrt()
        }));
    }
    out
}

/// Classical MDS of Euclidean distances: the scores on the first principal components.
fn classical(mut points: Array2<f64>, dims: usize) -> Result<Array2<f64>, AlignmentError> {
    let (n, d) = points.dim();
    if let Some(mean) = points.mean_axis(Axis(0)) {
        points -= &mean;
    }
    let covariance = gram(&points);
    // Standard layout, and symmetric: rows or columns first makes no difference.
    let Some(entries) = covariance.as_slice() else {
        return Ok(Array2::zeros((n, dims)));
    };
    let basis = eigen(MatRef::from_column_major_slice(entries, d, d))?;
    let mut scores = Array2::zeros((n, dims));
    for (k, mut score) in scores.columns_mut().into_iter().enumerate().take(d) {
        let axis: ndarray::Array1<f64> = (0..d).map(|i| basis.vectors[(i, k)]).collect();
        score.assign(&points.dot(&axis));
        let largest = score.fold(
            0.0_f64,
            |most, x| if x.abs() > most.abs() { *x } else { most },
        );
        if largest < 0.0 {
            score.mapv_inplace(|x| -x);
        }
    }
    Ok(scores)
}

/// One step of SMACOF.
struct Step {
    /// \\(\sum_{i<j}(d_{ij}-\delta_{ij})^2\\) before the step.
    error: f64,
    /// The coordinates after it, `[n, dims]`.
    moved: Array2<f64>,
}

fn guttman(coordinates: &Array2<f64>, wanted: &[f64]) -> Step {
    let (n, dims) = coordinates.dim();
    let x: Vec<f64> = coordinates.iter().copied().collect();
    let mut moved = vec![0.0; n * dims];
    let mut error = 0.0;
    let mut pairs = wanted.iter();
    for i in 0..n {
        let (before, rest) = moved.split_at_mut(i * dims);
        let (own, pulled) = (&x[i * dims..(i + 1) * dims], &mut rest[..dims]);
        let others = x.chunks_exact(dims).zip(before.chunks_exact_mut(dims));
        for ((other, pushed), delta) in others.zip(&mut pairs) {
            let square: f64 = own.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum();
            let distance = square.sqrt();
            error += (distance - delta) * (distance - delta);
            if distance > 0.0 {
                let ratio = delta / distance / n as f64;
                for k in 0..dims {
                    let pull = ratio * (own[k] - other[k]);
                    pulled[k] += pull;
                    pushed[k] -= pull;
                }
            }
        }
    }
    let moved = Array2::from_shape_fn((n, dims), |(i, k)| moved[i * dims + k]);
    Step { error, moved }
}

//! How far apart the theory places images of different classes in a trained network (F8 of "When Representations
//! Align").
//!
//! Let \\(D_x\\) and \\(D_y\\) be the Euclidean distances of the pixels and of the one-hot labels of n images. The
//! authors compute (FOUND)
//!
//! \\[ A = D_x \circ D_y , \qquad S = e^{-A} \text{ elementwise}, \qquad P = S A S , \\]
//!
//! and show \\(P^2\\), elementwise. Images of one class have \\(A = 0\\) and \\(S = 1\\). For different classes \\(A
//! = \sqrt 2 D_x\\): for pixels from 0 to 255 it is several thousand, so \\(e^{-A}\\) underflows to 0 in `f64` and S
//! is exactly the indicator of "same class". Then (DERIVED)
//!
//! \\[ P_{ij} = \sum_{k \in c(i)} \sum_{l \in c(j)} A_{kl} , \\]
//!
//! one number for each pair of classes, proportional to the numbers of images of both. Divided by these numbers it is
//! \\(\sqrt 2\\) times the mean distance between the classes: [`Structure::balanced`].

use std::f64::consts::SQRT_2;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use ndarray::{Array2, ArrayView2, Axis};

use crate::TheoryError;

/// Maximum number of images for which n x n matrices are formed.
pub const MAX_DIRECT_IMAGES: usize = 2000;

/// Rows in a block of distances: with a few hundred pixels, its operands stay in the cache.
const BLOCK: usize = 256;

/// The unit in which pixels enter the distances. In both cases the input is given as stored, from 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelScale {
    /// Unscaled (FOUND): S is an indicator, and only classes matter.
    Raw,
    /// Divided by 255: every image has its own prediction.
    Unit,
}

impl PixelScale {
    /// The factor applied to pixel distances.
    fn factor(self) -> f64 {
        match self {
            Self::Raw => 1.0,
            Self::Unit => 1.0 / 255.0,
        }
    }
}

/// The prediction \\(P\\) for n images; see [`predicted_structure`].
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// Class of every image, as an index into `counts`.
    class: Vec<usize>,
    labels: Vec<u8>,
    counts: Vec<usize>,
    prediction: Prediction,
}

#[derive(Debug, Clone, PartialEq)]
enum Prediction {
    /// `[classes, classes]`.
    Classes(Array2<f64>),
    /// `[n, n]`.
    Images(Array2<f64>),
}

impl Structure {
    /// The labels that occur, in ascending order.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Number of images with each of the [`labels`](Self::labels).
    #[must_use]
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// Whether the prediction is one number for each pair of classes, because \\(e^{-A}\\) underflowed between all
    /// images of different classes.
    #[must_use]
    pub fn is_by_class(&self) -> bool {
        matches!(self.prediction, Prediction::Classes(_))
    }

    /// \\(P_{ij}\\) of images i and j, in the order in which they were given; `None` if there is no such image.
    #[must_use]
    pub fn predicted(&self, i: usize, j: usize) -> Option<f64> {
        let (a, b) = (*self.class.get(i)?, *self.class.get(j)?);
        Some(match &self.prediction {
            Prediction::Classes(sums) => sums[[a, b]],
            Prediction::Images(all) => all[[i, j]],
        })
    }

    /// \\(P_{ij}^2\\), which the authors show.
    #[must_use]
    pub fn squared(&self, i: usize, j: usize) -> Option<f64> {
        Some(self.predicted(i, j)?.powi(2))
    }

    /// \\(P_{ij} / n_{c(i)} n_{c(j)}\\): without the dependence on the number of images per class (ours).
    #[must_use]
    pub fn balanced(&self, i: usize, j: usize) -> Option<f64> {
        let count = |image: usize| self.counts[self.class[image]] as f64;
        Some(self.predicted(i, j)? / (count(i) * count(j)))
    }

    /// Mean of \\(P_{ij}\\) over the images i of one label and j of another, exactly that number if the prediction
    /// [is one for each pair of classes](Self::is_by_class); `None` if a label does not occur.
    #[must_use]
    pub fn between(&self, label: u8, other: u8) -> Option<f64> {
        let position = |label| self.labels.iter().position(|known| *known == label);
        let (a, b) = (position(label)?, position(other)?);
        Some(match &self.prediction {
            Prediction::Classes(sums) => sums[[a, b]],
            Prediction::Images(all) => {
                let pairs = all.indexed_iter();
                let of_both =
                    pairs.filter(|((i, j), _)| (self.class[*i], self.class[*j]) == (a, b));
                let sum: f64 = of_both.map(|(_, value)| value).sum();
                sum / (self.counts[a] * self.counts[b]) as f64
            }
        })
    }
}

/// The prediction \\(P = S A S\\) for images with these `pixels`, `[n, d]`, from 0 to 255, and `labels`, `[n]`.
///
/// Where \\(e^{-A}\\) is exactly 0 for every two images of different classes (a distance above 527), \\(P\\) is
/// summed class by class, in \\(O(n^2 d)\\) time and without n x n matrices. Otherwise the matrices are formed and
/// multiplied, for at most [`MAX_DIRECT_IMAGES`] images. Distances come from Gram products, which are exact for whole
/// numbers. Runs on the calling thread.
///
/// # Errors
/// If there are no pixels, the numbers of images and labels differ, all labels are equal, a pixel is not finite, or a
/// direct product is needed for too many images.
pub fn predicted_structure(
    pixels: ArrayView2<'_, f64>,
    labels: &[u8],
    scale: PixelScale,
) -> Result<Structure, TheoryError> {
    let n = pixels.nrows();
    check(pixels, labels)?;
    let mut known = labels.to_vec();
    known.sort_unstable();
    known.dedup();
    if known.len() < 2 {
        return Err(TheoryError::OneClass { images: n });
    }
    let members: Vec<Vec<usize>> = known
        .iter()
        .map(|label| (0..n).filter(|i| labels[*i] == *label).collect())
        .collect();
    let mut class = vec![0; n];
    for (c, members) in members.iter().enumerate() {
        members.iter().for_each(|i| class[*i] = c);
    }
    let groups: Vec<Images> = members
        .iter()
        .map(|members| Images::new(pixels.select(Axis(0), members)))
        .collect();
    let factor = SQRT_2 * scale.factor();
    let prediction = match class_sums(&groups, factor) {
        Some(sums) => Prediction::Classes(sums),
        None if n <= MAX_DIRECT_IMAGES => {
            let all = Images::new(pixels.as_standard_layout().into_owned());
            Prediction::Images(direct(&all, &class, factor))
        }
        None => {
            return Err(TheoryError::TooManyImages {
                found: n,
                limit: MAX_DIRECT_IMAGES,
            });
        }
    };
    Ok(Structure {
        class,
        counts: members.iter().map(Vec::len).collect(),
        labels: known,
        prediction,
    })
}

fn check(pixels: ArrayView2<'_, f64>, labels: &[u8]) -> Result<(), TheoryError> {
    let (n, d) = pixels.dim();
    if n == 0 || d == 0 {
        return Err(TheoryError::NoPixels {
            images: n,
            pixels: d,
        });
    }
    if labels.len() != n {
        return Err(TheoryError::LabelCount {
            found: labels.len(),
            images: n,
        });
    }
    match pixels.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((image, pixel), value)) => Err(TheoryError::Pixel {
            image,
            pixel,
            value: *value,
        }),
        None => Ok(()),
    }
}

/// Images with their squared lengths.
struct Images {
    /// `[n, d]`, row by row.
    rows: Vec<f64>,
    width: usize,
    squares: Vec<f64>,
}

impl Images {
    fn new(rows: Array2<f64>) -> Self {
        let width = rows.ncols();
        let rows: Vec<f64> = rows.into_iter().collect();
        let square = |row: &[f64]| row.iter().map(|x| x * x).sum();
        let squares = rows.chunks_exact(width).map(square).collect();
        Self {
            rows,
            width,
            squares,
        }
    }

    fn len(&self) -> usize {
        self.squares.len()
    }

    /// Calls `visit(i, j, distance)` for the images `first..last` of `self` and every image of the other set.
    fn distances(
        &self,
        (first, last): (usize, usize),
        others: &Self,
        mut visit: impl FnMut(usize, usize, f64),
    ) {
        let d = self.width;
        let block = &self.rows[first * d..last * d];
        let block = MatRef::from_row_major_slice(block, last - first, d);
        let all = MatRef::from_row_major_slice(&others.rows, others.len(), d);
        let mut products = Mat::zeros(others.len(), last - first);
        matmul(
            products.as_mut(),
            Accum::Replace,
            all,
            block.transpose(),
            1.0,
            Par::Seq,
        );
        for i in first..last {
            for (j, product) in products.col(i - first).iter().enumerate() {
                let square = self.squares[i] + others.squares[j] - 2.0 * product;
                visit(i, j, square.max(0.0).sqrt());
            }
        }
    }
}

/// Sums of \\(A\\) over all pairs of images of two classes, `[classes, classes]`; `None` as soon as \\(e^{-A}\\) of
/// some pair is not 0.
fn class_sums(groups: &[Images], factor: f64) -> Option<Array2<f64>> {
    let mut sums = Array2::zeros((groups.len(), groups.len()));
    for (a, images) in groups.iter().enumerate() {
        for (b, others) in groups.iter().enumerate().take(a) {
            for first in (0..images.len()).step_by(BLOCK) {
                let last = images.len().min(first + BLOCK);
                let (mut sum, mut nearest) = (0.0, f64::INFINITY);
                images.distances((first, last), others, |_, _, distance| {
                    sum += distance;
                    nearest = nearest.min(distance);
                });
                if (-factor * nearest).exp() > 0.0 {
                    return None;
                }
                sums[[a, b]] += factor * sum;
            }
            sums[[b, a]] = sums[[a, b]];
        }
    }
    Some(sums)
}

/// \\(S A S\\) by its definition, `[n, n]`.
fn direct(images: &Images, class: &[usize], factor: f64) -> Array2<f64> {
    let n = images.len();
    let mut a = Mat::zeros(n, n);
    for first in (0..n).step_by(BLOCK) {
        let last = n.min(first + BLOCK);
        images.distances((first, last), images, |i, j, distance| {
            if class[i] != class[j] {
                a[(i, j)] = factor * distance;
            }
        });
    }
    let s = Mat::from_fn(n, n, |i, j| (-a[(i, j)]).exp());
    let product = |left: &Mat<f64>, right: &Mat<f64>| {
        let mut out = Mat::zeros(n, n);
        matmul(out.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
        out
    };
    let prediction = product(&product(&s, &a), &s);
    Array2::from_shape_fn((n, n), |(i, j)| prediction[(i, j)])
}

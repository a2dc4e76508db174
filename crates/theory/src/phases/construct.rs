//! Layers that obey the relations of a row exactly, for testing the code that measures relations.

use faer::Mat;
use ndarray::{Array1, Array2};
use num_rational::Rational64;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::solve::Form;
use super::{Matrix, Row, WeightSpectrum};
use crate::TheoryError;

/// Tolerance for singular values that must be equal, relative to the largest.
const FLAT: f64 = 1e-12;

/// The quantities that the relations of a row leave free.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerSpectra {
    /// Width of the input.
    pub d_a: usize,
    /// Width of the output.
    pub d_b: usize,
    /// The non-zero singular values of \\(W\\), positive, in any order; at most as many as the smaller width.
    pub singular_values: Vec<f64>,
    /// Eigenvalues of a matrix with a free spectrum (rows 1, 5 and 9), positive, one for each singular value. Other
    /// rows ignore it.
    pub free: Vec<f64>,
}

/// A layer with exact second moments, in random orthogonal bases.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedLayer {
    /// \\(W\\), `[d_b, d_a]`.
    pub weight: Array2<f64>,
    /// \\(F\\) with \\(H_a = F F^\top\\), `[d_a, r]`.
    pub h_a_factor: Array2<f64>,
    /// \\(F\\) with \\(G_b = F F^\top\\), `[d_b, r]`.
    pub g_b_factor: Array2<f64>,
}

impl PlantedLayer {
    /// \\(H_a\\), `[d_a, d_a]`; zero in the null space of \\(W\\).
    #[must_use]
    pub fn h_a(&self) -> Array2<f64> {
        self.h_a_factor.dot(&self.h_a_factor.t())
    }

    /// \\(G_b\\), `[d_b, d_b]`; zero outside the range of \\(W\\).
    #[must_use]
    pub fn g_b(&self) -> Array2<f64> {
        self.g_b_factor.dot(&self.g_b_factor.t())
    }

    /// \\(H_b = W H_a W^\top\\), `[d_b, d_b]`.
    #[must_use]
    pub fn h_b(&self) -> Array2<f64> {
        let factor = self.weight.dot(&self.h_a_factor);
        factor.dot(&factor.t())
    }

    /// \\(G_a = W^\top G_b W\\), `[d_a, d_a]`.
    #[must_use]
    pub fn g_a(&self) -> Array2<f64> {
        let factor = self.weight.t().dot(&self.g_b_factor);
        factor.dot(&factor.t())
    }

    /// `n` independent Gaussian samples with these second moments: \\(h_a\\), `[n, d_a]`, and \\(g_b\\), `[n, d_b]`,
    /// independent of each other.
    pub fn sample(&self, n: usize, rng: &mut impl Rng) -> (Array2<f64>, Array2<f64>) {
        let mut draw = |factor: &Array2<f64>| {
            let normal = || StandardNormal.sample(rng);
            Array2::<f64>::from_shape_simple_fn((n, factor.ncols()), normal).dot(&factor.t())
        };
        (draw(&self.h_a_factor), draw(&self.g_b_factor))
    }
}

/// Constructs a layer for which the relations of `row` hold, with \\(U\\) and \\(V\\) drawn from the Haar measure by
/// `rng`.
///
/// The largest eigenvalues of \\(H_a\\) and \\(G_b\\) are 1.
///
/// # Errors
///
/// If there are too many singular values or none, a value is not positive, the free spectrum differs in length,
/// the row needs equal singular values but they differ, or one of their powers leaves the range of `f64`.
pub fn construct(
    row: &Row,
    spectra: &LayerSpectra,
    rng: &mut impl Rng,
) -> Result<PlantedLayer, TheoryError> {
    check(row, spectra)?;
    let r = spectra.singular_values.len();
    let spectrum = |matrix| spectrum(row.solution.form(matrix), spectra);
    let (a, b) = (spectrum(Matrix::HA), spectrum(Matrix::GB));
    if a.iter().chain(&b).any(|x| !x.is_normal()) {
        return Err(TheoryError::Overflow { row: row.number });
    }
    let u = orthonormal_columns(spectra.d_b, r, rng);
    let v = orthonormal_columns(spectra.d_a, r, rng);
    let singular = Array1::from_vec(spectra.singular_values.clone());
    Ok(PlantedLayer {
        weight: (&u * &singular).dot(&v.t()),
        h_a_factor: v * &a.sqrt(),
        g_b_factor: u * &b.sqrt(),
    })
}

fn check(row: &Row, spectra: &LayerSpectra) -> Result<(), TheoryError> {
    let LayerSpectra {
        d_a,
        d_b,
        singular_values,
        free,
    } = spectra;
    let (d_a, d_b, found) = (*d_a, *d_b, singular_values.len());
    if found == 0 || found > d_a.min(d_b) {
        return Err(TheoryError::SingularValueCount { found, d_b, d_a });
    }
    if free.len() != found {
        return Err(TheoryError::FreeSpectrumLength {
            found: free.len(),
            expected: found,
        });
    }
    for (what, values) in [
        ("singular values", singular_values),
        ("free spectrum", free),
    ] {
        if let Some(index) = values.iter().position(|x| !(x.is_finite() && *x > 0.0)) {
            return Err(TheoryError::NotPositive {
                what,
                index,
                value: values[index],
            });
        }
    }
    let smallest = singular_values
        .iter()
        .copied()
        .fold(f64::INFINITY, f64::min);
    let largest = singular_values.iter().copied().fold(0.0, f64::max);
    if row.solution.weight() == WeightSpectrum::Flat && largest - smallest > FLAT * largest {
        return Err(TheoryError::NotFlat {
            row: row.number,
            smallest,
            largest,
        });
    }
    Ok(())
}

/// The eigenvalues of a matrix, scaled so that the largest is 1. The part of \\(a\\) and \\(b\\) that the relations
/// leave open is the free spectrum.
fn spectrum([a, b, s]: Form, spectra: &LayerSpectra) -> Array1<f64> {
    let float = |x: Rational64| *x.numer() as f64 / *x.denom() as f64;
    let (free, s) = (float(a) + float(b), float(s));
    let values = spectra.singular_values.iter().zip(&spectra.free);
    let logs: Array1<f64> = values.map(|(x, y)| s * x.ln() + free * y.ln()).collect();
    let largest = logs.fold(f64::NEG_INFINITY, |max, x| max.max(*x));
    (logs - largest).exp()
}

/// `columns` orthonormal columns of length `d` from the Haar measure: the factor Q of a Gaussian matrix, with the signs
/// that make the diagonal of R positive.
fn orthonormal_columns(d: usize, columns: usize, rng: &mut impl Rng) -> Array2<f64> {
    let gaussian: Mat<f64> = Mat::from_fn(d, columns, |_, _| StandardNormal.sample(rng));
    let qr = gaussian.qr();
    let (q, r) = (qr.compute_thin_Q(), qr.thin_R());
    Array2::from_shape_fn((d, columns), |(i, j)| q[(i, j)] * r[(j, j)].signum())
}

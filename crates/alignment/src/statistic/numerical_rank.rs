//! Numerical ranks at several thresholds.

use formant_moments::{Side, Variant};

use super::{Description, Invariance, Kind, Range, Readings, Statistic, Subject};
use crate::spectrum::rank_of_eigenvalues;
use crate::{Matrix, MeasuredLayer, SINGULAR_VALUE_THRESHOLD};

/// Singular values above a share of the largest one: of the matrix of raw samples, whose squares are the eigenvalues of
/// its second moment, and of the weight. The default threshold comes first, under the plain name; the others are
/// [`RANK_THRESHOLDS`](crate::RANK_THRESHOLDS).
pub(super) struct NumericalRank;

const THRESHOLDS: [(&str, f64); 6] = [
    ("numerical_rank_{matrix}", SINGULAR_VALUE_THRESHOLD),
    ("numerical_rank_{matrix}_at_0.003", 0.003),
    ("numerical_rank_{matrix}_at_0.01", 0.01),
    ("numerical_rank_{matrix}_at_0.03", 0.03),
    ("numerical_rank_{matrix}_at_0.1", 0.1),
    ("numerical_rank_{matrix}_at_0.3", 0.3),
];

/// The weight has the eigenvalues of either of its Gram matrices.
const NAMES: [(&str, Matrix); 3] = [("h", Matrix::H), ("g", Matrix::G), ("w", Matrix::Z)];

impl Statistic for NumericalRank {
    fn describe(&self) -> Vec<Description> {
        let of = |(family, _)| {
            let family = Description::new(
                family,
                Kind::Count,
                Range::NonNegative,
                "Number of singular values of the raw samples, or of the weight, above a share of the largest (0.01 unless the \
                 name has another).",
            )
            .invariant_to(Invariance::BASIS_FREE);
            NAMES.map(|(name, matrix)| Description {
                name: family.family.replace("{matrix}", name),
                ..family.of(Subject::Matrix(matrix))
            })
        };
        THRESHOLDS.into_iter().flat_map(of).collect()
    }

    fn read_side(&self, layer: &MeasuredLayer<'_>, side: Side, out: &mut Readings) {
        for (name, matrix) in [("h", Matrix::H), ("g", Matrix::G)] {
            read(name, layer.spectrum(side, matrix), |name, rank| {
                out.push(name, side, Variant::Raw, rank);
            });
        }
    }

    fn read_layer(&self, layer: &MeasuredLayer<'_>, out: &mut Readings) {
        let spectrum = layer.spectrum(Side::B, Matrix::Z);
        read("w", spectrum, |name, rank| out.push(name, None, None, rank));
    }
}

fn read(name: &str, spectrum: Option<&[f64]>, mut push: impl FnMut(String, Option<f64>)) {
    for (family, threshold) in THRESHOLDS {
        let rank = spectrum.map(|spectrum| rank_of_eigenvalues(spectrum, threshold) as f64);
        push(family.replace("{matrix}", name), rank);
    }
}

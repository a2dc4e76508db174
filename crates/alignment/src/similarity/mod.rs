//! Comparing two representations of the same samples, which may differ in width: of two layers, two networks, or one
//! network at two times.
//!
//! | measure | kind | range | from moments | source |
//! | --- | --- | --- | --- | --- |
//! | [`linear_cka`] | similarity | \\([0, 1]\\) | yes | Kornblith et al. 2019 |
//! | [`linear_cka_unbiased`] | similarity | \\([-1, 1]\\) | no | Song et al. 2012, Nguyen et al. 2021 |
//! | [`procrustes_distance`] | distance | \\([0, \sqrt 2]\\) | yes | Ding et al. 2021, Williams et al. 2021 |
//! | [`procrustes_angle`] | distance | \\([0, \pi/2]\\) | yes | Williams et al. 2021 |
//! | [`rsa`], [`rsa_by`] | similarity | \\([-1, 1]\\) | no | Kriegeskorte et al. 2008 |
//!
//! All are symmetric, and unchanged by one order of the samples for another. All but RSA by correlation distances are unchanged
//! by shift, scale (other than zero) and rotation of either representation alone. None is unchanged by other invertible maps. They take everything in `f64` on
//! the calling thread. [`RepresentationMeasure`] lists them with their [`Description`]s, and [`compare_layers`] applies
//! them to the layers of a dump, [`compare_networks`] to those of two networks, beside what chance gives.

mod between;
mod chance;
mod cka;
mod halves;
mod layers;
mod paired;
mod procrustes;
mod rank;
mod rsa;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::{AlignmentError, Description, Invariance, Kind, Range};

pub use between::{
    CompareOptions, NamedRows, NetworkComparison, PairComparison, compare_networks, compare_rows,
};
pub use chance::{PermutationTest, TESTED_SAMPLES, permutation_test};
pub use cka::{linear_cka, linear_cka_of_moments, linear_cka_unbiased};
pub use halves::{Halves, NoiseCeiling};
pub(crate) use layers::narrow;
pub use layers::{ALL_PAIRS, LayerComparison, RSA_SAMPLES, compare_layers, drawn_samples};
pub use procrustes::{procrustes_angle, procrustes_distance, procrustes_distance_of_moments};
pub use rank::spearman;
pub use rsa::{RsaCorrelation, RsaDistance, rsa, rsa_by};

/// Covariances of two representations over the same samples, any common factor allowed. On one side of a layer these are
/// three [second moments](formant_moments::LayerMoments::second_moment) of variant `Centered`, with
/// `x` of \\(g\\), `y` of \\(h\\) and the cross moment between them.
#[derive(Debug, Clone, Copy)]
pub struct JointMoments<'a> {
    /// cov(x, x), `[d1, d1]`.
    pub x: ArrayView2<'a, f64>,
    /// cov(y, y), `[d2, d2]`.
    pub y: ArrayView2<'a, f64>,
    /// cov(x, y), `[d1, d2]`.
    pub cross: ArrayView2<'a, f64>,
}

/// The measures of this module as things that can be listed and described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepresentationMeasure {
    /// [`linear_cka`].
    LinearCka,
    /// [`linear_cka_unbiased`].
    LinearCkaUnbiased,
    /// [`procrustes_distance`].
    Procrustes,
    /// [`procrustes_angle`].
    ProcrustesAngle,
    /// [`rsa`] by Pearson's correlation.
    RsaPearson,
    /// [`rsa`] by Spearman's correlation.
    RsaSpearman,
    /// [`rsa_by`] correlation distances, compared by Pearson's correlation.
    RsaCorrelationPearson,
    /// [`rsa_by`] correlation distances, compared by Spearman's correlation.
    RsaCorrelationSpearman,
}

impl RepresentationMeasure {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::LinearCka,
        Self::LinearCkaUnbiased,
        Self::Procrustes,
        Self::ProcrustesAngle,
        Self::RsaPearson,
        Self::RsaSpearman,
        Self::RsaCorrelationPearson,
        Self::RsaCorrelationSpearman,
    ];

    /// Those that no basis of neurons enters, which reports of one network have.
    pub const BASIS_FREE: [Self; 6] = [
        Self::LinearCka,
        Self::LinearCkaUnbiased,
        Self::Procrustes,
        Self::ProcrustesAngle,
        Self::RsaPearson,
        Self::RsaSpearman,
    ];

    /// Name in lower case, for tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LinearCka => "linear_cka",
            Self::LinearCkaUnbiased => "linear_cka_unbiased",
            Self::Procrustes => "procrustes",
            Self::ProcrustesAngle => "procrustes_angle",
            Self::RsaPearson => "rsa_pearson",
            Self::RsaSpearman => "rsa_spearman",
            Self::RsaCorrelationPearson => "rsa_correlation_pearson",
            Self::RsaCorrelationSpearman => "rsa_correlation_spearman",
        }
    }

    /// Similarity or distance, its range, and what it does not depend on.
    #[must_use]
    pub fn description(self) -> Description {
        let (kind, range, sentence) = match self {
            Self::LinearCka => (
                Kind::Similarity,
                Range::Share,
                "Linear centered kernel alignment.",
            ),
            Self::LinearCkaUnbiased => (
                Kind::Similarity,
                Range::Correlation,
                "Linear centered kernel alignment by unbiased estimates.",
            ),
            Self::Procrustes => (
                Kind::Distance,
                Range::UpTo(std::f64::consts::SQRT_2),
                "Distance after the best rotation of one onto the other, both centred and of unit norm.",
            ),
            Self::ProcrustesAngle => (
                Kind::Distance,
                Range::UpTo(std::f64::consts::FRAC_PI_2),
                "Angle after the best rotation of one onto the other, both centred.",
            ),
            Self::RsaPearson => (
                Kind::Similarity,
                Range::Correlation,
                "Pearson correlation of the distances between samples.",
            ),
            Self::RsaSpearman => (
                Kind::Similarity,
                Range::Correlation,
                "Spearman correlation of the distances between samples.",
            ),
            Self::RsaCorrelationPearson => (
                Kind::Similarity,
                Range::Correlation,
                "Pearson correlation of the correlation distances between samples.",
            ),
            Self::RsaCorrelationSpearman => (
                Kind::Similarity,
                Range::Correlation,
                "Spearman correlation of the correlation distances between samples.",
            ),
        };
        let invariances: &[Invariance] = match self.rsa() {
            Some((RsaDistance::Correlation, _)) => Invariance::ENTRIES,
            _ => &[
                Invariance::Scale,
                Invariance::Rotation,
                Invariance::Permutation,
                Invariance::EachRotation,
                Invariance::Translation,
            ],
        };
        Description::new(self.name(), kind, range, sentence).invariant_to(invariances)
    }

    /// The distances that it compares, and how, if it does.
    pub(crate) fn rsa(self) -> Option<(RsaDistance, RsaCorrelation)> {
        let (euclidean, correlation) = (RsaDistance::Euclidean, RsaDistance::Correlation);
        match self {
            Self::RsaPearson => Some((euclidean, RsaCorrelation::Pearson)),
            Self::RsaSpearman => Some((euclidean, RsaCorrelation::Spearman)),
            Self::RsaCorrelationPearson => Some((correlation, RsaCorrelation::Pearson)),
            Self::RsaCorrelationSpearman => Some((correlation, RsaCorrelation::Spearman)),
            _ => None,
        }
    }

    /// The measure of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// The value for paired samples, `[n, d1]` and `[n, d2]`.
    ///
    /// # Errors
    ///
    /// As the function that the variant names.
    pub fn of(self, x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Result<f64, AlignmentError> {
        match self {
            Self::LinearCka => linear_cka(x, y),
            Self::LinearCkaUnbiased => linear_cka_unbiased(x, y),
            Self::Procrustes => procrustes_distance(x, y),
            Self::ProcrustesAngle => procrustes_angle(x, y),
            Self::RsaPearson
            | Self::RsaCorrelationPearson
            | Self::RsaSpearman
            | Self::RsaCorrelationSpearman => {
                let (distance, correlation) = self
                    .rsa()
                    .unwrap_or((RsaDistance::Euclidean, RsaCorrelation::Pearson));
                rsa_by(distance, correlation, x, y)
            }
        }
    }

    /// The same value from covariances alone.
    ///
    /// # Errors
    ///
    /// If the measure needs samples (both RSAs and the unbiased CKA do), or as [`linear_cka_of_moments`].
    pub fn of_moments(self, moments: &JointMoments<'_>) -> Result<f64, AlignmentError> {
        match self {
            Self::LinearCka => linear_cka_of_moments(moments),
            Self::Procrustes => procrustes_distance_of_moments(moments),
            Self::ProcrustesAngle => Ok(procrustes::overlap_of_moments(moments)?.acos()),
            _ => Err(AlignmentError::NeedsSamples {
                measure: self.name(),
            }),
        }
    }
}
